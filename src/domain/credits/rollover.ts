import type { Instant } from '../values/calendar.ts';
import { greater, lesser, micro, prorate, type MicroCredits } from '../values/money.ts';

/** What of a grant's remainder goes on into the next period. */
export type Rollover = {
  /** At least this much goes on, even if less is left. */
  readonly minMicro: MicroCredits;
  /** At most this much; `null`: all that is left. */
  readonly maxMicro: MicroCredits | null;
};

/** Nothing goes on [0.41 2.22]. */
export const noRollover: Rollover = { minMicro: micro(0), maxMicro: micro(0) };

/** All that is left goes on [1.15 2.23]. */
export const fullRollover: Rollover = { minMicro: micro(0), maxMicro: null };

/** `min(max, max(min, remaining))`: the most that may go on wins over the least. */
export function carriedOver(rollover: Rollover, remainingMicro: MicroCredits): MicroCredits {
  const atLeast = greater(rollover.minMicro, remainingMicro);
  return rollover.maxMicro === null ? atLeast : lesser(rollover.maxMicro, atLeast);
}

/** The rule as a standing order carries it: what goes on ends at this instant. */
export type OrderedRollover = Rollover & {
  readonly percent: number;
  readonly endsAt: Instant;
};

/** What goes on of what is left, in micro-credits: the share rounded down, then within the bounds. */
export const rolledOver = (
  rule: Rollover & { readonly percent: number },
  leftMicro: MicroCredits,
): MicroCredits =>
  carriedOver(rule, prorate(leftMicro, { part: rule.percent, whole: 100 }, 'down'));
