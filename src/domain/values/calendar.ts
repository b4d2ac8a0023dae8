/**
 * Time as billing sees it: instants in UTC, boundaries in the workspace's time zone.
 *
 * Every period is half-open, `[start, end)`: an event exactly on a boundary belongs to the new
 * period. Recurring boundaries are counted from their anchor and never chained, so a subscription
 * of the 31st is billed on 31 January, 28 February and 31 March. A wall time that a clock change
 * skips moves later by the gap; one that occurs twice means its first occurrence.
 */
// The main entry of the polyfill takes the host's own Temporal where there is one: another version
// of Node could then compute another date for the same workflow history.
import { Temporal } from 'temporal-polyfill/implementation';
import { epochMilliseconds, instantFromEpoch } from './epoch.ts';
import { monthsOf } from './interval.ts';
import { remember } from './remember.ts';
import type { Interval, ResetRule } from '../terms/terms.ts';

/** A moment: UTC, ISO 8601, always with milliseconds, so that text order is time order. */
export type Instant = string;

/** From `start` (included) to `end` (excluded). */
export type Period = { readonly start: Instant; readonly end: Instant };

/** The stretch of time that one grant of included credits is for; its label names the grant. */
export type CreditWindow = {
  readonly start: Instant;
  /** `null`: the pool never refills. */
  readonly end: Instant | null;
  /** `2026-02` for a calendar month, otherwise the window's start. */
  readonly label: string;
};

/** Whether `a` happened before `b`. */
export const isBefore = (a: Instant, b: Instant): boolean => canonical(a) < canonical(b);

/** Whether `a` happened before `b`, or at the same moment. */
export const isAtOrBefore = (a: Instant, b: Instant): boolean => canonical(a) <= canonical(b);

/** The first of these moments. */
export const earliest = (first: Instant, ...others: readonly Instant[]): Instant =>
  others.reduce((a, b) => (isBefore(b, a) ? b : a), canonical(first));

/** The last of these moments. */
export const latest = (first: Instant, ...others: readonly Instant[]): Instant =>
  others.reduce((a, b) => (isBefore(a, b) ? b : a), canonical(first));

/** Whether a period contains a moment; its end is not part of it. */
export const contains = (period: Period, at: Instant): boolean =>
  isAtOrBefore(period.start, at) && isBefore(at, period.end);

/**
 * The moment `count` months from the anchor: the same wall time on the same day of the month, or on
 * the month's last day where the month is too short. Count from the anchor, never from a result.
 */
export const addMonths = (anchor: Instant, count: number, timeZone: string): Instant =>
  instantOf(zoned(anchor, timeZone).add({ months: count }));

/** The moment `count` local days later at the same wall time; such a day may have 23 or 25 hours. */
export const addDays = (at: Instant, count: number, timeZone: string): Instant =>
  instantOf(zoned(at, timeZone).add({ days: count }));

/** The moment `count` days of exactly 24 hours later. */
export const addExactDays = (at: Instant, count: number): Instant =>
  addMinutes(at, count * 24 * 60);

/** The moment `count` minutes later. */
export const addMinutes = (at: Instant, count: number): Instant =>
  instantFromEpoch(epochMilliseconds(at) + count * 60_000);

/** The billing period that contains `at`, counted in whole intervals from the anchor. */
export const anniversaryPeriod: (question: {
  readonly anchor: Instant;
  readonly interval: Interval;
  readonly at: Instant;
  readonly timeZone: string;
}) => Period = remember(
  ({ anchor, interval, at, timeZone }) => `${anchor} ${interval} ${at} ${timeZone}`,
  ({ anchor, interval, at, timeZone }) => {
    const months = monthsOf(interval);
    const start = zoned(anchor, timeZone);
    return periodContaining({
      at,
      guess: Math.floor((monthNumber(at) - monthNumber(anchor)) / months),
      boundary: (index) => instantOf(start.add({ months: index * months })),
    });
  },
);

/** The calendar month that contains `at`, from the first local midnight to the next month's. */
export const calendarMonth = (question: {
  readonly at: Instant;
  readonly timeZone: string;
}): Period => dayOfMonthPeriod({ ...question, day: 1 });

/**
 * The month that contains `at` and begins with the given day of the month, at local midnight; in a
 * month without that day, with its last day.
 */
export const dayOfMonthPeriod: (question: {
  readonly at: Instant;
  readonly day: number;
  readonly timeZone: string;
}) => Period = remember(
  ({ at, day, timeZone }) => `${at} ${day} ${timeZone}`,
  ({ at, day, timeZone }) =>
    periodContaining({
      at,
      guess: monthNumber(at),
      boundary: (index) =>
        instantOf(firstMonth.add({ months: index }).toPlainDate({ day }).toZonedDateTime(timeZone)),
    }),
);

/** The window of the included pool that contains `at`. */
export function creditWindow(question: {
  readonly reset: ResetRule;
  readonly at: Instant;
  readonly anchor: Instant;
  readonly timeZone: string;
}): CreditWindow {
  const { reset, at, anchor, timeZone } = question;
  switch (reset.on) {
    case 'calendarMonth':
      return monthLabelled({ at, timeZone });
    case 'anniversary':
      return startLabelled(anniversaryPeriod({ anchor, interval: 'month', at, timeZone }));
    case 'dayOfMonth':
      return startLabelled(dayOfMonthPeriod({ at, day: reset.day, timeZone }));
    case 'never':
      return { start: anchor, end: null, label: anchor };
  }
}

