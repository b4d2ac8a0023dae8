import { describe, expect, test } from 'vitest';
import {
  billedPeriod,
  cyclesBilled,
  firstBillingDate,
  stubAfter,
  stubBefore,
} from '../../src/domain/terms/billing-cycles.ts';
import { fraction } from '../../src/domain/values/fraction.ts';

const midnight = (date: string): string => `${date}T00:00:00.000Z`;

describe('how many periods are charged in advance', () => {
  test.each([
    ['only the days until the first bill day', '2011-02-07', null, 15, 1, '2011-02-07', ['8/31']],
    ['one that has begun is charged whole', '2011-02-07', null, 7, 1, '2011-02-07', ['1/1']],
    ['whole ones after a stub', '2011-01-01', null, 15, 1, '2011-02-15', ['14/31', '1/1', '1/1']],
    [
      'and a part of the last one',
      '2011-01-01',
      '2011-02-27',
      15,
      1,
      '2011-02-27',
      ['14/31', '1/1', '3/7'],
    ],
    ['an end within the stub', '2011-02-07', '2011-02-10', 15, 1, '2011-02-10', ['3/31']],
    [
      'an end on a bill day charges nothing of the next',
      '2011-02-07',
      '2011-03-07',
      7,
      1,
      '2011-03-07',
      ['1/1'],
    ],
    ['by the quarter', '2011-01-01', '2011-04-27', 15, 3, '2011-04-15', ['7/46', '1/1', '12/91']],
    ['by the year', '2011-01-10', '2012-03-04', 17, 12, '2012-03-04', ['7/365', '1/1', '47/366']],
  ])('%s', (_name, start, end, billDay, months, until, cycles) => {
    const subscription = {
      start: midnight(start),
      end: end === null ? null : midnight(end),
      billDay,
      months,
      timeZone: 'UTC',
    };
    const parts = cyclesBilled(subscription, midnight(until));
    expect(parts.map(({ part, whole }) => `${part}/${whole}`)).toEqual(cycles);
  });
});

test('a stub is a part of the period that it lies in', () => {
  const stretch = { start: midnight('2024-02-23'), end: midnight('2024-03-15') };
  expect(stubBefore(stretch, 1, 'UTC')).toEqual(fraction(21, 29));
  expect(stubAfter(stretch, 1, 'UTC')).toEqual(fraction(21, 29));
  const may = { start: midnight('2023-05-23'), end: midnight('2023-06-15') };
  expect(stubBefore(may, 1, 'UTC')).toEqual(fraction(23, 31));
});

test('the period that is billed at a moment, the stub before the first bill day included', () => {
  const subscription = { start: midnight('2012-04-30'), billDay: 31, months: 1, timeZone: 'UTC' };
  expect(firstBillingDate(subscription)).toBe(midnight('2012-04-30'));
  expect(billedPeriod(subscription, midnight('2012-05-30'))).toEqual({
    start: midnight('2012-04-30'),
    end: midnight('2012-05-31'),
  });
  const later = { ...subscription, start: midnight('2012-04-10'), billDay: 20 };
  expect(billedPeriod(later, midnight('2012-04-12'))).toEqual({
    start: midnight('2012-04-10'),
    end: midnight('2012-04-20'),
  });
});
