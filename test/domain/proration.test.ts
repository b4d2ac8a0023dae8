import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addDays, anniversaryPeriod, type Period } from '../../src/domain/values/calendar.ts';
import { minor, minus } from '../../src/domain/values/money.ts';
import { dayShare, prorateByDay } from '../../src/domain/life/proration.ts';

const period = (start: string, end: string): Period => ({
  start: `${start}T00:00:00.000Z`,
  end: `${end}T00:00:00.000Z`,
});
const april = period('2026-04-01', '2026-05-01');

describe('the days left of a period, counting the day itself [2.16]', () => {
  test.each<[string, Period, string, string, number, number]>([
    ['12 of 30 days', april, '2026-04-19T08:30:00.000Z', 'UTC', 12, 30],
    ['all of them at the start', april, '2026-04-01T00:00:00.000Z', 'UTC', 30, 30],
    ['all of them late on the first day', april, '2026-04-01T23:59:59.999Z', 'UTC', 30, 30],
    ['one on the last day', april, '2026-04-30T23:59:59.999Z', 'UTC', 1, 30],
    ['none at the end', april, '2026-05-01T00:00:00.000Z', 'UTC', 0, 30],
    [
      'February of a leap year',
      period('2028-02-01', '2028-03-01'),
      '2028-02-29T12:00:00.000Z',
      'UTC',
      1,
      29,
    ],
    [
      'February of another year',
      period('2026-02-01', '2026-03-01'),
      '2026-02-28T12:00:00.000Z',
      'UTC',
      1,
      28,
    ],
    [
      'a month with a day of 23 hours',
      { start: '2026-02-28T23:00:00.000Z', end: '2026-03-31T22:00:00.000Z' },
      '2026-03-29T10:00:00.000Z',
      'Europe/Paris',
      3,
      31,
    ],
    [
      'a month with a day of 25 hours',
      { start: '2026-11-01T04:00:00.000Z', end: '2026-12-01T05:00:00.000Z' },
      '2026-11-02T04:59:59.999Z',
      'America/New_York',
      30,
      30,
    ],
    [
      'a day that has begun here and not in UTC',
      { start: '2026-03-31T15:00:00.000Z', end: '2026-04-30T15:00:00.000Z' },
      '2026-04-18T15:00:00.000Z',
      'Asia/Tokyo',
      12,
      30,
    ],
    [
      'a period that begins at noon counts its first day whole',
      { start: '2026-04-10T12:00:00.000Z', end: '2026-05-10T12:00:00.000Z' },
      '2026-04-10T13:00:00.000Z',
      'UTC',
      30,
      30,
    ],
    [
      'and its last day not at all',
      { start: '2026-04-10T12:00:00.000Z', end: '2026-05-10T12:00:00.000Z' },
      '2026-05-10T09:00:00.000Z',
      'UTC',
      0,
      30,
    ],
  ])('%s', (_name, of, at, timeZone, part, whole) => {
    expect(dayShare({ at, period: of, timeZone })).toEqual({ part, whole });
  });

  test.each(['2026-03-31T23:59:59.999Z', '2026-05-01T00:00:00.001Z'])(
    '%s is outside of April, which is a defect',
    (at) => {
      expect(() => dayShare({ at, period: april, timeZone: 'UTC' })).toThrow(RangeError);
    },
  );
});

describe('a price for the days left', () => {
  const seat = (at: string): bigint =>
    prorateByDay(minor(1200), { at, period: april, timeZone: 'UTC' });

  test('is rounded half away from zero, a credit like a charge', () => {
    expect(seat('2026-04-19T08:30:00.000Z')).toBe(480n);
    const moment = { at: '2026-04-30T00:00:00.000Z', period: april, timeZone: 'UTC' };
    expect(prorateByDay(minor(1215), moment)).toBe(41n);
    expect(prorateByDay(minor(-1215), moment)).toBe(-41n);
  });

  test('a seat added and removed on one day nets to zero', () => {
    expect(seat('2026-04-17T01:00:00.000Z')).toBe(seat('2026-04-17T23:00:00.000Z'));
  });

  test('a seat added on the 17th and removed on the 18th nets to one day', () => {
    expect(seat('2026-04-17T01:00:00.000Z') - seat('2026-04-18T01:00:00.000Z')).toBe(40n);
  });

  test('one day more costs one day’s price, to a minor unit', () => {
    const cases = fc.record({
      full: fc.bigInt(0n, 10n ** 9n),
      anchor: fc.integer({ min: 0, max: 1500 }),
      into: fc.integer({ min: 0, max: 26 }),
      timeZone: fc.constantFrom('UTC', 'Europe/Paris', 'America/New_York', 'Asia/Tokyo'),
    });
    fc.assert(
      fc.property(cases, ({ full, anchor, into, timeZone }) => {
        const start = addDays('2026-01-01T12:00:00.000Z', anchor, timeZone);
        const month = anniversaryPeriod({ anchor: start, interval: 'month', at: start, timeZone });
        const on = (day: number) => ({
          at: addDays(start, day, timeZone),
          period: month,
          timeZone,
        });
        const { whole } = dayShare(on(0));
        const day = minus(
          prorateByDay(minor(full), on(into)),
          prorateByDay(minor(full), on(into + 1)),
        );
        const off = day * BigInt(whole) - full;
        expect(off < 0n ? -off : off).toBeLessThanOrEqual(BigInt(whole));
        expect(prorateByDay(minor(full), on(0))).toBe(full);
      }),
    );
  });
});
