import type { Instant } from '../values/calendar.ts';
import type { Overage } from '../life/metering-fact.ts';
import type { MicroCredits } from '../values/money.ts';
import type { GivenBack } from '../life/spent-credits-fact.ts';

/** What the ledger is told beside grants, by what it knows itself: how much is unspent, what is left. */
export type CreditEffect =
  /** Takes back at most so much of what is unspent of a window's included credits, once per key. */
  | {
      readonly kind: 'clawBackIncluded';
      /** The window's. */
      readonly label: string;
      readonly amountMicro: MicroCredits;
      readonly key: string;
      /** Told as `spentCreditsFound` where less of it is unspent. */
      readonly ifSpent?: GivenBack;
    }
  /** Takes back what is unspent of all included grants whose source keys begin like this. */
  | {
      readonly kind: 'voidIncluded';
      readonly sourcePrefix: string;
      readonly ifSpent?: GivenBack;
    }
  /** Grants again at most so much of what was clawed back in that window. */
  | {
      readonly kind: 'returnClawedBack';
      readonly label: string;
      readonly atMostMicro: MicroCredits;
      readonly effectiveAt: Instant;
      readonly expiresAt: Instant | null;
      readonly sourceKey: string;
    }
  /** How far usage may go beyond the grants from now on; null: not at all. */
  | { readonly kind: 'setOverage'; readonly overage: Overage | null }
  /** Reads the meter: what was used before that instant, or (null) all there is; told as `usageMetered`. */
  | { readonly kind: 'readMeter'; readonly reading: string; readonly until: Instant | null }
  /** Tells `balanceFell` at this balance or below it, at once if it is there; null: never. */
  | { readonly kind: 'watchBalance'; readonly atMicro: MicroCredits | null };
