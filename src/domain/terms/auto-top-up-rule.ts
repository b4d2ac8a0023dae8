import type { Instant } from '../values/calendar.ts';
import type { MicroCredits, Minor } from '../values/money.ts';
import type { Spend } from '../credits/spend.ts';

/** An owner's wish that credits be bought by themselves, and how far that is. */
export type AutoTopUpRule = {
  /** At this balance or below it. */
  readonly thresholdMicro: MicroCredits;
  /** The pack's. */
  readonly priceMinor: Minor;
  /** The payment on its way: never two at a time. */
  readonly inFlight: string | null;
  /** Tries made on the local day that ends then. */
  readonly day: { readonly endsAt: Instant; readonly tries: number } | null;
  /** Nothing is tried before this instant. */
  readonly restsUntil: Instant | null;
  /** Why nothing is tried until somebody acts: the method can never pay. */
  readonly stoppedBy: string | null;
};

/** What the lifecycle hears of it. */
export type RefillFact =
  /** The balance that it waits for; `payment` names the one that it may make. */
  | {
      readonly kind: 'balanceFell';
      readonly availableMicro: MicroCredits;
      readonly debtMicro: MicroCredits;
      readonly payment: string;
      /** What the month may cost and has cost beside the plan, where that has a cap [0.06]. */
      readonly spend?: Spend;
    }
  /** The owner has set the month's spend cap, or taken it away. */
  | { readonly kind: 'spendCapChanged'; readonly capMinor: Minor | null }
  | {
      readonly kind: 'autoTopUpFailed';
      readonly payment: string;
      readonly code: string;
      readonly hard: boolean;
    };
