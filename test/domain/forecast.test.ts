import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Instant } from '../../src/domain/values/calendar.ts';
import {
  forecast,
  forecastFrom,
  type DayUsed,
  type Forecast,
} from '../../src/domain/credits/forecast.ts';
import { micro } from '../../src/domain/values/money.ts';
import type { Terms } from '../../src/domain/terms/terms.ts';
import { openWorkspace, termsOf } from './support.ts';

const studio = termsOf('studio');
const team = termsOf('team');

const credits = (count: number) => micro(Math.round(count * 1_000_000));

/** So many credits on each of the days until 20 January, the last one today. */
const daily = (...amounts: readonly number[]): DayUsed[] =>
  amounts.map((amount, index) => ({
    date: `2026-01-${String(20 - (amounts.length - 1 - index)).padStart(2, '0')}`,
    usedMicro: credits(amount),
  }));

const january = { start: '2026-01-01T00:00:00.000Z', end: '2026-02-01T00:00:00.000Z' };

type Asked = {
  readonly terms?: Terms;
  readonly plan?: string;
  readonly at?: Instant;
  readonly window?: { readonly start: Instant; readonly end: Instant | null };
  readonly available?: number;
  readonly used?: readonly DayUsed[];
};

/** A workspace that pays by card; its plan includes 45 credits on studio's Pro. */
function foresee(asked: Asked): Forecast | null {
  const { terms = studio, plan = 'pro', at = '2026-01-20T12:00:00.000Z' } = asked;
  const workspace = openWorkspace(terms, { at: '2026-01-01T00:00:00.000Z' });
  workspace.happens('2026-01-01T00:00:00.000Z', { kind: 'paymentMethodAttached' });
  workspace.happens('2026-01-01T00:00:00.000Z', { kind: 'started', plan, interval: 'month' });
  const { window = january, available = 20, used = [] } = asked;
  const { life } = workspace;
  return forecast({ life, terms, at, window, availableMicro: credits(available), used });
}

describe('the two lines of the last fourteen days [0.17]', () => {
  test('have a point for each local day, today last, with what was used and what is included', () => {
    const found = foresee({ used: daily(2, 0, 1.5) });
    expect(found?.days).toHaveLength(14);
    expect(found?.days[0]).toEqual({
      date: '2026-01-07',
      usedMicro: 0n,
      includedMicro: 1_451_612n, // 45 credits over 31 days, rounded down
    });
    expect(found?.days.slice(-3).map(({ date, usedMicro }) => [date, usedMicro])).toEqual([
      ['2026-01-18', 2_000_000n],
      ['2026-01-19', 0n],
      ['2026-01-20', 1_500_000n],
    ]);
  });

  test('look back to a local midnight, over a change of clocks as well', () => {
    expect(forecastFrom('2026-04-05T10:00:00.000Z', 'Europe/Paris')).toBe(
      '2026-03-22T23:00:00.000Z',
    );
  });

  test('have no inclusion where credits never refill', () => {
    const found = foresee({ window: { start: january.start, end: null }, used: daily(3) });
    expect(found?.includedPerDayMicro).toBeNull();
    expect(found?.days.at(-1)).toMatchObject({ usedMicro: 3_000_000n, includedMicro: null });
  });
});

describe('the burn rate [0.20]', () => {
  test('is what was used since the first day with usage, by the exact time since', () => {
    // 5 credits in two and a half days.
    expect(foresee({ used: daily(2, 2, 1) })?.burnPerDayMicro).toBe(2_000_000n);
  });

  test('is rounded half away from zero', () => {
    const at = '2026-01-20T08:00:00.000Z';
    // 1 credit in two and a third days.
    expect(foresee({ at, used: daily(1, 0, 0) })?.burnPerDayMicro).toBe(428_571n);
  });

  test('of the first day counts a whole day, so that an hour says nothing wild', () => {
    const at = '2026-01-20T01:00:00.000Z';
    expect(foresee({ at, used: daily(1) })?.burnPerDayMicro).toBe(1_000_000n);
  });

  test('leaves out what is older than fourteen days', () => {
    const used = [{ date: '2026-01-06', usedMicro: credits(100) }];
    expect(foresee({ used })?.burnPerDayMicro).toBe(0n);
  });
});

