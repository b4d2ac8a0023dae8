import { z } from 'zod';
import { ok } from '../../domain/values/outcome.ts';
import {
  explainTopUpRefusal,
  refundableUntil,
  refundOf,
  type TopUpRefundRefusal,
} from '../../domain/credits/top-up-refund.ts';
import type { WorkspaceRecord } from '../../ports/directory.ts';
import type { RefundWish, TopUpRow } from '../../ports/top-ups.ts';
import { commandShown, sentCommand, settle, waiting } from '../carry-out.ts';
import { instant, money, signedCredits, uuid } from '../codecs.ts';
import { planNow } from '../live-limits.ts';
import { nextPage, page, readPage } from '../paging.ts';
import type { Call } from '../parts.ts';
import { refuse, refuseAsStored, type Refused } from '../problem.ts';
import { none, route, type Route } from '../route.ts';
import { findWorkspace, inWorkspace } from '../workspace-lookup.ts';

const refundFigures = {
  amount: money.meta({ description: 'The money that goes back' }),
  credits: signedCredits.meta({ description: 'The credits that it takes along' }),
};

const topUpShown = z
  .strictObject({
    id: uuid.meta({ description: 'The top-up, to refund it by' }),
    boughtAt: instant.meta({ description: 'When its money came' }),
    expiresAt: instant
      .nullable()
      .meta({ description: 'Until when it can be used; null: for ever' }),
    price: money.meta({ description: 'What was paid' }),
    credits: signedCredits.meta({ description: 'What was bought' }),
    unspent: signedCredits.meta({ description: 'What could be used of it now' }),
    refunded: money.meta({ description: 'What was given back of it until now' }),
    refundable: z
      .strictObject({
        ...refundFigures,
        until: instant.nullable().meta({ description: 'Until when; null: as long as it lasts' }),
      })
      .nullable()
      .meta({ description: 'What a refund would give back now; null: nothing' }),
    notRefundable: z
      .strictObject({
        code: z.string().meta({ description: 'As in a problem' }),
        detail: z.string().meta({ description: 'Why, for a person' }),
      })
      .nullable()
      .meta({ description: 'Why nothing would go back now' }),
  })
  .meta({ id: 'TopUpBought' });

type Asker = Omit<RefundWish, 'sent' | 'topUp'>;

/** By the terms that the workspace is pinned to; an operator is a key of scope admin that names no member. */
async function askerOf(call: Call, record: WorkspaceRecord): Promise<Asker> {
  const { terms } = await planNow(call, record);
  const byOperator = call.sight === null && call.caller.scopes.includes('admin');
  return { policy: terms.topUps.refund, timeZone: record.timeZone, byOperator };
}

function showTopUp(
  row: TopUpRow,
  asker: Asker & { readonly at: string },
): z.output<typeof topUpShown> {
  const { id, boughtAt, expiresAt, currency, creditsMicro, unspentMicro } = row;
  const inMoney = (amountMinor: TopUpRow['paidMinor']) => ({ amountMinor, currency });
  const quoted = refundOf(asker.policy, row, asker);
  const until = refundableUntil(asker.policy, boughtAt, asker.timeZone);
  return {
    ...{ id, boughtAt, expiresAt, price: inMoney(row.paidMinor), credits: creditsMicro },
    ...{ unspent: unspentMicro, refunded: inMoney(row.refundedMinor) },
    refundable: quoted.ok
      ? { amount: inMoney(quoted.value.amountMinor), credits: quoted.value.creditsMicro, until }
      : null,
    notRefundable: quoted.ok
      ? null
      : { code: quoted.refusal.kind, detail: explainTopUpRefusal(quoted.refusal) },
  };
}

const path = '/api/workspaces/{workspace}/top-ups';

