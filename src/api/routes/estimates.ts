import { z } from 'zod';
import type { MicroCredits } from '../../domain/values/money.ts';
import { ok, refused, type Outcome } from '../../domain/values/outcome.ts';
import { nearest } from '../../domain/values/nearest.ts';
import type { EstimatedUse } from '../../domain/terms/rate-card.ts';
import type { Terms } from '../../domain/terms/terms.ts';
import { signedCredits } from '../codecs.ts';
import type { Call } from '../parts.ts';
import { problemSchema } from '../problem-schema.ts';
import { refuseField, renderProblem, type Problem } from '../problem.ts';
import { none, route, type Route } from '../route.ts';
import { guardsOf } from '../usage/guards.ts';
import { attribution, present, totalOf, usageLines, type GivenLines } from '../usage/lines.ts';
import { findPayer, type Payer } from '../usage/payer.ts';
import { postRated } from '../usage/post.ts';
import { inWorkspace } from '../workspace-lookup.ts';

const endSchema = z.strictObject({
  credits: signedCredits.meta({ description: 'What the run would cost' }),
  allowed: z.boolean().meta({ description: 'Whether a hold of so much would be taken now' }),
  denial: problemSchema
    .nullable()
    .meta({ description: 'What the hold would be answered instead: every limit, every remedy' }),
});

const estimateSchema = z
  .strictObject({
    rateVersion: z.int().meta({ description: 'The rate card that it was priced by' }),
    low: endSchema.meta({ description: 'A small run' }),
    high: endSchema.meta({ description: 'A large run: hold this much' }),
  })
  .meta({ id: 'Estimate' });

const estimateBody = z
  .strictObject({
    low: usageLines.optional().meta({ description: 'What a small run uses; default: as `high`' }),
    high: usageLines
      .optional()
      .meta({ description: 'What a large run uses; default: a standard run of the tool' }),
    ...attribution,
  })
  .check(({ value, issues }) => {
    const complain = (path: string, message: string): void => {
      issues.push({ code: 'custom', input: value, path: [path], message });
    };
    if (value.high === undefined && value.tool === undefined) {
      complain('high', 'is missing: say the lines of a run, or the tool that runs');
    }
    if (value.low !== undefined && value.high === undefined) {
      complain('high', 'is missing: a range needs both its ends');
    }
  })
  .meta({ id: 'RunToEstimate' });

type Asked = z.output<typeof estimateBody>;
type Range = { readonly low: GivenLines; readonly high: GivenLines };

const estimate = route({
  method: 'post',
  path: '/api/workspaces/{workspace}/estimates',
  summary: 'What a run would cost, from little to much, and whether it would be allowed',
  tag: 'Usage',
  scopes: ['debit', 'record', 'read'],
  needs: 'product',
  params: inWorkspace,
  query: none,
  body: estimateBody,
  responses: { 200: estimateSchema },
  problems: ['memberPlanRequired', 'memberRequired', 'memberUnknown', 'ratesMoving'],
  carryOut: async ({ params, body }, call) => {
    const payer = await findPayer(call, params.workspace, body.member);
    if (!payer.ok) return payer;
    const { workspace } = payer.value;
    const terms = await call.parts.catalogs.termsOf(workspace.of.product, workspace.termsVersion);
    const range = rangeOf(body, terms);
    if (!range.ok) return range;
    const low = await rehearse(call, payer.value, {
      end: 'low',
      lines: range.value.low,
      whom: body,
    });
    if (!low.ok) return low;
    const high = await rehearse(call, payer.value, {
      end: 'high',
      lines: range.value.high,
      whom: body,
    });
    if (!high.ok) return high;
    const { rateVersion } = high.value;
    return ok({ status: 200, value: { rateVersion, low: low.value.end, high: high.value.end } });
  },
});

/** The lines that were given, else those of the tool's standard run [3.06]. */
function rangeOf({ low, high, tool }: Asked, { estimates, lines }: Terms): Outcome<Range, Problem> {
  if (high !== undefined) return ok({ low: low ?? high, high });
  const standard =
    tool !== undefined && Object.hasOwn(estimates, tool) ? estimates[tool] : undefined;
  if (standard === undefined) {
    const near = nearest(tool ?? '', Object.keys(estimates));
    const hint = near === null ? '' : ` Did you mean "${near}"?`;
    return refuseField('/tool', `has no standard run; say the lines of the run in "high".${hint}`);
  }
  const line = lines.required[0] ?? 'run';
  const used = (end: 'low' | 'high') =>
    standard.uses.map((use) => lineOf(line, use.rate, use[end]));
  return ok({ low: used('low'), high: used('high') });
}

const lineOf = (line: string, rate: string, used: EstimatedUse['low']): GivenLines[number] =>
  typeof used === 'number' ? { line, rate, quantity: used } : { line, model: rate, tokens: used };

/** One end of the range, told by the ledger itself: so it says what the hold would be answered. */
async function rehearse(
  call: Call,
  payer: Payer,
  run: { readonly end: 'low' | 'high'; readonly lines: GivenLines; readonly whom: Asked },
): Promise<
  Outcome<{ readonly rateVersion: number; readonly end: z.output<typeof endSchema> }, Problem>
> {
  const { tool, member, space, agent, surface, runId } = run.whom;
  const whom = { tool, member, space, agent, surface, runId };
  const { onBehalfOf } = payer;
  let priced: { readonly credits: MicroCredits; readonly rateVersion: number } | undefined;
  const told = await postRated(call, payer, { lines: run.lines }, (rated) => {
    const credits = totalOf(rated.lines);
    priced = { credits, rateVersion: rated.versions.rateVersion };
    return call.parts.ledger.rehearse({
      account: rated.workspace.account,
      ...rated.versions,
      amountMicro: credits,
      ...guardsOf(rated, whom),
      ...present({ ...whom, onBehalfOf }),
    });
  });
  if (priced === undefined) {
    if (told.ok) throw new Error('a run was allowed that has no price');
    return refused(pointedAt(told.refusal, run.end));
  }
  const { credits, rateVersion } = priced;
  if (told.ok) return ok({ rateVersion, end: { credits, allowed: true, denial: null } });
  if (told.refusal.more === undefined) return told;
  const denial = problemSchema.parse(renderProblem(told.refusal).body);
  return ok({ rateVersion, end: { credits, allowed: false, denial } });
}

/** The lines' mistakes, where the caller has written these lines. */
const pointedAt = (problem: Problem, end: 'low' | 'high'): Problem => ({
  ...problem,
  ...(problem.mistakes !== undefined && {
    mistakes: problem.mistakes.map((mistake) => ({
      ...mistake,
      pointer: mistake.pointer.replace(/^\/lines/, `/${end}`),
    })),
  }),
});

export const estimateRoutes: readonly Route[] = [estimate];
