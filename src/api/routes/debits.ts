import { z } from 'zod';
import { ok } from '../../domain/values/outcome.ts';
import { credits, externalId, uuid } from '../codecs.ts';
import { refuse } from '../problem.ts';
import { none, route, type Route } from '../route.ts';
import { guardsOf } from '../usage/guards.ts';
import { attribution, occurredAt, present, usageLines } from '../usage/lines.ts';
import { findPayerOfOld } from '../usage/payer.ts';
import { charge, postPlain, requestOf } from '../usage/post.ts';
import { receiptSchema, receiptShown, termsOf } from '../usage/receipts.ts';
import { inWorkspace } from '../workspace-lookup.ts';

const debit = route({
  method: 'post',
  path: '/api/workspaces/{workspace}/debits',
  summary: 'Charge one run: all of its lines, or none',
  tag: 'Usage',
  scopes: ['debit', 'record'],
  needs: 'product',
  params: inWorkspace,
  query: none,
  body: z
    .strictObject({
      lines: usageLines,
      ...attribution,
      onShort: z.enum(['deny', 'record']).default('deny').meta({
        description: 'deny: all or nothing. record: it has happened; what is short becomes debt',
      }),
      occurredAt,
    })
    .meta({ id: 'Debit' }),
  responses: { 200: receiptSchema },
  problems: [
    'outOfCredits',
    'memberCapReached',
    'spaceCapReached',
    'orgCapReached',
    'runQuotaReached',
    'toolLimitReached',
    'trialEnded',
    'pastDue',
    'suspended',
    'canceled',
    'memberPlanRequired',
    'memberRequired',
    'memberUnknown',
    'idempotencyKeyReused',
    'occurredAhead',
    'occurredTooLate',
    'ratesMoving',
  ],
  carryOut: async ({ params, body, sent }, call) => {
    const { lines: given, onShort, occurredAt: happened, ...whom } = body;
    if (onShort === 'record' && !call.caller.scopes.includes('record')) {
      return refuse('scopeRequired', 'To record without asking needs the scope record.');
    }
    const request = requestOf(call, sent);
    const { workspace } = params;
    const addressed = { workspace, member: whom.member, begins: 'now' } as const;
    const charged = await charge(call, addressed, { lines: given, occurredAt: happened }, (run) =>
      call.parts.ledger.debit({
        account: run.workspace.account,
        request,
        seen: run.seen,
        ...run.versions,
        lines: run.lines,
        onShort,
        ...guardsOf(run, whom),
        ...present({ ...whom, occurredAt: run.occurredAt, onBehalfOf: run.payer.onBehalfOf }),
      }),
    );
    if (!charged.ok) return charged;
    const { told, payer } = charged.value;
    return ok({ status: 200, value: receiptShown(told, payer, await termsOf(call, payer, told)) });
  },
});

const refund = route({
  method: 'post',
  path: '/api/workspaces/{workspace}/debits/{debit}/refund',
  summary: 'Give a debit back, last burned first, to the grants that it came from',
  tag: 'Usage',
  scopes: ['record', 'manage'],
  needs: 'product',
  params: inWorkspace.extend({ debit: uuid.meta({ description: 'The receipt’s id' }) }),
  query: none,
  body: z
    .strictObject({
      credits: credits
        .refine((amount) => amount > 0n, { error: 'must be more than zero' })
        .optional()
        .meta({ description: 'How much of it; default: all that was not refunded yet' }),
      member: externalId
        .optional()
        .meta({ description: 'Who called, where members pay with their own plans' }),
    })
    .meta({ id: 'Refund' }),
  responses: { 200: receiptSchema },
  problems: ['nothingToRefund', 'idempotencyKeyReused', 'memberPlanRequired'],
  carryOut: async ({ params, body, sent }, call) => {
    const payer = await findPayerOfOld(call, params.workspace, body.member);
    if (!payer.ok) return payer;
    const refunding = call.parts.ledger.refund({
      account: payer.value.workspace.account,
      request: requestOf(call, sent),
      receiptId: params.debit,
      ...present({ amountMicro: body.credits }),
    });
    const posted = await postPlain(call, payer.value, refunding);
    if (!posted.ok) return posted;
    const terms = await termsOf(call, payer.value, posted.value);
    return ok({ status: 200, value: receiptShown(posted.value, payer.value, terms) });
  },
});

export const debitRoutes: readonly Route[] = [debit, refund];