const list = route({
  method: 'get',
  path,
  summary: 'Every top-up that was bought, what is left of it, and what a refund would give back',
  tag: 'Billing',
  scopes: ['read', 'manage'],
  needs: 'read',
  params: inWorkspace,
  query: z.strictObject(page),
  body: null,
  responses: {
    200: z
      .strictObject({
        topUps: z.array(topUpShown).meta({ description: 'Newest first' }),
        before: nextPage,
      })
      .meta({ id: 'TopUps' }),
  },
  problems: [],
  carryOut: async ({ params, query }, call) => {
    const found = await findWorkspace(call, params.workspace);
    if (!found.ok) return found;
    const { account, at } = found.value;
    const asker = { ...(await askerOf(call, found.value)), at };
    const { directory } = call.parts;
    const { rows, before } = await readPage(query, (asked) => directory.topUps(account, asked));
    const topUps = rows.map((row) => showTopUp(row, asker));
    return ok({ status: 200, value: { topUps, before } });
  },
});

const refundShown = z
  .strictObject({
    topUp: uuid.meta({ description: 'The top-up' }),
    refund: uuid.nullable().meta({ description: 'The refund; null: this is a preview' }),
    ...refundFigures,
  })
  .meta({ id: 'TopUpRefund' });

const refund = route({
  method: 'post',
  path: `${path}/{topUp}/refund`,
  summary: 'Give the unspent part of a top-up back, or show what that would be',
  tag: 'Billing',
  scopes: ['manage'],
  needs: 'manage',
  params: inWorkspace.extend({ topUp: uuid.meta({ description: 'The top-up' }) }),
  query: none,
  body: z
    .strictObject({
      preview: z
        .boolean()
        .default(false)
        .meta({ description: 'true: nothing moves; what would go back is answered' }),
    })
    .meta({ id: 'RefundTopUp' }),
  responses: { 200: refundShown, 202: commandShown },
  problems: [
    'idempotencyKeyReused',
    'refundNotOffered',
    'refundByOperator',
    'refundTooLate',
    'topUpDisputed',
    'refundUnderWay',
    'topUpSpent',
    'paymentsRefused',
  ],
  carryOut: async ({ params, body, sent }, call) => {
    const found = await findWorkspace(call, params.workspace);
    if (!found.ok) return found;
    const { topUp } = params;
    const asker = await askerOf(call, found.value);
    if (body.preview) return preview(call, found.value, { ...asker, topUp });
    const command = { kind: 'refundTopUp', topUp } as const;
    const wish = { ...asker, topUp, sent: sentCommand(call, { command, sent: { topUp, sent } }) };
    return execute(call, found.value, wish);
  },
});

async function preview(
  { parts }: Call,
  { account, at }: WorkspaceRecord,
  wish: Asker & { readonly topUp: string },
) {
  const row = await parts.directory.topUp(account, wish.topUp);
  if (row === undefined) return refuse('notFound');
  const quoted = refundOf(wish.policy, row, { ...wish, at });
  if (!quoted.ok) return refuseRefund(quoted.refusal);
  const { amountMinor, creditsMicro: credits } = quoted.value;
  const amount = { amountMinor, currency: row.currency };
  return ok({ status: 200, value: { topUp: row.id, refund: null, amount, credits } } as const);
}

async function execute(call: Call, record: WorkspaceRecord, wish: RefundWish) {
  const { directory } = call.parts;
  const asked = await directory.requestTopUpRefund(record.account, wish);
  if (!asked.ok) return refuseAsked(asked.refusal);
  const row = await settle(call, record, asked.value);
  if (row.result === null) return ok(waiting(record, row));
  if (row.result.kind === 'refused') return refuseAsStored(row.result);
  const made = await directory.topUpRefund(record.account, row.id);
  if (made === undefined) throw new Error(`refund ${row.id} was made and is gone`);
  const { topUp, amountMinor, currency, creditsMicro: credits } = made;
  const amount = { amountMinor, currency };
  return ok({ status: 200, value: { topUp, refund: row.id, amount, credits } } as const);
}

type AskedRefusal = Extract<
  Awaited<ReturnType<Call['parts']['directory']['requestTopUpRefund']>>,
  { readonly ok: false }
>['refusal'];

const refuseAsked = (refusal: AskedRefusal): Refused =>
  refusal.kind === 'notFound' || refusal.kind === 'idempotencyKeyReused'
    ? refuse(refusal.kind)
    : refuseRefund(refusal);

const refuseRefund = (refusal: TopUpRefundRefusal): Refused =>
  refuse(refusal.kind, explainTopUpRefusal(refusal));

export const topUpRoutes: readonly Route[] = [list, refund];
