import { divide, micro, type MicroCredits } from './money.ts';
import { nearest } from './nearest.ts';
import { ok, refused, type Outcome } from './outcome.ts';
import type { RateCard, TokenBucket } from './terms.ts';

/** Tokens of one call; each is reported in exactly one bucket. */
export type Tokens = Readonly<Partial<Record<TokenBucket, number>>>;

/** What a call costs, and by which version of the rate card, so that it can be explained later. */
export type Rated = {
  readonly amountMicro: MicroCredits;
  readonly rateVersion: number;
  readonly model: string;
  readonly tokens: number;
};

export type UnknownModel = {
  readonly kind: 'unknownModel';
  readonly model: string;
  readonly nearest: string | null;
};

/** Tokens × the model's rate [4.22]: exact over all buckets, rounded once, half away from zero. */
export function rateTokens(call: {
  readonly card: RateCard;
  readonly model: string;
  readonly tokens: Tokens;
}): Outcome<Rated, UnknownModel> {
  const { card, model, tokens } = call;
  // Own properties only: a model named "constructor" is not on any card.
  const rate = Object.hasOwn(card.models, model) ? card.models[model] : undefined;
  if (rate === undefined) {
    return refused({
      kind: 'unknownModel',
      model,
      nearest: nearest(model, Object.keys(card.models)),
    });
  }
  const counts = buckets.map((bucket) => ({ bucket, count: countOf(tokens, bucket) }));
  const exact = counts.reduce((sum, { bucket, count }) => sum + count * rate[`${bucket}Micro`], 0n);
  return ok({
    amountMicro: micro(divide(exact, BigInt(rate.perTokens), 'halfAwayFromZero')),
    rateVersion: card.version,
    model,
    tokens: Number(counts.reduce((sum, { count }) => sum + count, 0n)),
  });
}

const buckets = ['input', 'cacheRead', 'cacheWrite', 'output'] as const;

/** Counts are checked where they enter; any other number here is a defect. */
function countOf(tokens: Tokens, bucket: TokenBucket): bigint {
  const count = tokens[bucket] ?? 0;
  if (!Number.isSafeInteger(count) || count < 0) {
    throw new RangeError(`${bucket} tokens must be a whole number from 0, got ${count}`);
  }
  return BigInt(count);
}
