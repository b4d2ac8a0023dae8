import { describe, expect, test } from 'vitest';
import type { Instant } from '../../src/domain/values/calendar.ts';
import { closingOf, statusAt } from '../../src/domain/gates/gate.ts';
import type { EventKind } from '../../src/domain/life/lifecycle.ts';
import { basisOf } from '../../src/domain/changes/plan-change.ts';
import type { Interval } from '../../src/domain/terms/terms.ts';
import {
  announced,
  grantsIn,
  invoicesIn,
  linesOf,
  ofKind,
  openWorkspace,
  orderIn,
  termsOf,
  type Workspace,
} from './support.ts';

const terms = termsOf('studio');

type PlanChange = Extract<EventKind, { readonly kind: 'planChangeRequested' }>;

const changeTo = (plan: string, interval: Interval = 'month'): PlanChange => ({
  kind: 'planChangeRequested',
  plan,
  interval,
  payment: 'p1',
  returnTo: null,
  preview: null,
});

/** A workspace that pays by card for a plan from this instant. */
function paying(plan: string, at: Instant, zone = 'UTC', interval: Interval = 'month'): Workspace {
  const workspace = openWorkspace(terms, { at, timeZone: zone, clock: 'test' });
  workspace.happens(at, { kind: 'paymentMethodAttached' });
  workspace.happens(at, { kind: 'started', plan, interval });
  return workspace;
}

describe('the included budget', () => {
  test('is refilled on the local first of the month, by the standing order [0.42 1.14]', () => {
    const workspace = openWorkspace(terms, {
      at: '2026-01-10T12:00:00.000Z',
      timeZone: 'Asia/Tokyo',
    });
    workspace.happens('2026-01-10T12:00:00.000Z', { kind: 'paymentMethodAttached' });
    const effects = workspace.happens('2026-01-10T12:00:00.000Z', {
      kind: 'started',
      plan: 'pro',
      interval: 'month',
    });
    expect(grantsIn(effects)).toEqual(['included:2026-01: 45 until 2026-01-31T15:00:00.000Z']);
    expect(orderIn(effects)).toBe(
      'included:2026-02: 45 from 2026-01-31T15:00:00.000Z to 2026-02-28T15:00:00.000Z',
    );
    const rolled = workspace.until('2026-01-31T15:00:00.000Z');
    expect(workspace.deadlines).toEqual(['windowEnds']);
    expect(grantsIn(rolled)).toEqual([]);
    expect(orderIn(rolled)).toBe(
      'included:2026-03: 45 from 2026-02-28T15:00:00.000Z to 2026-03-31T15:00:00.000Z',
    );
  });

  test('is for every seat that is bought [0.05 1.02]', () => {
    const workspace = paying('pro', '2026-01-10T00:00:00.000Z');
    const effects = workspace.happens('2026-01-20T00:00:00.000Z', {
      kind: 'seatsRequested',
      purchased: 3,
    });
    expect(grantsIn(effects)).toEqual([
      'included:2026-01:seats:3: 90 until 2026-02-01T00:00:00.000Z',
    ]);
    expect(orderIn(effects)).toBe(
      'included:2026-02: 135 from 2026-02-01T00:00:00.000Z to 2026-03-01T00:00:00.000Z',
    );
  });

  test('grants nothing new for seats that were given back and are bought again', () => {
    const workspace = paying('pro', '2026-01-10T00:00:00.000Z');
    const seats = (at: Instant, purchased: number) =>
      grantsIn(workspace.happens(at, { kind: 'seatsRequested', purchased }));
    expect(seats('2026-01-20T00:00:00.000Z', 3)).toHaveLength(1);
    expect(seats('2026-01-21T00:00:00.000Z', 1)).toEqual([]);
    expect(seats('2026-01-22T00:00:00.000Z', 3)).toEqual([]);
    expect(seats('2026-01-23T00:00:00.000Z', 4)).toEqual([
      'included:2026-01:seats:4: 45 until 2026-02-01T00:00:00.000Z',
    ]);
  });

  test('grants nothing new for a way down and up again within the month', () => {
    const workspace = paying('pro', '2026-01-10T00:00:00.000Z');
    workspace.happens('2026-02-05T00:00:00.000Z', changeTo('starter'));
    workspace.until('2026-02-10T00:00:00.000Z');
    const effects = workspace.happens('2026-02-11T00:00:00.000Z', changeTo('pro'));
    expect(grantsIn(effects)).toEqual([]);
  });

  test('grants nothing new for a way over Free within the month', () => {
    const workspace = paying('pro', '2026-01-10T00:00:00.000Z');
    workspace.happens('2026-01-20T00:00:00.000Z', { kind: 'cancelRequested', when: 'now' });
    workspace.happens('2026-01-21T00:00:00.000Z', changeTo('free'));
    const effects = workspace.happens('2026-01-22T00:00:00.000Z', changeTo('pro'));
    expect(grantsIn(effects)).toEqual([]);
  });
});

