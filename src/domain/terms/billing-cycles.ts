import { billDayBoundaries, boundaryAt, inMonths } from '../values/calendar-recurrence.ts';
import {
  daysBetween,
  earliest,
  isAtOrBefore,
  isBefore,
  type Instant,
  type Period,
} from '../values/calendar.ts';
import { fraction, type Fraction } from '../values/fraction.ts';

/** A subscription billed on a day of the month, by days and in local time. */
export type BilledByDay = {
  readonly start: Instant;
  /** `null`: it runs on. */
  readonly end: Instant | null;
  readonly billDay: number;
  /** Months in a billing period. */
  readonly months: number;
  readonly timeZone: string;
};

/**
 * How many billing periods are charged in advance up to a day, part by part: the days before the
 * first bill day as a part of the period that ends there, whole periods, and the days of the last
 * one until the end. A period is charged when it has begun by `until`.
 */
export function cyclesBilled(subscription: BilledByDay, until: Instant): Fraction[] {
  const { start, end } = subscription;
  const boundary = billDayBoundaries(subscription);
  const cycles: Fraction[] = [];
  const stub = { start: boundary(-1), end: boundary(0) };
  if (isBefore(start, stub.end)) {
    const last = end === null ? stub.end : earliest(stub.end, end);
    cycles.push(shareOf({ start, end: last }, stub, subscription.timeZone));
  }
  for (let index = 0; isAtOrBefore(boundary(index), until); index += 1) {
    const period = { start: boundary(index), end: boundary(index + 1) };
    if (end !== null && isAtOrBefore(end, period.start)) break;
    const last = end === null ? period.end : earliest(period.end, end);
    cycles.push(shareOf({ start: period.start, end: last }, period, subscription.timeZone));
  }
  return cycles;
}

/** The first day a subscription with a bill day is billed on. */
export const firstBillingDate = (subscription: Omit<BilledByDay, 'end'>): Instant =>
  billDayBoundaries(subscription)(0);

/** The period that contains a moment; before the first bill day, the days until it. */
export function billedPeriod(subscription: Omit<BilledByDay, 'end'>, at: Instant): Period {
  const boundary = billDayBoundaries(subscription);
  let index = 0;
  if (isBefore(at, boundary(0))) return { start: subscription.start, end: boundary(0) };
  while (isAtOrBefore(boundary(index + 1), at)) index += 1;
  return { start: boundary(index), end: boundary(index + 1) };
}

/** The days of a stretch that ends at a boundary, as a part of the period that ends there. */
export function stubBefore(stretch: Period, months: number, timeZone: string): Fraction {
  const start = boundaryAt({ anchor: stretch.end, step: inMonths(months), timeZone }, -1);
  return shareOf(stretch, { start, end: stretch.end }, timeZone);
}

/** The days of a stretch that begins at a boundary, as a part of the period that begins there. */
export function stubAfter(stretch: Period, months: number, timeZone: string): Fraction {
  const end = boundaryAt({ anchor: stretch.start, step: inMonths(months), timeZone }, 1);
  return shareOf(stretch, { start: stretch.start, end }, timeZone);
}

const shareOf = (stretch: Period, whole: Period, timeZone: string): Fraction =>
  fraction(
    daysBetween(stretch.start, stretch.end, timeZone),
    daysBetween(whole.start, whole.end, timeZone),
  );
