import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addDays,
  addExactDays,
  addMinutes,
  addMonths,
  anniversaryPeriod,
  calendarMonth,
  contains,
  creditWindow,
  dayOfMonthPeriod,
  daysBetween,
  earliest,
  endOfLocalDay,
  isAtOrBefore,
  isBefore,
  isTimeZone,
  latest,
  localDate,
  type Instant,
  type Period,
} from '../../src/domain/values/calendar.ts';

const paris = 'Europe/Paris';
const newYork = 'America/New_York';
const at = (text: string): Instant => `${text}.000Z`;

describe('months are counted from the anchor and never chained', () => {
  test.each([
    [1, '2026-02-28'],
    [2, '2026-03-31'],
    [3, '2026-04-30'],
    [12, '2027-01-31'],
    [25, '2028-02-29'],
    [-2, '2025-11-30'],
    [0, '2026-01-31'],
  ])('%d months from 31 January 2026 is %s', (count, date) => {
    expect(addMonths(at('2026-01-31T10:00:00'), count, 'UTC')).toBe(`${date}T10:00:00.000Z`);
  });

  test.each([
    ['the month of New York, not of UTC', '2026-01-31T02:00:00', 1, newYork, '2026-03-01T02:00:00'],
    ['the same wall time in summer', '2026-03-15T11:00:00', 1, paris, '2026-04-15T10:00:00'],
    ['a wall time in the gap moves on', '2026-01-29T01:30:00', 2, paris, '2026-03-29T01:30:00'],
    ['the first of two equal wall times', '2026-09-25T00:30:00', 1, paris, '2026-10-25T00:30:00'],
  ])('%s', (_name, anchor, count, timeZone, expected) => {
    expect(addMonths(at(anchor), count, timeZone)).toBe(at(expected));
  });
});

describe('days and minutes', () => {
  test.each([
    ['a local day of 23 hours', addDays, '2026-03-28T11:00:00', '2026-03-29T10:00:00'],
    ['a local day of 25 hours', addDays, '2026-10-24T10:00:00', '2026-10-25T11:00:00'],
    [
      '24 hours whatever the clock says',
      addExactDays,
      '2026-03-28T11:00:00',
      '2026-03-29T11:00:00',
    ],
  ])('%s', (_name, add, from, to) => {
    expect(add(at(from), 1, paris)).toBe(at(to));
  });

  test('minutes keep the milliseconds', () => {
    expect(addMinutes('2026-01-31T23:59:59.123Z', 1)).toBe('2026-02-01T00:00:59.123Z');
    expect(addMinutes(at('2026-01-01T00:00:00'), -30)).toBe(at('2025-12-31T23:30:00'));
  });

  test.each([
    ['2026-03-29T00:30:00', paris, '2026-03-29T22:00:00'],
    ['2026-03-28T23:00:00', paris, '2026-03-29T22:00:00'],
    ['2026-03-28T22:59:59', paris, '2026-03-28T23:00:00'],
    ['2011-12-29T12:00:00', 'Pacific/Apia', '2011-12-30T10:00:00'],
  ])('the local day of %s in %s ends at %s', (moment, timeZone, end) => {
    expect(endOfLocalDay(at(moment), timeZone)).toBe(at(end));
  });

  test.each([
    ['2026-03-28T23:30:00', '2026-03-29T22:30:00', paris, 1],
    ['2026-03-28T22:30:00', '2026-03-28T23:30:00', paris, 1],
    ['2026-03-28T23:30:00', '2026-03-29T21:30:00', paris, 0],
    ['2026-03-02T00:00:00', '2026-02-28T00:00:00', 'UTC', -2],
  ])('from %s to %s in %s the date changes %d times', (from, to, timeZone, days) => {
    expect(daysBetween(at(from), at(to), timeZone)).toBe(days);
  });

  test('a date is the one on the wall', () => {
    expect(localDate(at('2026-01-01T04:59:59'), newYork)).toBe('2025-12-31');
    expect(localDate(at('2026-01-01T05:00:00'), newYork)).toBe('2026-01-01');
  });
});

