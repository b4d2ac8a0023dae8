import { compareFractions, fraction, type Fraction } from '../values/fraction.ts';

/** What happens to a customer who owes, by the age of the earliest unpaid invoice in days. */
export type OverdueStage = { readonly name: string; readonly fromDays: number };

/**
 * The last stage whose age is reached; `null` while nothing is unpaid (an age of `null`) or the debt
 * is younger than every stage. Only the earliest unpaid invoice counts: a later one changes nothing.
 */
export function overdueStage(
  stages: readonly OverdueStage[],
  earliestUnpaidDays: number | null,
): string | null {
  const age = earliestUnpaidDays === null ? null : fraction(earliestUnpaidDays);
  const reached = stages
    .filter(({ fromDays }) => hasReached(age, fraction(fromDays)))
    .sort((a, b) => b.fromDays - a.fromDays);
  return reached[0]?.name ?? null;
}

/** Whether an age, a count or an amount of debt has reached a threshold; without debt it has not. */
export const hasReached = (observed: Fraction | null, threshold: Fraction): boolean =>
  observed !== null && compareFractions(observed, threshold) >= 0;
