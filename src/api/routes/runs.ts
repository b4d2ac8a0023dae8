import { z } from 'zod';
import { negate, plus, sum } from '../../domain/values/money.ts';
import { ok } from '../../domain/values/outcome.ts';
import type { LedgerEntry } from '../../ports/ledger.ts';
import { count, externalId, instant, signedCredits } from '../codecs.ts';
import { refuse } from '../problem.ts';
import { none, route, type Route } from '../route.ts';
import { onlyOf } from '../viewer.ts';
import { findWorkspace, inWorkspace } from '../workspace-lookup.ts';

const maybe = (description: string) => z.string().nullable().meta({ description });

const runShown = z
  .strictObject({
    runId: z.string().meta({ description: 'The run, as the product names it' }),
    at: instant.meta({ description: 'When its first usage happened' }),
    member: maybe('Who called'),
    agent: maybe('The agent'),
    tool: maybe('The tool'),
    surface: maybe('Where in the product it was started'),
    credits: signedCredits.meta({ description: 'What it was charged in all, before refunds' }),
    refunded: signedCredits.meta({ description: 'What of that was given back' }),
    lines: z
      .array(
        z.strictObject({
          line: z.string().meta({ description: 'What was charged: llm, tools, storage, …' }),
          model: maybe('The model or rate, where one was named'),
          credits: signedCredits.meta({ description: 'What the line came to; zero is shown, too' }),
          tokens: count.nullable().meta({ description: 'Tokens; null: not counted in tokens' }),
        }),
      )
      .meta({ description: 'Each line once, in the order of the run' }),
  })
  .meta({ id: 'Run' });

type Line = z.output<typeof runShown>['lines'][number];

const read = route({
  method: 'get',
  path: '/api/workspaces/{workspace}/runs/{run}',
  summary: 'What a run was charged, line by line, for its trace',
  tag: 'Reports',
  scopes: ['read', 'debit', 'manage'],
  // Whoever sees no billing still sees what their own runs cost [4.34].
  needs: 'member',
  params: inWorkspace.extend({ run: externalId.meta({ description: 'The run’s id' }) }),
  query: none,
  body: null,
  responses: { 200: runShown },
  problems: [],
  carryOut: async ({ params }, call) => {
    const found = await findWorkspace(call, params.workspace);
    if (!found.ok) return found;
    const entries = await call.parts.ledger.run(found.value.account, params.run);
    const only = onlyOf(call.sight);
    const seen = entries.filter(({ member }) => only === null || member === only);
    const shown = showRun(params.run, seen);
    if (shown === null) return refuse('notFound', `There is no run "${params.run}" here.`);
    return ok({ status: 200, value: shown });
  },
});

/** One line is one line to its reader, whatever grants have paid for it. */
function showRun(runId: string, entries: readonly LedgerEntry[]): z.output<typeof runShown> | null {
  const charged = entries.filter(({ kind }) => kind === 'debit' || kind === 'settle');
  const [first] = charged;
  if (first === undefined) return null;
  const lines = charged.reduce<readonly Line[]>(addTo, []);
  const back = entries.filter(({ kind }) => kind === 'refund');
  return {
    ...{ runId, at: first.occurredAt, member: first.member, agent: first.agent },
    ...{ tool: first.tool, surface: first.surface },
    credits: sum(lines.map(({ credits }) => credits)),
    refunded: sum(back.map(({ amountMicro }) => negate(amountMicro))),
    lines: [...lines],
  };
}

function addTo(lines: readonly Line[], entry: LedgerEntry): readonly Line[] {
  const { model, amountMicro, tokens } = entry;
  const name = entry.line ?? '';
  const known = lines.find(({ line, model: of }) => line === name && of === model);
  if (known === undefined) return [...lines, { line: name, model, credits: amountMicro, tokens }];
  const added = {
    ...known,
    credits: plus(known.credits, amountMicro),
    tokens: tokens === null ? known.tokens : (known.tokens ?? 0n) + tokens,
  };
  return lines.map((line) => (line === known ? added : line));
}

export const runRoutes: readonly Route[] = [read];
