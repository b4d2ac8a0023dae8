import { z } from 'zod';
import { ok } from '../../domain/values/outcome.ts';
import { minus, sum } from '../../domain/values/money.ts';
import type { PaidGrant, PastBalance } from '../../ports/tracing.ts';
import { givenInstant, instant, signedCredits, uuid } from '../codecs.ts';
import { refuse, refuseMistakes } from '../problem.ts';
import { none, route, type Answer, type Route } from '../route.ts';
import type { Call } from '../parts.ts';
import { grantsPaidBy, paymentName, type TraceBy } from '../trace.ts';
import { hiddenGrants } from '../viewer.ts';
import { findWorkspace, inWorkspace } from '../workspace-lookup.ts';
import { invoiceSchema, invoiceShown, lineSchema, lineShown } from './invoices.ts';

const paidGrant = z
  .strictObject({
    grant: z.int().meta({ description: 'The grant’s number in its workspace' }),
    kind: z
      .enum(['included', 'topUp', 'promo', 'adjustment'])
      .meta({ description: 'What kind of credits' }),
    source: z.string().meta({ description: 'The business fact behind it' }),
    earmark: z
      .string()
      .nullable()
      .meta({ description: 'What alone may burn it; null: everything' }),
    effectiveAt: instant.meta({ description: 'From when on it counts' }),
    expiresAt: instant.nullable().meta({ description: 'When it ends; null: never' }),
    granted: signedCredits.meta({ description: 'What was given: the sum of the three below' }),
    remaining: signedCredits.meta({ description: 'What nothing took; lost once it has expired' }),
    held: signedCredits.meta({ description: 'Set aside for runs, or frozen by a dispute' }),
    booked: z
      .array(
        z.strictObject({
          kind: z.string().meta({ description: 'debit, settle, refund, reverse, void, …' }),
          credits: signedCredits.meta({ description: 'The sum of its entries on this grant' }),
        }),
      )
      .meta({ description: 'What entries took, by their kind; negative gave back' }),
  })
  .meta({ id: 'PaidGrant' });

const explained = z
  .strictObject({
    invoice: invoiceSchema,
    lines: z.array(lineSchema).meta({ description: 'They sum to its subtotal' }),
    grants: z.array(paidGrant).meta({
      description:
        'The credits that it paid for: a purchase its own, any other charge the plan’s that began in ' +
        'its lines’ periods. Several invoices may have paid for one grant.',
    }),
    entries: z.string().meta({ description: 'The path of the entries booked on these grants' }),
  })
  .meta({ id: 'ExplainedInvoice' });

const grantShown = (grant: PaidGrant): z.output<typeof paidGrant> => ({
  grant: grant.grantNo,
  kind: grant.kind,
  source: grant.sourceKey,
  earmark: grant.earmark,
  effectiveAt: grant.effectiveAt,
  expiresAt: grant.expiresAt,
  granted: grant.amountMicro,
  remaining: grant.remainingMicro,
  held: grant.heldMicro,
  booked: Object.entries(grant.booked).map(([kind, credits]) => ({ kind, credits })),
});

const balanceThen = z
  .strictObject({
    asOf: instant.meta({ description: 'Everything booked before it counts, nothing after' }),
    available: signedCredits.meta({ description: 'What a call could use' }),
    held: signedCredits.meta({ description: 'Set aside for runs, or frozen by a dispute' }),
    debt: signedCredits.meta({ description: 'Used beyond what there was' }),
    grants: z
      .array(paidGrant)
      .meta({ description: 'Those that could burn or were held, in burn order' }),
  })
  .meta({ id: 'BalanceThen' });

/** Without grants that are hidden from who looks [3.09]. */
function balanceShown(
  balance: PastBalance,
  hidden: readonly number[],
): z.output<typeof balanceThen> {
  const unseen = balance.grants.filter(({ grantNo }) => hidden.includes(grantNo));
  return {
    asOf: balance.asOf,
    available: balance.availableMicro,
    held: minus(balance.heldMicro, sum(unseen.map(({ heldMicro }) => heldMicro))),
    debt: balance.debtMicro,
    grants: balance.grants.filter((grant) => !unseen.includes(grant)).map(grantShown),
  };
}

const answers = { 200: explained };

/** An invoice with its lines, and what became of each credit that it paid for [3.29]. */
async function explain(call: Call, workspace: string, by: TraceBy): Answer<typeof answers> {
  const found = await findWorkspace(call, workspace);
  if (!found.ok) return found;
  const { account } = found.value;
  const traced = await grantsPaidBy(call, account, by);
  if (!traced.ok) return traced;
  const id = traced.value?.invoice;
  const invoice = id === undefined ? undefined : await call.parts.directory.invoice(account, id);
  if (invoice === undefined) return refuse('notFound');
  const value = {
    invoice: invoiceShown(invoice, workspace),
    lines: invoice.lines.map((line) => lineShown(line, invoice.currency)),
    grants: (traced.value?.grants ?? []).map(grantShown),
    entries: `/api/workspaces/${workspace}/ledger?invoice=${invoice.id}`,
  };
  return ok({ status: 200, value });
}

const shared = {
  method: 'get',
  tag: 'Reports',
  scopes: ['read', 'manage'],
  needs: 'usage',
  query: none,
  body: null,
  responses: answers,
  problems: [],
} as const;

const invoice = route({
  ...shared,
  path: '/api/workspaces/{workspace}/explain/invoices/{invoice}',
  summary: 'An invoice, the credits that it paid for, and what became of them',
  params: inWorkspace.extend({ invoice: uuid.meta({ description: 'The invoice’s id' }) }),
  carryOut: ({ params }, call) => explain(call, params.workspace, { invoice: params.invoice }),
});

const payment = route({
  ...shared,
  path: '/api/workspaces/{workspace}/explain/payments/{payment}',
  summary: 'The same by a payment: our id of it, or Stripe’s',
  params: inWorkspace.extend({ payment: paymentName }),
  carryOut: ({ params }, call) => explain(call, params.workspace, { payment: params.payment }),
});

const balance = route({
  ...shared,
  path: '/api/workspaces/{workspace}/explain/balance',
  summary: 'The balance at an instant of the past, by grant, exact to the entry',
  needs: 'read',
  params: inWorkspace,
  query: z.strictObject({
    asOf: givenInstant
      .optional()
      .meta({ description: 'An instant of the workspace’s time; default: now' }),
  }),
  responses: { 200: balanceThen },
  carryOut: async ({ params, query }, call) => {
    const found = await findWorkspace(call, params.workspace);
    if (!found.ok) return found;
    const { account, at } = found.value;
    if (query.asOf !== undefined && query.asOf > at) return refuseMistakes([ahead]);
    // What is booked in this very millisecond is part of now.
    const asOf = query.asOf ?? new Date(Date.parse(at) + 1).toISOString();
    const then = await call.parts.tracing.balanceAt(account, asOf);
    if (then === undefined) return refuse('notFound');
    const hidden = await hiddenGrants(call, account);
    return ok({ status: 200, value: balanceShown(then, hidden) });
  },
});

const ahead = {
  in: 'query',
  pointer: '/asOf',
  message: 'must not lie ahead of the workspace’s present',
} as const;

export const explainRoutes: readonly Route[] = [invoice, payment, balance];