describe('an upgrade in the middle of a period', () => {
  const upgraded = () => {
    const workspace = paying('pro', '2026-01-10T00:00:00.000Z');
    const effects = workspace.happens('2026-01-20T15:00:00.000Z', changeTo('team'));
    return { workspace, effects };
  };

  test('is charged on the next invoice by the day: the new, less the unused old [0.26 0.27]', () => {
    const { workspace, effects } = upgraded();
    expect(invoicesIn(effects)).toEqual([]);
    expect(linesOf(workspace.life.upcoming)).toEqual([
      'Remaining time: Team, seats, 21 of 31 days: 40.65',
      'Unused time: Pro, seats, 21 of 31 days: -20.32',
    ]);
    expect(invoicesIn(workspace.until('2026-02-10T00:00:00.000Z'))).toEqual([
      {
        key: 'renewal:2026-02-10T00:00:00.000Z',
        lines: [
          'Team, seats: 60.00',
          'Remaining time: Team, seats, 21 of 31 days: 40.65',
          'Unused time: Pro, seats, 21 of 31 days: -20.32',
        ],
        total: '80.33 open',
      },
    ]);
    expect(workspace.life.upcoming).toEqual([]);
  });

  test('adds the difference in credits, once', () => {
    const { workspace, effects } = upgraded();
    expect(grantsIn(effects)).toEqual([
      'included:2026-01:to:team: 55 until 2026-02-01T00:00:00.000Z',
    ]);
    expect(orderIn(effects)).toBe(
      'included:2026-02: 100 from 2026-02-01T00:00:00.000Z to 2026-03-01T00:00:00.000Z',
    );
    expect(grantsIn(workspace.happens('2026-01-21T00:00:00.000Z', changeTo('team')))).toEqual([]);
  });

  test('keeps the period and its anchor', () => {
    const { workspace, effects } = upgraded();
    expect(workspace.life.subscription).toMatchObject({
      plan: 'team',
      anchor: '2026-01-10T00:00:00.000Z',
      period: { start: '2026-01-10T00:00:00.000Z', end: '2026-02-10T00:00:00.000Z' },
    });
    expect(announced(effects)).toEqual(['planChanged pro team']);
  });

  test('is charged as of the preview that it confirms', () => {
    const workspace = paying('pro', '2026-01-10T00:00:00.000Z');
    const preview = { at: '2026-01-20T23:50:00.000Z', basis: basisOf(workspace.life) };
    workspace.happens('2026-01-21T00:10:00.000Z', { ...changeTo('team'), preview });
    expect(linesOf(workspace.life.upcoming)).toEqual([
      'Remaining time: Team, seats, 21 of 31 days: 40.65',
      'Unused time: Pro, seats, 21 of 31 days: -20.32',
    ]);
  });
});

describe('a plan by the year', () => {
  test('has its base once a year and its credits every month', () => {
    const workspace = paying('pro', '2026-01-10T00:00:00.000Z', 'UTC', 'year');
    const effects = workspace.until('2027-01-10T00:00:00.000Z');
    expect(invoicesIn(effects)).toEqual([
      {
        key: 'renewal:2027-01-10T00:00:00.000Z',
        lines: ['Pro, seats: 298.80'],
        total: '298.80 open',
      },
    ]);
    expect(ofKind(effects, 'placeOrder').map(({ sourceKey }) => sourceKey)).toContain(
      'included:2026-07',
    );
    expect(workspace.life.subscription).toMatchObject({ paidUntil: '2028-01-10T00:00:00.000Z' });
  });

  test('is begun from a month’s plan by an upgrade, and covered once its invoice is paid', () => {
    const workspace = paying('pro', '2026-01-10T00:00:00.000Z');
    workspace.happens('2026-01-20T00:00:00.000Z', changeTo('pro', 'year'));
    expect(workspace.life.subscription).toMatchObject({
      anchor: '2026-01-20T00:00:00.000Z',
      term: { start: '2026-01-20T00:00:00.000Z', end: '2027-01-20T00:00:00.000Z' },
      paidUntil: '2026-02-20T00:00:00.000Z',
    });
    expect(invoicesIn(workspace.until('2026-02-20T00:00:00.000Z'))).toEqual([
      {
        key: 'renewal:2026-02-20T00:00:00.000Z',
        lines: ['Pro, seats: 298.80', 'Unused time: Pro, seats, 21 of 31 days: -20.32'],
        total: '278.48 open',
      },
    ]);
    workspace.until('2026-06-01T00:00:00.000Z');
    expect(closingOf(workspace.life, terms, 'ai')?.at).toBe('2027-02-03T00:00:00.000Z');
    expect(statusAt(workspace.life, terms, '2026-06-01T00:00:00.000Z')).toBe('active');
  });

  test('seats bought in it are charged by the day of the year, on the next month’s invoice', () => {
    const workspace = paying('pro', '2026-01-10T00:00:00.000Z', 'UTC', 'year');
    workspace.happens('2026-03-11T00:00:00.000Z', { kind: 'seatsRequested', purchased: 2 });
    expect(invoicesIn(workspace.until('2026-04-10T00:00:00.000Z'))).toEqual([
      {
        key: 'renewal:2026-04-10T00:00:00.000Z',
        lines: ['1 × seat, Pro, 305 of 365 days: 249.68'],
        total: '249.68 open',
      },
    ]);
  });
});
