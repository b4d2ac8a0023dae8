import type { Interval } from '../terms/terms.ts';

/** How many calendar months an interval has. */
export const monthsOf = (interval: Interval): number =>
  ({ month: 1, quarter: 3, halfYear: 6, year: 12 })[interval];

/** An interval as a sentence says it: `by the half-year`. */
export const intervalInWords = (interval: Interval): string =>
  interval === 'halfYear' ? 'half-year' : interval;