describe('periods', () => {
  test.each([
    ['the last moment of a period', 'month', '2026-02-28T09:59:59', '2026-01-31', '2026-02-28'],
    [
      'a boundary belongs to the new one',
      'month',
      '2026-02-28T10:00:00',
      '2026-02-28',
      '2026-03-31',
    ],
    ['the first moment of all', 'month', '2026-01-31T10:00:00', '2026-01-31', '2026-02-28'],
    ['a moment before the anchor', 'month', '2026-01-01T00:00:00', '2025-12-31', '2026-01-31'],
    ['a year', 'year', '2026-12-31T00:00:00', '2026-01-31', '2027-01-31'],
    ['a year before the anchor', 'year', '2025-12-31T00:00:00', '2025-01-31', '2026-01-31'],
  ] as const)('%s', (_name, interval, moment, start, end) => {
    const anchor = at('2026-01-31T10:00:00');
    expect(anniversaryPeriod({ anchor, interval, at: at(moment), timeZone: 'UTC' })).toEqual({
      start: `${start}T10:00:00.000Z`,
      end: `${end}T10:00:00.000Z`,
    });
  });

  test('a yearly anchor on 29 February falls on the 28th, and comes back', () => {
    const of = (moment: string): Instant =>
      anniversaryPeriod({
        anchor: at('2028-02-29T00:00:00'),
        interval: 'year',
        at: at(moment),
        timeZone: 'UTC',
      }).start;
    expect(of('2029-06-01T00:00:00')).toBe(at('2029-02-28T00:00:00'));
    expect(of('2032-06-01T00:00:00')).toBe(at('2032-02-29T00:00:00'));
  });

  test('a calendar month is the local one', () => {
    expect(calendarMonth({ at: at('2026-04-01T03:59:59'), timeZone: newYork })).toEqual({
      start: at('2026-03-01T05:00:00'),
      end: at('2026-04-01T04:00:00'),
    });
  });

  test('a month that the clock repeats the end of contains all of its moments', () => {
    const moment = at('2009-11-01T02:40:00');
    const month = calendarMonth({ at: moment, timeZone: 'America/St_Johns' });
    expect(month).toEqual({ start: at('2009-11-01T02:30:00'), end: at('2009-12-01T03:30:00') });
  });

  test.each([
    [31, '2026-02-28T00:00:00', '2026-02-28', '2026-03-31'],
    [31, '2026-02-27T00:00:00', '2026-01-31', '2026-02-28'],
    [15, '2026-02-14T23:59:59', '2026-01-15', '2026-02-15'],
  ])('by day %d the period of %s runs from %s to %s', (day, moment, start, end) => {
    expect(dayOfMonthPeriod({ at: at(moment), day, timeZone: 'UTC' })).toEqual({
      start: `${start}T00:00:00.000Z`,
      end: `${end}T00:00:00.000Z`,
    });
  });

  const zones = fc.constantFrom('UTC', paris, newYork, 'Australia/Lord_Howe', 'America/Sao_Paulo');
  const moments = fc
    .date({ min: new Date('2000-01-01'), max: new Date('2040-01-01'), noInvalidDate: true })
    .map((date) => date.toISOString());
  const kinds: Record<string, (at: Instant, anchor: Instant, timeZone: string) => Period> = {
    'by the month': (moment, anchor, timeZone) =>
      anniversaryPeriod({ anchor, interval: 'month', at: moment, timeZone }),
    'by the year': (moment, anchor, timeZone) =>
      anniversaryPeriod({ anchor, interval: 'year', at: moment, timeZone }),
    'by the calendar': (moment, _anchor, timeZone) => calendarMonth({ at: moment, timeZone }),
    'by day 31': (moment, _anchor, timeZone) => dayOfMonthPeriod({ at: moment, day: 31, timeZone }),
  };

  test.each(Object.entries(kinds))('%s tile time without gap or overlap', (_name, periodOf) => {
    fc.assert(
      fc.property(moments, moments, zones, (moment, anchor, timeZone) => {
        const period = periodOf(moment, anchor, timeZone);
        expect(contains(period, moment)).toBe(true);
        expect(periodOf(period.start, anchor, timeZone)).toEqual(period);
        const lastMillisecond = new Date(Date.parse(period.end) - 1).toISOString();
        expect(periodOf(lastMillisecond, anchor, timeZone)).toEqual(period);
        expect(periodOf(period.end, anchor, timeZone).start).toBe(period.end);
      }),
    );
  });

  test('the period that begins at the anchor begins exactly there', () => {
    fc.assert(
      fc.property(moments, zones, (anchor, timeZone) => {
        const period = anniversaryPeriod({ anchor, interval: 'month', at: anchor, timeZone });
        expect(period.start).toBe(anchor);
      }),
    );
  });
});

describe('the window of the included pool', () => {
  const anchor = at('2026-01-31T10:00:00');
  const moment = at('2026-02-14T00:00:00');

  test.each([
    [
      { on: 'calendarMonth' },
      { start: at('2026-02-01T05:00:00'), end: at('2026-03-01T05:00:00'), label: '2026-02' },
    ],
    [
      { on: 'anniversary' },
      { start: anchor, end: at('2026-02-28T10:00:00'), label: '2026-01-31T10:00:00.000Z' },
    ],
    [
      { on: 'dayOfMonth', day: 10 },
      {
        start: at('2026-02-10T05:00:00'),
        end: at('2026-03-10T04:00:00'),
        label: '2026-02-10T05:00:00.000Z',
      },
    ],
    [{ on: 'never' }, { start: anchor, end: null, label: '2026-01-31T10:00:00.000Z' }],
  ] as const)('%j', (reset, window) => {
    expect(creditWindow({ reset, at: moment, anchor, timeZone: newYork })).toEqual(window);
  });
});

describe('instants', () => {
  const [early, late] = [at('2026-01-01T00:00:00'), '2026-01-01T00:00:00.001Z'];

  test('are in order by the millisecond', () => {
    expect([isBefore(early, late), isBefore(late, early), isBefore(early, early)]).toEqual([
      true,
      false,
      false,
    ]);
    expect([isAtOrBefore(early, early), isAtOrBefore(late, early)]).toEqual([true, false]);
    expect([earliest(late, early, late), latest(early, late, early)]).toEqual([early, late]);
  });

  test.each(['2026-01-01T00:00:00Z', '2026-01-01T00:00:00.000+00:00', '2026-01-01', ''])(
    '%j is in another form, which is a defect',
    (text) => {
      expect(() => isBefore(text, early)).toThrow(RangeError);
      expect(() => addDays(text, 1, 'UTC')).toThrow(RangeError);
    },
  );
});

test.each([
  ['UTC', true],
  ['Europe/Paris', true],
  ['America/Argentina/Buenos_Aires', true],
  ['Etc/GMT+3', true],
  ['+02:00', false],
  ['Z', false],
  ['Mars/Phobos', false],
  ['2026-01-01T00:00[UTC]', false],
  ['', false],
])('%j as the name of a time zone: %s', (name, known) => {
  expect(isTimeZone(name)).toBe(known);
});
