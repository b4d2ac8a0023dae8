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
  if (earliestUnpaidDays === null) return null;
  const reached = stages
    .filter(({ fromDays }) => fromDays <= earliestUnpaidDays)
    .sort((a, b) => b.fromDays - a.fromDays);
  return reached[0]?.name ?? null;
}
