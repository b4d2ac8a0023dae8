import { describe, expect, test } from 'vitest';
import type { EventKind } from '../../src/domain/life/lifecycle.ts';
import { minor } from '../../src/domain/values/money.ts';
import { quoteFor } from '../../src/domain/terms/price-table.ts';
import { explainRefusal } from '../../src/domain/life/refusal.ts';
import { planOf, type Interval, type Plan } from '../../src/domain/terms/terms.ts';
import { grantsIn, invoicesIn, linesOf, ofKind, openWorkspace, termsOf } from './support.ts';

const at = '2026-01-15T09:00:00.000Z';
const seatPrices = { quarter: 8_100, halfYear: 15_300 } as const;

/** Studio, sold by the quarter and the half-year too; its Pro costs 30.00 by the month. */
const terms = termsOf('studio', (all) => ({
  ...all,
  plans: all.plans.map((plan) => (plan.id === 'pro' ? { ...plan, prices: longer(plan) } : plan)),
}));

function longer({ prices }: Plan): Plan['prices'] {
  const price = (interval: keyof typeof seatPrices) => ({
    baseMinor: minor(0),
    perSeatMinor: minor(seatPrices[interval]),
  });
  return { ...prices, quarter: price('quarter'), halfYear: price('halfYear') };
}

function startedOn(interval: Interval) {
  const workspace = openWorkspace(terms, { at, clock: 'test' });
  workspace.happens(at, { kind: 'paymentMethodAttached' });
  const effects = workspace.happens(at, { kind: 'started', plan: 'pro', interval });
  return { workspace, effects };
}

const changeTo = (interval: Interval): Extract<EventKind, { kind: 'planChangeRequested' }> => ({
  kind: 'planChangeRequested',
  plan: 'pro',
  interval,
  payment: 'p',
  returnTo: null,
  preview: null,
});

describe('a plan by the quarter or the half-year', () => {
  test.each([
    ['quarter', ['2026-01-15', '2026-04-15', '2026-07-15', '2026-10-15'], '81.00'],
    ['halfYear', ['2026-01-15', '2026-07-15'], '153.00'],
  ] as const)('by the %s is charged once a term, for a whole year', (interval, days, price) => {
    const { workspace, effects } = startedOn(interval);
    const all = [...effects, ...workspace.until('2027-01-10T00:00:00.000Z')];
    expect(invoicesIn(all)).toEqual(
      days.map((day) => ({
        key: day === '2026-01-15' ? `start:${at}` : `renewal:${day}T09:00:00.000Z`,
        lines: [`Pro, seats: ${price}`],
        total: `${price} open`,
      })),
    );
  });

  test('refills each month, as every plan does [0.42]', () => {
    const { workspace, effects } = startedOn('quarter');
    const later = workspace.until('2026-04-02T00:00:00.000Z');
    expect(grantsIn(effects)).toEqual(['included:2026-01: 45 until 2026-02-01T00:00:00.000Z']);
    const orders = ofKind([...effects, ...later], 'placeOrder').map(({ sourceKey }) => sourceKey);
    expect([...new Set(orders)]).toEqual([
      'included:2026-02',
      'included:2026-03',
      'included:2026-04',
      'included:2026-05',
    ]);
  });

  test('prorates seats over its own days', () => {
    const { workspace } = startedOn('quarter');
    workspace.happens('2026-02-14T09:00:00.000Z', { kind: 'seatsRequested', purchased: 2 });
    expect(linesOf(workspace.life.upcoming)).toEqual(['1 × seat, Pro, 60 of 90 days: 54.00']);
  });

  test('longer is up, at once; shorter is down, at the end of what is paid', () => {
    const { workspace } = startedOn('quarter');
    workspace.happens('2026-02-14T09:00:00.000Z', changeTo('halfYear'));
    expect(workspace.life.subscription).toMatchObject({
      interval: 'halfYear',
      term: { start: '2026-02-14T09:00:00.000Z', end: '2026-08-14T09:00:00.000Z' },
    });
    workspace.happens('2026-02-20T09:00:00.000Z', changeTo('month'));
    expect(workspace.life.subscription).toMatchObject({
      interval: 'halfYear',
      scheduled: { kind: 'plan', plan: 'pro', interval: 'month' },
    });
    workspace.until('2026-08-15T00:00:00.000Z');
    expect(workspace.life.subscription).toMatchObject({ interval: 'month', scheduled: null });
  });

  test('that follows a shorter one has its whole length, wherever the anchor lies', () => {
    const { workspace } = startedOn('month');
    workspace.happens('2026-02-20T09:00:00.000Z', { ...changeTo('year'), plan: 'starter' });
    workspace.until('2026-03-15T09:00:00.000Z');
    expect(workspace.life.subscription).toMatchObject({
      plan: 'starter',
      term: { start: '2026-03-15T09:00:00.000Z', end: '2027-03-15T09:00:00.000Z' },
    });
  });

  test('tells what each interval saves on as many months, computed [K4 0.25]', () => {
    const { prices, savesPermille } = quoteFor(planOf(terms, 'pro'), 2);
    expect(prices).toEqual({ month: 6_000n, quarter: 16_200n, halfYear: 30_600n, year: 59_760n });
    expect(savesPermille).toEqual({ month: null, quarter: 100, halfYear: 150, year: 170 });
  });

  test('is named in words', () => {
    const refusal = { kind: 'intervalNotSold', plan: 'starter', interval: 'halfYear' } as const;
    expect(explainRefusal(refusal)).toBe('The plan "starter" is not sold by the half-year.');
  });
});
