import { daysBetween, isAtOrBefore, type Instant, type Period } from './calendar.ts';
import { prorate, type Minor } from './money.ts';

/** Days of a period that are still to come, of all its days. */
export type DayShare = { readonly part: number; readonly whole: number };

type Moment = { readonly at: Instant; readonly period: Period; readonly timeZone: string };

/**
 * How much of a period is left, by local calendar days, counting the day of `at` as left [2.16].
 * Whatever happens twice on one day therefore counts the same both times, and nets to zero.
 */
export function dayShare({ at, period, timeZone }: Moment): DayShare {
  if (!isAtOrBefore(period.start, at) || !isAtOrBefore(at, period.end)) {
    throw new RangeError(`${at} is not in the period from ${period.start} to ${period.end}`);
  }
  return {
    part: daysBetween(at, period.end, timeZone),
    whole: daysBetween(period.start, period.end, timeZone),
  };
}

/** The part of a full price for the days left, rounded once, half away from zero. */
export const prorateByDay = (full: Minor, moment: Moment): Minor =>
  prorate(full, dayShare(moment), 'halfAwayFromZero');
