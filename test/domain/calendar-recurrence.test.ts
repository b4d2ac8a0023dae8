import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  billDayBoundaries,
  boundaryAt,
  calendarRecurrence,
  inDays,
  inMilliseconds,
  inMonths,
  localMidnight,
  localTime,
  nextBoundary,
  parseDuration,
  recurringPeriod,
  wallTimeOf,
} from '../../src/domain/values/calendar-recurrence.ts';
import { addDays, anniversaryPeriod, contains } from '../../src/domain/values/calendar.ts';
import type { Interval } from '../../src/domain/terms/terms.ts';

const midnight = (date: string): string => `${date}T00:00:00.000Z`;
const utc = { timeZone: 'UTC' } as const;

describe('boundaries are counted from their anchor and never chained', () => {
  test.each([
    ['months of the 31st', '2026-01-31', inMonths(1), ['2026-02-28', '2026-03-31', '2026-04-30']],
    ['quarters', '2025-11-30', inMonths(3), ['2026-02-28', '2026-05-30', '2026-08-30']],
    ['half-years', '2026-08-31', inMonths(6), ['2027-02-28', '2027-08-31', '2028-02-29']],
    ['years of a leap day', '2024-02-29', inMonths(12), ['2025-02-28', '2026-02-28', '2027-02-28']],
    ['thirty days', '2026-01-31', inDays(30), ['2026-03-02', '2026-04-01', '2026-05-01']],
  ])('%s', (_name, anchor, step, dates) => {
    const recurrence = { anchor: midnight(anchor), step, ...utc };
    expect([1, 2, 3].map((index) => boundaryAt(recurrence, index))).toEqual(dates.map(midnight));
  });

  test('a day follows the local clock, and 24 hours do not', () => {
    const anchor = localTime('2016-03-12T10:00', 'America/Los_Angeles');
    const zone = { anchor, timeZone: 'America/Los_Angeles' };
    const day = boundaryAt({ ...zone, step: inDays(1) }, 1);
    const hours = boundaryAt({ ...zone, step: inMilliseconds(86_400_000) }, 1);
    expect(wallTimeOf(day, zone.timeZone)).toBe('2016-03-13T10:00');
    expect(wallTimeOf(hours, zone.timeZone)).toBe('2016-03-13T11:00');
  });
});

describe('the period that contains a moment', () => {
  const monthly = { anchor: midnight('2026-01-31'), step: inMonths(1), ...utc };

  test.each([
    ['on a boundary it is the new one', '2026-02-28', '2026-02-28', '2026-03-31'],
    ['before a boundary it is the old one', '2026-02-27', '2026-01-31', '2026-02-28'],
    ['before the anchor periods run as well', '2025-12-30', '2025-11-30', '2025-12-31'],
  ])('%s', (_name, at, start, end) => {
    expect(recurringPeriod(monthly, midnight(at))).toEqual({
      start: midnight(start),
      end: midnight(end),
    });
  });

  test('the next boundary is after a moment, never at it', () => {
    expect(nextBoundary(monthly, midnight('2026-02-27'))).toBe(midnight('2026-02-28'));
    expect(nextBoundary(monthly, midnight('2026-02-28'))).toBe(midnight('2026-03-31'));
  });

  test('always contains the moment', () => {
    const steps = fc.oneof(
      fc.integer({ min: 1, max: 24 }).map(inMonths),
      fc.integer({ min: 1, max: 90 }).map(inDays),
      fc.integer({ min: 3_600_000, max: 864_000_000 }).map(inMilliseconds),
    );
    const days = fc.integer({ min: -2000, max: 2000 });
    const zones = fc.constantFrom('UTC', 'Europe/Paris', 'America/New_York');
    fc.assert(
      fc.property(steps, days, zones, (step, distance, timeZone) => {
        const anchor = midnight('2026-01-31');
        const at = addDays(anchor, distance, timeZone);
        expect(contains(recurringPeriod({ anchor, step, timeZone }, at), at)).toBe(true);
      }),
    );
  });

  test('needs a step forward', () => {
    expect(() => recurringPeriod({ ...monthly, step: inDays(0) }, monthly.anchor)).toThrow(
      RangeError,
    );
  });
});

test.each<[Interval, string]>([
  ['month', '2026-02-28'],
  ['quarter', '2026-04-30'],
  ['halfYear', '2026-07-31'],
  ['year', '2027-01-31'],
])('a subscription can be billed by the %s', (interval, end) => {
  const anchor = midnight('2026-01-31');
  const period = anniversaryPeriod({ anchor, interval, at: anchor, timeZone: 'UTC' });
  expect(period).toEqual({ start: anchor, end: midnight(end) });
});

test.each([
  ['month', inMonths(1), '2026-05-01', '2026-06-01'],
  ['quarter', inMonths(3), '2026-04-01', '2026-07-01'],
  ['year', inMonths(12), '2026-01-01', '2027-01-01'],
  ['week, from Monday', inDays(7), '2026-05-18', '2026-05-25'],
])('the calendar’s %s', (_name, step, start, end) => {
  const period = recurringPeriod(calendarRecurrence(step, 'UTC'), midnight('2026-05-20'));
  expect(period).toEqual({ start: midnight(start), end: midnight(end) });
});

test('a calendar period begins at local midnight', () => {
  const year = calendarRecurrence(inMonths(12), 'America/New_York');
  expect(recurringPeriod(year, midnight('2022-01-01')).start).toBe('2021-01-01T05:00:00.000Z');
  expect(localMidnight('2026-03-29', 'Europe/Paris')).toBe('2026-03-28T23:00:00.000Z');
  expect(() => localMidnight('2026-02-30', 'UTC')).toThrow(RangeError);
});

test.each([
  ['this month', '2012-01-16', 17, 1, ['2012-01-17', '2012-02-17']],
  ['the next month where it has passed', '2012-01-31', 30, 1, ['2012-02-29', '2012-03-30']],
  ['a short month’s last day', '2012-04-30', 31, 1, ['2012-04-30', '2012-05-31']],
  ['the next quarter', '2012-01-16', 15, 3, ['2012-04-15', '2012-07-15']],
  ['the next year', '2011-01-31', 15, 12, ['2012-01-15', '2013-01-15']],
])('a bill day comes first in %s', (_name, start, billDay, months, dates) => {
  const boundary = billDayBoundaries({ start: midnight(start), billDay, months, ...utc });
  expect([0, 1].map(boundary)).toEqual(dates.map(midnight));
});

test.each([
  ['P1M', { months: 1, days: 0, milliseconds: 0 }],
  ['P1Y2M3W4D', { months: 14, days: 25, milliseconds: 0 }],
  ['PT24H', { months: 0, days: 0, milliseconds: 86_400_000 }],
  ['P1DT1H1M1S', { months: 0, days: 1, milliseconds: 3_661_000 }],
])('the duration %s', (text, step) => {
  expect(parseDuration(text)).toEqual(step);
});

test.each(['', 'P', 'PT', 'P1', '1M', 'P1.5D', 'p1m'])('%j is no duration', (text) => {
  expect(parseDuration(text)).toBeUndefined();
});
