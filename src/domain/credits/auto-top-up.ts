import { divide, micro, minus, times, type MicroCredits } from '../values/money.ts';

/** When credits are bought by themselves, and how many. */
export type AutoTopUp = {
  /** At this balance or below it. */
  readonly thresholdMicro: MicroCredits;
  readonly buy:
    /** As many packs as bring the balance above the threshold, in one purchase. */
    | { readonly by: 'packs'; readonly packMicro: MicroCredits }
    /** What is missing to this balance. */
    | { readonly by: 'target'; readonly targetMicro: MicroCredits };
};

/**
 * How many credits one purchase buys at a balance, which is negative in debt; 0 above the threshold.
 * The need is computed once: one purchase, however deep the balance is.
 */
export function topUpNeeded(rule: AutoTopUp, balanceMicro: MicroCredits): MicroCredits {
  const { thresholdMicro, buy } = rule;
  if (balanceMicro > thresholdMicro) return micro(0);
  if (buy.by === 'target') {
    const missing = minus(buy.targetMicro, balanceMicro);
    return missing > 0n ? missing : micro(0);
  }
  if (buy.packMicro <= 0n) throw new RangeError('a pack holds more than nothing');
  const gap = minus(thresholdMicro, balanceMicro);
  return times(buy.packMicro, divide(gap, buy.packMicro, 'down') + 1n);
}