describe('the instant of exhaustion [0.20]', () => {
  test.each([
    ['at the rate of the days before', 20, daily(2, 2, 1), '2026-01-30T12:00:00.000Z'],
    ['to the minute, rounded down', 1, daily(3, 3, 1.5), '2026-01-20T20:00:00.000Z'],
    ['never before the refill, which starts anew', 23, daily(2, 2, 1), null],
    ['now, where nothing is left', 0, daily(2, 2, 1), '2026-01-20T12:00:00.000Z'],
    ['never, where nothing is used', 20, [], null],
  ])('is %s', (_name, available, used, exhaustedAt) => {
    expect(foresee({ available, used })?.exhaustedAt).toBe(exhaustedAt);
  });

  test('is told far ahead where nothing refills, and is never where it is beyond any calendar', () => {
    const window = { start: january.start, end: null };
    const used = daily(2, 2, 1);
    expect(foresee({ window, available: 730, used })?.exhaustedAt).toBe('2027-01-20T12:00:00.000Z');
    const trickle = [{ date: '2026-01-20', usedMicro: micro(1) }];
    expect(foresee({ window, available: 1e9, used: trickle })?.exhaustedAt).toBeNull();
  });
});

describe('the advice', () => {
  const always = Array.from({ length: 14 }, () => 1.6);

  test('of a month as included is none', () => {
    expect(foresee({ used: daily(1, 1, 1) })?.advice).toEqual({ kind: 'none' });
  });

  test('of an unusual month is a top-up [1.19 2.33]', () => {
    expect(foresee({ used: daily(8, 9, 6) })).toMatchObject({
      daysAbove: 3,
      advice: { kind: 'topUp' },
    });
  });

  test('of being above on ten of fourteen days is the plan with cheaper credits [0.20 1.18]', () => {
    expect(foresee({ used: daily(...always.slice(0, 10)) })).toMatchObject({
      daysAbove: 10,
      advice: { kind: 'upgrade', plan: 'team' },
    });
    expect(foresee({ used: daily(...always.slice(0, 9)) })).toMatchObject({
      daysAbove: 9,
      advice: { kind: 'none' },
    });
  });

  test('skips a plan whose credits cost as much as a top-up’s', () => {
    const plans = studio.plans.map((plan) => (plan.id === 'team' ? { ...plan, prices: {} } : plan));
    const terms = { ...studio, plans };
    expect(foresee({ terms, used: daily(...always) })?.advice).toEqual({
      kind: 'contactSales',
      plan: 'enterprise',
    });
  });

  test('of always running out on the biggest plan is to talk to sales [2.34]', () => {
    const used = daily(...always.map((amount) => amount * 400));
    expect(foresee({ terms: team, plan: 'team', used })?.advice).toEqual({
      kind: 'contactSales',
      plan: 'enterprise',
    });
  });
});

test('there is no forecast where members pay for themselves, or no plan was chosen', () => {
  const at = '2026-01-20T12:00:00.000Z';
  const workspace = openWorkspace(team, { at });
  const asked = { terms: team, at, window: january, availableMicro: credits(1), used: [] };
  expect(forecast({ ...asked, life: workspace.life })).toBeNull();
  workspace.happens(at, { kind: 'started', plan: 'starter', interval: 'month' });
  expect(forecast({ ...asked, life: workspace.life })).toBeNull();
});

test('burning at the rate until the exhaustion uses what is there, to a minute’s worth', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 9_000_000 }), { minLength: 1, maxLength: 14 }),
      fc.integer({ min: 1, max: 400_000_000 }),
      (amounts, available) => {
        const used = daily(...amounts.map((amount) => amount / 1e6));
        const window = { start: january.start, end: null };
        const found = foresee({ used, window, available: available / 1e6 });
        if (found === null || found.exhaustedAt === null) return;
        const at = Date.parse('2026-01-20T12:00:00.000Z');
        const days = (Date.parse(found.exhaustedAt) - at) / 86_400_000;
        const rate = Number(found.burnPerDayMicro);
        // The rate is rounded by half a millionth a day, the instant by a minute.
        expect(Math.abs(days * rate - available)).toBeLessThanOrEqual(rate / 1_440 + days / 2 + 1);
      },
    ),
    { numRuns: 100, seed: 3 },
  );
});
