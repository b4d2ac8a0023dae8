import { addMinutes, isAtOrBefore, type Instant } from '../values/calendar.ts';
import { divide, micro, sum, type MicroCredits } from '../values/money.ts';
import { nearest } from '../values/nearest.ts';
import { ok, refused, type Outcome } from '../values/outcome.ts';
import {
  tokenBuckets,
  type Estimate,
  type Rate,
  type RateCard,
  type TokenBucket,
  type TokenRate,
  type Tokens,
  type UnitRate,
} from './rate-card.ts';

/** What a call costs, and by which version of the rate card, so that it can be explained later. */
export type Rated = {
  readonly amountMicro: MicroCredits;
  readonly rateVersion: number;
  readonly model: string;
  readonly tokens: number;
};

/** What so many units cost, and by which version of the rate card. */
export type RatedUnits = {
  readonly amountMicro: MicroCredits;
  readonly rateVersion: number;
  readonly rate: string;
  readonly unit: UnitRate['unit'];
  readonly quantity: number;
};

export type UnknownModel = {
  readonly kind: 'unknownModel';
  readonly model: string;
  readonly nearest: string | null;
};

export type UnknownRate = {
  readonly kind: 'unknownRate';
  readonly rate: string;
  readonly nearest: string | null;
};

/**
 * Tokens × the model's rate at that instant [4.22]: exact over all buckets, rounded once, half away from
 * zero. Refuses a model that is not on the card.
 */
export function rateTokens(call: {
  readonly card: RateCard;
  readonly model: string;
  readonly tokens: Tokens;
  readonly at: Instant;
}): Outcome<Rated, UnknownModel> {
  const { card, model, tokens } = call;
  const rate = rateAt(card, model, call.at);
  if (rate?.unit !== 'tokens') {
    const names = namesOf(card, (other) => other.unit === 'tokens');
    return refused({ kind: 'unknownModel', model, nearest: nearest(model, names) });
  }
  return ok({
    amountMicro: costOfTokens(rate, tokens),
    rateVersion: card.version,
    model,
    tokens: tokenBuckets.reduce((all, bucket) => all + (tokens[bucket] ?? 0), 0),
  });
}

/**
 * Assets, seconds, calls or megabyte-hours × their rate at that instant [3.11 4.23 4.24], rounded half away
 * from zero. Refuses a rate that is not on the card.
 */
export function rateUnits(use: {
  readonly card: RateCard;
  readonly rate: string;
  readonly quantity: number;
  readonly at: Instant;
}): Outcome<RatedUnits, UnknownRate> {
  const { card, rate: name, quantity } = use;
  const rate = rateAt(card, name, use.at);
  if (rate === undefined || rate.unit === 'tokens') {
    const names = namesOf(card, (other) => other.unit !== 'tokens');
    return refused({ kind: 'unknownRate', rate: name, nearest: nearest(name, names) });
  }
  const amountMicro = costOfUnits(rate, quantity);
  return ok({ amountMicro, rateVersion: card.version, rate: name, unit: rate.unit, quantity });
}

/**
 * The credits that a standard run of a tool takes then, from little to much [3.06 3.12]. A use that the card does
 * not know is a defect: a catalog is checked for it.
 */
export function estimateRun(
  card: RateCard,
  { uses }: Estimate,
  at: Instant,
): { readonly lowMicro: MicroCredits; readonly highMicro: MicroCredits } {
  const costs = uses.map(({ rate: name, low, high }) => {
    const rate = rateAt(card, name, at);
    if (rate === undefined) throw new Error(`the rate card has no "${name}"`);
    return { low: costOf(rate, low), high: costOf(rate, high) };
  });
  return { lowMicro: sum(costs.map(({ low }) => low)), highMicro: sum(costs.map((c) => c.high)) };
}

function costOf(rate: Rate, used: number | Tokens): MicroCredits {
  if (rate.unit === 'tokens' && typeof used === 'object') return costOfTokens(rate, used);
  if (rate.unit !== 'tokens' && typeof used === 'number') return costOfUnits(rate, used);
  throw new Error(`"${rate.name}" is counted in another unit`);
}

function costOfTokens(rate: TokenRate, tokens: Tokens): MicroCredits {
  let exact = 0n;
  for (const bucket of tokenBuckets) {
    const count = tokens[bucket];
    if (count !== undefined) exact += wholeNumber(count, bucket) * rate[microOf[bucket]];
  }
  return micro(divide(exact, BigInt(rate.perTokens), 'halfAwayFromZero'));
}

/** Named here once: every call is priced through it. */
const microOf = {
  input: 'inputMicro',
  cacheRead: 'cacheReadMicro',
  cacheWrite: 'cacheWriteMicro',
  output: 'outputMicro',
} as const satisfies Record<TokenBucket, keyof TokenRate>;

const costOfUnits = (rate: UnitRate, quantity: number): MicroCredits =>
  micro(
    divide(
      wholeNumber(quantity, rate.unit) * rate.creditsMicro,
      BigInt(rate.perUnits),
      'halfAwayFromZero',
    ),
  );

/** The figures of a rate that are in force at an instant: half-open, a change counts from its first moment. */
export function rateAt(card: RateCard, name: string, at: Instant): Rate | undefined {
  const rate = find(card, name);
  if (rate?.changes === undefined) return rate;
  // Each branch knows its own figures: one expression for both would mix them.
  if (rate.unit === 'tokens') return { ...rate, ...lastBegun(rate.changes, at) };
  return { ...rate, ...lastBegun(rate.changes, at) };
}

/** Since when the figures that are in force at an instant are; null: since the card is. */
export function rateSince(card: RateCard, name: string, at: Instant): Instant | null {
  const changes: readonly { readonly from: Instant }[] = find(card, name)?.changes ?? [];
  return lastBegun(changes, at)?.from ?? null;
}

/** Whether one of these rates changes within so many minutes before or after an instant. */
export const changesNear = (
  card: RateCard,
  names: readonly string[],
  moment: { readonly at: Instant; readonly withinMinutes: number },
): boolean =>
  names.some((name) =>
    (find(card, name)?.changes ?? []).some(
      ({ from }) =>
        isAtOrBefore(addMinutes(from, -moment.withinMinutes), moment.at) &&
        isAtOrBefore(moment.at, addMinutes(from, moment.withinMinutes)),
    ),
  );

const lastBegun = <Change extends { readonly from: Instant }>(
  changes: readonly Change[],
  at: Instant,
): Change | undefined => changes.findLast(({ from }) => isAtOrBefore(from, at));

/** Own properties only: a rate named "constructor" is on no card. */
const find = ({ items }: RateCard, name: string): Rate | undefined =>
  Object.hasOwn(items, name) ? items[name] : undefined;

const namesOf = ({ items }: RateCard, is: (rate: Rate) => boolean): string[] =>
  Object.entries(items).flatMap(([name, rate]) => (is(rate) ? [name] : []));

/** Counts are checked where they enter; any other number here is a defect. */
function wholeNumber(count: number, what: string): bigint {
  if (Number.isSafeInteger(count) && count >= 0) return BigInt(count);
  throw new RangeError(`${what}: a count must be a whole number from 0, got ${count}`);
}
