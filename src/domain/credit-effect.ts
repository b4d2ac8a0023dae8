import type { Instant } from './calendar.ts';
import type { MicroCredits } from './money.ts';

/** What the ledger is told beside grants, by what it knows itself: how much is unspent, what is left. */
export type CreditEffect =
  /** Takes back at most so much of what is unspent of a window's included credits, once per key. */
  | {
      readonly kind: 'clawBackIncluded';
      /** The window's. */
      readonly label: string;
      readonly amountMicro: MicroCredits;
      readonly key: string;
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
  /** Tells `balanceFell` at this balance or below it, at once if it is there; null: never. */
  | { readonly kind: 'watchBalance'; readonly atMicro: MicroCredits | null };
