import { z } from 'zod';
import { sum, type MicroCredits } from '../../domain/money.ts';
import { ok, type Outcome } from '../../domain/outcome.ts';
import { rateTokens } from '../../domain/rating.ts';
import type { Terms } from '../../domain/terms.ts';
import type { UsageLine } from '../../ports/ledger.ts';
import { credits, externalId, instant } from '../codecs.ts';
import { refuseMistakes, type Mistake, type Problem } from '../problem.ts';

const tokens = z.int().min(0).max(1_000_000_000).optional();

/** One line of a run: tokens of a model, priced by the rate card, or an amount that the product priced. */
const usageLine = z
  .strictObject({
    line: externalId.meta({ description: 'What is charged: llm, tools, storage, …' }),
    model: z
      .string()
      .min(1)
      .max(64)
      .optional()
      .meta({ description: 'The model; needed with tokens' }),
    tokens: z
      .strictObject({
        input: tokens.meta({ description: 'Prompt tokens read at the full rate' }),
        cacheRead: tokens.meta({ description: 'Prompt tokens read from the cache' }),
        cacheWrite: tokens.meta({ description: 'Prompt tokens written to the cache' }),
        output: tokens.meta({ description: 'Tokens that the model wrote' }),
      })
      .optional()
      .meta({ description: 'Each token in exactly one bucket' }),
    credits: credits.optional().meta({ description: 'What it costs, instead of tokens' }),
  })
  .check(({ value, issues }) => {
    if ((value.tokens === undefined) === (value.credits === undefined)) {
      const message = 'needs either tokens or credits';
      issues.push({ code: 'custom', input: value, path: ['tokens'], message });
    }
    if (value.tokens !== undefined && value.model === undefined) {
      const message = 'is missing: tokens are priced by their model';
      issues.push({ code: 'custom', input: value, path: ['model'], message });
    }
  });

export const usageLines = z
  .array(usageLine)
  .min(1)
  .max(100)
  .meta({ description: 'The lines of one run, charged together or not at all' });

export type GivenLines = z.output<typeof usageLines>;

/** Whom and what a call is counted for. */
export const attribution = {
  member: externalId.optional().meta({ description: 'Who is calling' }),
  space: externalId.optional().meta({ description: 'The Space it runs in' }),
  agent: externalId.optional().meta({ description: 'The agent that runs' }),
  surface: externalId.optional().meta({ description: 'Where in the product it was started' }),
  runId: externalId.optional().meta({ description: 'The run, to find its lines again' }),
};

export const occurredAt = instant
  .optional()
  .meta({ description: 'When the usage happened; default: now in the workspace’s time' });

/** The ledger wants absent facts absent. */
export const present = <Facts extends object>(facts: Facts) =>
  Object.fromEntries(
    Object.entries(facts).filter(([, fact]) => fact !== undefined),
    // Only undefined members are left out.
  ) as { readonly [Name in keyof Facts]?: Exclude<Facts[Name], undefined> };

/** Prices every line by the pinned rate card; all unknown models are named at once. */
export function rateLines(terms: Terms, given: GivenLines): Outcome<UsageLine[], Problem> {
  const mistakes: Mistake[] = [];
  const lines = given.flatMap((line, index): UsageLine[] => {
    const { model } = line;
    if (line.credits !== undefined) {
      return [{ line: line.line, amountMicro: line.credits, ...present({ model }) }];
    }
    if (line.tokens === undefined || model === undefined) return [];
    const buckets = present(line.tokens);
    const rated = rateTokens({ card: terms.rates, model, tokens: buckets });
    if (!rated.ok) {
      const { nearest } = rated.refusal;
      const hint = nearest === null ? '' : ` Did you mean "${nearest}"?`;
      const message = `is not on the rate card.${hint}`;
      mistakes.push({ in: 'body', pointer: `/lines/${index}/model`, message });
      return [];
    }
    const { amountMicro } = rated.value;
    const total = BigInt(rated.value.tokens);
    return [{ line: line.line, amountMicro, model, tokens: total, quantities: buckets }];
  });
  return mistakes.length > 0 ? refuseMistakes(mistakes) : ok(lines);
}

export const totalOf = (lines: readonly UsageLine[]): MicroCredits =>
  sum(lines.map(({ amountMicro }) => amountMicro));