/**
 * The period that begins where another has ended. Where the time zone was changed since, the boundaries of
 * the new one lie up to 26 hours off: the one near the end counts as the end itself, so that no stretch
 * is left over and none is had twice.
 */
export function periodAfter<P extends { readonly start: Instant }>(
  end: Instant,
  periodAt: (at: Instant) => P,
): P {
  return { ...periodAt(addExactDays(end, zoneShiftMostDays)), start: end };
}

/**
 * The term that begins where another has ended: whole months of the anchor's calendar, also where the term
 * before had another length.
 */
export function termAfter(
  end: Instant,
  counted: { readonly anchor: Instant; readonly interval: Interval; readonly timeZone: string },
): Period {
  const month = { ...counted, interval: 'month' } as const;
  let term: Period = { start: end, end };
  for (let left = monthsOf(counted.interval); left > 0; left -= 1) {
    term = {
      start: end,
      end: periodAfter(term.end, (at) => anniversaryPeriod({ ...month, at })).end,
    };
  }
  return term;
}

/** The end of a period, or that of the term it belongs to where only a change of zone lies between them. */
export const endWithin = (end: Instant, termEnd: Instant): Instant =>
  Math.abs(millisecondsBetween(end, termEnd)) < zoneShiftMostDays * 86_400_000 ? termEnd : end;

/** More than any two zones differ, less than any period is long. */
const zoneShiftMostDays = 2;

/** How much later `to` is than `from`; negative if it is earlier. */
export const millisecondsBetween = (from: Instant, to: Instant): number =>
  epochMilliseconds(to) - epochMilliseconds(from);

/** The date on a calendar in this time zone, as `YYYY-MM-DD`. */
export const localDate = (at: Instant, timeZone: string): string =>
  zoned(at, timeZone).toPlainDate().toString();

/** The end of the local day that contains `at`: the start of the next one. */
export function endOfLocalDay(at: Instant, timeZone: string): Instant {
  const today = zoned(at, timeZone).toPlainDate();
  return periodContaining({
    at,
    guess: 0,
    boundary: (index) => instantOf(today.add({ days: index }).toZonedDateTime(timeZone)),
  }).end;
}

/** How many times the local date changes between two moments; negative if `to` is the earlier. */
export const daysBetween = (from: Instant, to: Instant, timeZone: string): number =>
  zoned(from, timeZone)
    .toPlainDate()
    .until(zoned(to, timeZone).toPlainDate(), { largestUnit: 'days' }).days;

/** Whether this is the name of a time zone, such as `Europe/Paris`; an offset is not a name. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z][\w+-]*(?:\/[\w+-]+)*$/.test(name)) return false;
  try {
    zoned('1970-01-01T00:00:00.000Z', name);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

const firstMonth = Temporal.PlainYearMonth.from('0000-01');

/** Refuses, as a defect, an instant in any other form: its text order would not be time order. */
function canonical(at: Instant): Instant {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(at)) {
    throw new RangeError(`not an instant in UTC with milliseconds: "${at}"`);
  }
  return at;
}

/** The moment as a clock and a calendar on the wall of that time zone show it. */
export const zoned = (at: Instant, timeZone: string): Temporal.ZonedDateTime =>
  Temporal.Instant.fromEpochMilliseconds(epochMilliseconds(at)).toZonedDateTimeISO(timeZone);

/** The moment in UTC. */
export const instantOf = (moment: Temporal.ZonedDateTime): Instant =>
  instantFromEpoch(moment.epochMilliseconds);

/** How many months after January of the year 0, in UTC: where a search for a local month begins. */
const monthNumber = (at: Instant): number =>
  Number(canonical(at).slice(0, 4)) * 12 + Number(at.slice(5, 7)) - 1;

/** A calendar month under its name, `2026-02`. */
const monthLabelled: (question: {
  readonly at: Instant;
  readonly timeZone: string;
}) => CreditWindow = remember(
  ({ at, timeZone }) => `${at} ${timeZone}`,
  ({ at, timeZone }) => {
    const month = calendarMonth({ at, timeZone });
    return { ...month, label: localDate(month.start, timeZone).slice(0, 'YYYY-MM'.length) };
  },
);

const startLabelled = (period: Period): CreditWindow => ({ ...period, label: period.start });

/**
 * The period between two neighbouring boundaries that contains `at`. Boundaries never decrease with
 * their index, so stepping from any guess ends at the only such pair.
 */
export function periodContaining(question: {
  readonly at: Instant;
  readonly guess: number;
  readonly boundary: (index: number) => Instant;
}): Period {
  const { at, guess, boundary } = question;
  let index = guess;
  // Each boundary is asked for once: calendar arithmetic is what a step spends its time on.
  let start = boundary(index);
  while (isBefore(at, start)) {
    index -= 1;
    start = boundary(index);
  }
  let end = boundary(index + 1);
  while (isAtOrBefore(end, at)) {
    index += 1;
    start = end;
    end = boundary(index + 1);
  }
  return { start, end };
}
