import type { Instant } from '../values/calendar.ts';
import { plus, type Minor } from '../values/money.ts';

/**
 * The most that a calendar month of the workspace's zone may cost beside the plan [0.06 K12], and what it has:
 * top-ups, those on their way included, and usage beyond the credits. Minor units.
 */
export type Spend = {
  readonly usedMinor: Minor;
  readonly capMinor: Minor;
  /** When the next month begins. */
  readonly resetsAt: Instant;
};

/** Whether so much more, in minor units, is too much for the month [0.06]; without a cap nothing is. */
export const isTooMuch = (spend: Spend | undefined, moreMinor: Minor): boolean =>
  spend !== undefined && plus(spend.usedMinor, moreMinor) > spend.capMinor;
