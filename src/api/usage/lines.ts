import { z } from 'zod';
import type { Instant } from '../../domain/values/calendar.ts';
import { micro, sum, type MicroCredits } from '../../domain/values/money.ts';
import { ok, refused, type Outcome } from '../../domain/values/outcome.ts';
import type { RateCard } from '../../domain/terms/rate-card.ts';
import { rateTokens, rateUnits } from '../../domain/terms/rating.ts';
import type { Terms } from '../../domain/terms/terms.ts';
import type { UsageLine } from '../../ports/ledger.ts';
import { credits, externalId, givenInstant, oneLine } from '../codecs.ts';
import { refuseMistakes, type Mistake, type Problem } from '../problem.ts';

/** A call's most, whatever its lines are: a mistake in a unit shall not make a debt that nobody pays. */
const most = { text: '1000000000', micro: micro(1_000_000_000_000_000n) };

const tokens = z.int().min(0).max(1_000_000_000).optional();

/** One line of a run: tokens of a model or a quantity of a rate, priced by the card, or credits. */
const usageLine = z
  .strictObject({
    line: externalId.meta({ description: 'What is charged: llm, tools, storage, …' }),
    model: oneLine(64).optional().meta({ description: 'The model; needed with tokens' }),
    tokens: z
      .strictObject({
        input: tokens.meta({ description: 'Prompt tokens read at the full rate' }),
        cacheRead: tokens.meta({ description: 'Prompt tokens read from the cache' }),
        cacheWrite: tokens.meta({ description: 'Prompt tokens written to the cache' }),
        output: tokens.meta({ description: 'Tokens that the model wrote' }),
      })
      .optional()
      .meta({ description: 'Each token in exactly one bucket' }),
    rate: oneLine(64)
      .optional()
      .meta({ description: 'The rate of an asset, a second, a call, …; needed with quantity' }),
    quantity: z
      .int()
      .min(0)
      .max(1_000_000_000)
      .optional()
      .meta({ description: 'How many of the rate’s units' }),
    credits: credits.optional().meta({ description: 'What it costs, instead of tokens' }),
  })
  .check(({ value, issues }) => {
    const complain = (path: string, message: string): void => {
      issues.push({ code: 'custom', input: value, path: [path], message });
    };
    const told = [value.tokens, value.quantity, value.credits].filter((one) => one !== undefined);
    if (told.length !== 1) complain('tokens', 'needs either tokens, a quantity or credits');
    if (value.tokens !== undefined && value.model === undefined) {
      complain('model', 'is missing: tokens are priced by their model');
    }
    if ((value.quantity === undefined) !== (value.rate === undefined)) {
      complain('rate', 'needs a quantity with it, and a quantity needs a rate');
    }
  });

export const usageLines = z
  .array(usageLine)
  .min(1)
  .max(100)
  .meta({ description: 'The lines of one run, charged together or not at all' });

export type GivenLines = z.output<typeof usageLines>;

/** A run as a caller tells it; without an instant of its own it happens now. */
export type GivenRun = {
  readonly lines: GivenLines;
  readonly occurredAt?: Instant | undefined;
};

/** Whom and what a call is counted for. */
export const attribution = {
  member: externalId.optional().meta({ description: 'Who is calling' }),
  space: externalId.optional().meta({ description: 'The Space it runs in' }),
  agent: externalId.optional().meta({ description: 'The agent that runs' }),
  tool: externalId.optional().meta({ description: 'The tool that runs; its limits apply' }),
  surface: externalId.optional().meta({ description: 'Where in the product it was started' }),
  runId: externalId.optional().meta({ description: 'The run, to find its lines again' }),
};

export const occurredAt = givenInstant
  .optional()
  .meta({ description: 'When the usage happened; default: now in the workspace’s time' });

/** The ledger wants absent facts absent. */
export function present<Facts extends object>(facts: Facts): Present<Facts> {
  const told: Partial<Facts> = {};
  for (const name in facts) if (facts[name] !== undefined) told[name] = facts[name];
  return told as Present<Facts>; // only undefined members are left out
}

type Present<Facts> = { readonly [Name in keyof Facts]?: Exclude<Facts[Name], undefined> };

/**
 * Prices every line by the pinned rate card as of that instant; all mistakes are named at once. Where the catalog says which
 * lines a run shows, one that is not there is recorded as zero [4.21].
 */
export function rateLines(
  terms: Terms,
  given: GivenLines,
  at: Instant,
): Outcome<UsageLine[], Problem> {
  const mistakes: Mistake[] = [];
  const lines = given.flatMap((line, index): UsageLine[] => {
    const complain = (field: string, message: string): void => {
      mistakes.push({ in: 'body', pointer: `/lines/${index}/${field}`, message });
    };
    const { required } = terms.lines;
    if (required.length > 0 && !required.includes(line.line)) {
      complain('line', `must be one of ${required.join(', ')}`);
    }
    const rated = rateLine(terms.rates, line, at);
    if (rated.ok) return [{ line: line.line, ...rated.value }];
    const { field, nearest } = rated.refusal;
    const hint = nearest === null ? '' : ` Did you mean "${nearest}"?`;
    complain(field, `is not on the rate card.${hint}`);
    return [];
  });
  if (totalOf(lines) > most.micro) {
    const message = `come to more than ${most.text} credits; check the units, or send less at once`;
    mistakes.push({ in: 'body', pointer: '/lines', message });
  }
  return mistakes.length > 0 ? refuseMistakes(mistakes) : ok([...lines, ...unused(terms, lines)]);
}

const unused = (terms: Terms, lines: readonly UsageLine[]): UsageLine[] =>
  terms.lines.required
    .filter((name) => lines.every(({ line }) => line !== name))
    .map((line) => ({ line, amountMicro: micro(0) }));

type Priced = Omit<UsageLine, 'line'>;
type NotOnCard = { readonly field: 'model' | 'rate'; readonly nearest: string | null };

function rateLine(
  card: RateCard,
  line: GivenLines[number],
  at: Instant,
): Outcome<Priced, NotOnCard> {
  const { model, rate, quantity } = line;
  if (line.credits !== undefined) return ok({ amountMicro: line.credits, ...present({ model }) });
  if (line.tokens !== undefined && model !== undefined) {
    const buckets = present(line.tokens);
    const rated = rateTokens({ card, model, tokens: buckets, at });
    if (!rated.ok) return refused({ field: 'model', nearest: rated.refusal.nearest });
    const { amountMicro, tokens: count } = rated.value;
    return ok({ amountMicro, model, tokens: BigInt(count), quantities: buckets });
  }
  if (rate === undefined || quantity === undefined) throw new Error('a line that prices nothing');
  const rated = rateUnits({ card, rate, quantity, at });
  if (!rated.ok) return refused({ field: 'rate', nearest: rated.refusal.nearest });
  const { amountMicro, unit } = rated.value;
  // What was rated stands where a model's name stands, so that every entry can be explained.
  return ok({ amountMicro, model: rate, quantities: { [unit]: quantity } });
}

export const totalOf = (lines: readonly UsageLine[]): MicroCredits =>
  sum(lines.map(({ amountMicro }) => amountMicro));
