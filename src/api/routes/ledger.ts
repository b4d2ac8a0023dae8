import { z } from 'zod';
import { ok } from '../../domain/values/outcome.ts';
import type { LedgerEntry } from '../../ports/ledger.ts';
import { givenInstant, instant, signedCredits, uuid } from '../codecs.ts';
import { nextPage, page } from '../paging.ts';
import { refuseMistakes } from '../problem.ts';
import { route, type Route } from '../route.ts';
import { grantsPaidBy, paymentName } from '../trace.ts';
import { hiddenGrants } from '../viewer.ts';
import { findWorkspace, inWorkspace } from '../workspace-lookup.ts';

const maybe = (description: string) => z.string().nullable().meta({ description });

const entrySchema = z
  .strictObject({
    id: uuid.meta({ description: 'The operation; its entries share it' }),
    ordinal: z.int().meta({ description: 'The entry’s place in its operation' }),
    kind: z.string().meta({ description: 'debit, settle, refund, repay, void, …' }),
    at: instant.meta({ description: 'When it was booked, in the workspace’s time' }),
    occurredAt: instant.meta({ description: 'When it happened' }),
    credits: signedCredits.meta({ description: 'Positive took credits, negative gave them back' }),
    balance: signedCredits.meta({ description: 'Available credits after the operation' }),
    from: z
      .enum(['grant', 'debt', 'overage', 'forgiven', 'nothing'])
      .meta({ description: 'What it was booked on' }),
    grant: maybe('The kind of grant, where it was booked on one'),
    line: maybe('The line of the run'),
    model: maybe('The model'),
    member: maybe('Who called'),
    space: maybe('The Space'),
    agent: maybe('The agent'),
    surface: maybe('Where in the product it was started'),
    tool: maybe('The tool'),
    runId: maybe('The run'),
    hold: maybe('The hold that it settled'),
    refundOf: maybe('The receipt that it gave back'),
    termsVersion: z.int().meta({ description: 'The catalog version in force' }),
    rateVersion: z
      .int()
      .nullable()
      .meta({ description: 'The rate card’s version; null: no usage' }),
  })
  .meta({ id: 'Entry' });

const entryShown = (entry: LedgerEntry): z.output<typeof entrySchema> => ({
  id: entry.id,
  ordinal: entry.ordinal,
  kind: entry.kind,
  at: entry.at,
  occurredAt: entry.occurredAt,
  credits: entry.amountMicro,
  balance: entry.balanceAfterMicro,
  from: entry.target,
  grant: entry.grantKind,
  line: entry.line,
  model: entry.model,
  member: entry.member,
  space: entry.space,
  agent: entry.agent,
  surface: entry.surface,
  tool: entry.tool,
  runId: entry.runId,
  hold: entry.holdId,
  refundOf: entry.refundOf,
  termsVersion: entry.termsVersion,
  rateVersion: entry.rateVersion,
});

const entries = route({
  method: 'get',
  path: '/api/workspaces/{workspace}/ledger',
  summary: 'Entries of the ledger, newest first: all, or of a span, an invoice or a payment',
  tag: 'Reports',
  scopes: ['read', 'manage'],
  needs: 'usage',
  params: inWorkspace,
  query: z.strictObject({
    from: givenInstant.optional().meta({ description: 'Booked then or later' }),
    to: givenInstant.optional().meta({ description: 'Booked before then' }),
    invoice: uuid.optional().meta({ description: 'Only on the credits that it paid for' }),
    payment: paymentName.optional(),
    ...page,
  }),
  body: null,
  responses: {
    200: z
      .strictObject({
        entries: z.array(entrySchema).meta({ description: 'Newest first' }),
        before: nextPage,
      })
      .meta({ id: 'Entries' }),
  },
  problems: [],
  carryOut: async ({ params, query }, call) => {
    const found = await findWorkspace(call, params.workspace);
    if (!found.ok) return found;
    const { invoice, payment, limit, ...span } = query;
    if (invoice !== undefined && payment !== undefined) return refuseMistakes([oneOfTwo]);
    const paid = await grantsPaidBy(call, found.value.account, { invoice, payment });
    if (!paid.ok) return paid;
    const grants = paid.value?.grants.map(({ grantNo }) => grantNo);
    const traced = grants === undefined ? span : { ...span, grants };
    const read = (most: number): Promise<readonly LedgerEntry[]> =>
      call.parts.ledger.entries(found.value.account, { ...traced, limit: most });
    const whole = await wholeOperations(read, limit);
    const hidden = await hiddenGrants(call, found.value.account);
    const seen = whole.entries.filter(
      ({ grantNo }) => grantNo === null || !hidden.includes(grantNo),
    );
    return ok({ status: 200, value: { entries: seen.map(entryShown), before: whole.before } });
  },
});

const oneOfTwo = {
  in: 'query',
  pointer: '/payment',
  message: 'must not stand beside "invoice"',
} as const;

/** The next page begins after an operation, so that none is ever cut in two. */
async function wholeOperations(
  read: (most: number) => Promise<readonly LedgerEntry[]>,
  limit: number,
): Promise<{ readonly entries: readonly LedgerEntry[]; readonly before: string | null }> {
  const found = await read(limit + 1);
  const next = found[limit];
  if (next === undefined) return { entries: found, before: null };
  const whole = found.filter(({ id }) => id !== next.id);
  if (whole.length > 0) return { entries: whole, before: whole.at(-1)?.id ?? null };
  // One operation is longer than a page: it is shown whole all the same.
  const longer = await read(limit * 2 + operationEntriesMost);
  return { entries: longer.filter(({ id }) => id === next.id), before: next.id };
}

/** Lines of one run, each from several grants: far beyond what one request can ask for. */
const operationEntriesMost = 1_000;

export const ledgerRoutes: readonly Route[] = [entries];
