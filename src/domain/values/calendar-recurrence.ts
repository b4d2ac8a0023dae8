/**
 * Boundaries that recur by any step, counted from their anchor and never chained: the n-th boundary
 * is n steps from the anchor, so a month's end of the 31st comes back to the 31st.
 */
import { Temporal } from 'temporal-polyfill/implementation';
import {
  instantOf,
  isBefore,
  millisecondsBetween,
  periodContaining,
  zoned,
  type Instant,
  type Period,
} from './calendar.ts';

/** Months and days on the local calendar, then exact time: a day may have 23 hours, an hour not. */
export type TimeStep = {
  readonly months: number;
  readonly days: number;
  readonly milliseconds: number;
};

/** Moments that recur: the anchor, and every whole number of steps from it. */
export type Recurrence = {
  readonly anchor: Instant;
  readonly step: TimeStep;
  readonly timeZone: string;
};

export const inMonths = (months: number): TimeStep => ({ months, days: 0, milliseconds: 0 });
export const inDays = (days: number): TimeStep => ({ months: 0, days, milliseconds: 0 });
export const inMilliseconds = (milliseconds: number): TimeStep => ({
  months: 0,
  days: 0,
  milliseconds,
});

/** The moment `count` steps from the anchor; months first, a short month gives its last day. */
export function boundaryAt({ anchor, step, timeZone }: Recurrence, count: number): Instant {
  const { months, days, milliseconds } = step;
  const onCalendar = zoned(anchor, timeZone).add({ months: months * count, days: days * count });
  return instantOf(onCalendar.add({ milliseconds: milliseconds * count }));
}

/** The stretch between two neighbouring boundaries that contains `at`; a defect for an empty step. */
export function recurringPeriod(recurrence: Recurrence, at: Instant): Period {
  const length = roughLength(recurrence.step);
  if (length <= 0) throw new RangeError('a recurrence needs a step forward in time');
  return periodContaining({
    at,
    guess: Math.floor(millisecondsBetween(recurrence.anchor, at) / length),
    boundary: (index) => boundaryAt(recurrence, index),
  });
}

/** The first boundary after a moment. */
export const nextBoundary = (recurrence: Recurrence, after: Instant): Instant =>
  recurringPeriod(recurrence, after).end;

/** Calendar periods of a time zone: from the first local midnight of a month, quarter or year. */
export const calendarRecurrence = (step: TimeStep, timeZone: string): Recurrence => ({
  // A Monday, for weeks; a first of January, for months, quarters, half-years and years.
  anchor: localMidnight(
    step.days % 7 === 0 && step.days > 0 ? '2001-01-01' : '2000-01-01',
    timeZone,
  ),
  step,
  timeZone,
});

/** Midnight at the start of a local date `YYYY-MM-DD`; a defect if there is no such date. */
export const localMidnight = (date: string, timeZone: string): Instant =>
  instantOf(Temporal.PlainDate.from(date, { overflow: 'reject' }).toZonedDateTime(timeZone));

/** The moment at which a local clock shows `YYYY-MM-DDTHH:MM`, its first occurrence. */
export const localTime = (wallTime: string, timeZone: string): Instant =>
  instantOf(Temporal.PlainDateTime.from(wallTime).toZonedDateTime(timeZone));

/** What a local clock shows at a moment, as `YYYY-MM-DDTHH:MM`. */
export const wallTimeOf = (at: Instant, timeZone: string): string =>
  zoned(at, timeZone).toPlainDateTime().toString({ smallestUnit: 'minute' });

/**
 * The boundaries of a subscription that is billed on a fixed day of the month: the first one is that
 * day of the start's month (its last day where the month is too short) or, if that has passed, one
 * step later. Later boundaries keep the wished day: the 31st, the 30th, the 31st.
 */
export function billDayBoundaries(wish: {
  readonly start: Instant;
  readonly billDay: number;
  readonly months: number;
  readonly timeZone: string;
}): (index: number) => Instant {
  const { start, billDay, months, timeZone } = wish;
  const month = zoned(start, timeZone).toPlainDate().toPlainYearMonth();
  const dayOf = (count: number): Instant =>
    instantOf(
      month
        .add({ months: count * months })
        .toPlainDate({ day: billDay })
        .toZonedDateTime(timeZone),
    );
  const skipped = isBefore(dayOf(0), start) ? 1 : 0;
  return (index) => dayOf(index + skipped);
}

/** A duration of ISO 8601 such as `P1M`, `P30D` or `PT24H`; `undefined` for any other text. */
export function parseDuration(text: string): TimeStep | undefined {
  const match =
    /^P(?:(\d{1,4})Y)?(?:(\d{1,5})M)?(?:(\d{1,5})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,9})S)?)?$/.exec(
      text,
    );
  if (match === null || /[PT]$/.test(text)) return undefined;
  const [years, months, weeks, days, hours, minutes, seconds] = match
    .slice(1)
    .map((count: string | undefined) => Number(count ?? 0));
  return {
    months: (years ?? 0) * 12 + (months ?? 0),
    days: (weeks ?? 0) * 7 + (days ?? 0),
    milliseconds: (((hours ?? 0) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0)) * 1000,
  };
}

const dayLength = 24 * 60 * 60 * 1000;

/** Near enough to start looking from: a month has 28 to 31 days. */
const roughLength = ({ months, days, milliseconds }: TimeStep): number =>
  (months * 30.436875 + days) * dayLength + milliseconds;
