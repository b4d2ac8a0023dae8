import type { Instant } from '../values/calendar.ts';
import type { MicroCredits, Minor } from '../values/money.ts';

/**
 * A time that is given back together with the credits that came with it. As far as these are spent already it
 * is charged all the same: nobody buys a day and uses a month.
 */
export type GivenBack = {
  readonly of: 'seats' | 'plan';
  /** The window's whose credits these are. */
  readonly label: string;
  /** The credits that are taken back; all of them, were none spent. */
  readonly wantedMicro: MicroCredits;
  /** What was not charged, or given back, for the rest of the window. */
  readonly creditedMinor: Minor;
  readonly description: string;
  /** The end of the time that is given back and lies in the window. */
  readonly until: Instant;
};

/** The ledger found less of them than was wanted: the rest is spent. */
export type SpentCreditsFact = {
  readonly kind: 'spentCreditsFound';
  readonly takenMicro: MicroCredits;
} & GivenBack;
