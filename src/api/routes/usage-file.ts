import { z } from 'zod';
import { plus, toDecimal } from '../../domain/values/money.ts';
import { ok } from '../../domain/values/outcome.ts';
import type { LedgerAccount, LedgerEntry } from '../../ports/ledger.ts';
import type { EntryPlace, Tracing } from '../../ports/tracing.ts';
import { csvLine, csvText } from '../csv.ts';
import { fileSchema } from '../file-answer.ts';
import { route, type Route } from '../route.ts';
import { spanOf, spanQuery } from '../usage-span.ts';
import { hiddenGrants, onlyOf } from '../viewer.ts';
import { findWorkspace, inWorkspace } from '../workspace-lookup.ts';

/** A line of one execution, whatever grants have paid for it. */
type Cost = Omit<LedgerEntry, 'ordinal' | 'target' | 'grantNo' | 'grantKind'>;

type Column = { readonly head: string; readonly of: (cost: Cost) => string };

const creditDigits = 6;

const columns: readonly Column[] = [
  { head: 'execution', of: ({ id }) => id },
  { head: 'run', of: ({ runId }) => csvText(runId) },
  { head: 'kind', of: ({ kind }) => kind },
  { head: 'occurredAt', of: ({ occurredAt }) => occurredAt },
  { head: 'member', of: ({ member }) => csvText(member) },
  { head: 'space', of: ({ space }) => csvText(space) },
  { head: 'agent', of: ({ agent }) => csvText(agent) },
  { head: 'surface', of: ({ surface }) => csvText(surface) },
  { head: 'tool', of: ({ tool }) => csvText(tool) },
  { head: 'line', of: ({ line }) => csvText(line) },
  { head: 'model', of: ({ model }) => csvText(model) },
  { head: 'tokens', of: ({ tokens }) => tokens?.toString() ?? '' },
  { head: 'credits', of: ({ amountMicro }) => toDecimal(amountMicro, creditDigits) },
];

const pageSize = 1_000;

/** Pages of entries, each asked for when the one before was written. */
async function* costPages(
  tracing: Tracing,
  account: LedgerAccount,
  span: Omit<Parameters<Tracing['costs']>[1], 'after' | 'limit'>,
): AsyncGenerator<readonly LedgerEntry[], void> {
  let after: EntryPlace | null = null;
  for (;;) {
    const page: readonly LedgerEntry[] = await tracing.costs(account, {
      ...span,
      after,
      limit: pageSize,
    });
    yield page;
    const last = page.at(-1);
    if (last === undefined || page.length < pageSize) return;
    after = last;
  }
}

const isSameCost = (cost: Cost, entry: LedgerEntry): boolean =>
  cost.id === entry.id && cost.line === entry.line && cost.model === entry.model;

const addedTo = (cost: Cost, { amountMicro, tokens }: LedgerEntry): Cost => ({
  ...cost,
  amountMicro: plus(cost.amountMicro, amountMicro),
  tokens: tokens === null ? cost.tokens : (cost.tokens ?? 0n) + tokens,
});

/** The file, a page at a time; a line that one page cuts in two is written when it is whole. */
async function* writeCosts(
  first: readonly LedgerEntry[],
  rest: AsyncIterable<readonly LedgerEntry[]>,
): AsyncGenerator<string, void> {
  yield csvLine(columns.map(({ head }) => head));
  let open: Cost | undefined;
  const write = function* (page: readonly LedgerEntry[]): Generator<string, void> {
    for (const entry of page) {
      if (open !== undefined && isSameCost(open, entry)) open = addedTo(open, entry);
      else {
        if (open !== undefined) yield lineOf(open);
        open = entry;
      }
    }
  };
  yield [...write(first)].join('');
  for await (const page of rest) yield [...write(page)].join('');
  if (open !== undefined) yield lineOf(open);
}

const lineOf = (cost: Cost): string => csvLine(columns.map(({ of }) => of(cost)));

const usageFile = route({
  method: 'get',
  path: '/api/workspaces/{workspace}/usage.csv',
  summary: 'What every execution cost, line by line; refunds are lines with negative credits',
  tag: 'Reports',
  scopes: ['read', 'manage'],
  needs: 'read',
  params: inWorkspace,
  query: z.strictObject(spanQuery),
  body: null,
  responses: { 200: fileSchema },
  produces: 'text/csv',
  problems: [],
  carryOut: async ({ params, query }, call) => {
    const found = await findWorkspace(call, params.workspace);
    if (!found.ok) return found;
    const { account } = found.value;
    const asked = await spanOf(call, account, query);
    if (!asked.ok) return asked;
    const { from, to } = asked.value;
    const seen = { member: onlyOf(call.sight), hiddenGrants: await hiddenGrants(call, account) };
    const pages = costPages(call.parts.tracing, account, { from, to, seen });
    // The first page is read before anything is answered: a refusal is still possible then.
    const first = await pages.next();
    const content = writeCosts(first.value ?? [], pages);
    const fileName = `${params.workspace}-${from.slice(0, 10)}-${to.slice(0, 10)}.csv`;
    return ok({ status: 200, value: { fileName, content } });
  },
});

export const usageFileRoutes: readonly Route[] = [usageFile];
