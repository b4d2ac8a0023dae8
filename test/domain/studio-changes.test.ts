import { describe, expect, test } from 'vitest';
import type { Instant } from '../../src/domain/values/calendar.ts';
import { closingOf } from '../../src/domain/gates/gate.ts';
import type { EventKind } from '../../src/domain/life/lifecycle.ts';
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
const opened = '2026-01-10T00:00:00.000Z';
const periodEnd = '2026-02-10T00:00:00.000Z';

const changeTo = (plan: string): EventKind => ({
  kind: 'planChangeRequested',
  plan,
  interval: 'month',
  payment: 'p1',
  returnTo: null,
  preview: null,
});

function onTeam(): Workspace {
  const workspace = openWorkspace(terms, { at: opened, clock: 'test' });
  workspace.happens(opened, { kind: 'paymentMethodAttached' });
  workspace.happens(opened, { kind: 'started', plan: 'team', interval: 'month' });
  return workspace;
}

const later = (day: string): Instant => `2026-01-${day}T00:00:00.000Z`;

describe('a downgrade', () => {
  test('is scheduled: nothing changes before the period ends', () => {
    const workspace = onTeam();
    const effects = workspace.happens(later('20'), changeTo('pro'));
    expect(workspace.life.subscription).toMatchObject({
      plan: 'team',
      scheduled: { kind: 'plan', plan: 'pro', interval: 'month' },
    });
    expect(invoicesIn(effects)).toEqual([]);
    expect(announced(effects)).toEqual(['changeScheduled pro month']);
  });

  test('happens at the period’s end, and the next term is charged at the smaller price [0.28]', () => {
    const workspace = onTeam();
    workspace.happens(later('20'), changeTo('pro'));
    const effects = workspace.until(periodEnd);
    expect(workspace.life.subscription).toMatchObject({ plan: 'pro', scheduled: null });
    expect(invoicesIn(effects)).toEqual([
      { key: `renewal:${periodEnd}`, lines: ['Pro, seats: 30.00'], total: '30.00 open' },
    ]);
  });

  test('keeps the month’s credits, which were paid for; the next month’s are fewer', () => {
    const workspace = onTeam();
    workspace.happens(later('20'), changeTo('pro'));
    const effects = workspace.until(periodEnd);
    expect(ofKind(effects, 'voidIncluded')).toEqual([]);
    expect(orderIn(effects)).toBe(
      'included:2026-03: 45 from 2026-03-01T00:00:00.000Z to 2026-04-01T00:00:00.000Z',
    );
  });

  test('to Free ends the invoices and starts the free budget with the next month', () => {
    const workspace = onTeam();
    workspace.happens(later('20'), changeTo('free'));
    const effects = workspace.until('2026-06-15T00:00:00.000Z');
    expect(workspace.life.subscription.status).toBe('free');
    expect(invoicesIn(effects)).toEqual([]);
    expect(orderIn(effects)).toBe(
      'included:2026-07: 1 from 2026-07-01T00:00:00.000Z to 2026-08-01T00:00:00.000Z',
    );
  });

  test('is replaced by another', () => {
    const workspace = onTeam();
    workspace.happens(later('20'), changeTo('pro'));
    workspace.happens(later('21'), changeTo('starter'));
    workspace.until(periodEnd);
    expect(workspace.life.subscription).toMatchObject({ plan: 'starter' });
  });

  test.each<readonly [string, EventKind]>([
    ['by asking so', { kind: 'scheduledChangeCanceled' }],
    ['by choosing the current plan', changeTo('team')],
    ['by reactivating', { kind: 'reactivated' }],
  ])('is canceled %s', (_how, event) => {
    const workspace = onTeam();
    workspace.happens(later('20'), changeTo('pro'));
    const effects = workspace.happens(later('21'), event);
    expect(announced(effects)).toEqual(['scheduledChangeCanceled team']);
    workspace.until(periodEnd);
    expect(workspace.life.subscription).toMatchObject({ plan: 'team', scheduled: null });
  });

  test('is replaced by an upgrade, which happens at once', () => {
    const workspace = openWorkspace(terms, { at: opened, clock: 'test' });
    workspace.happens(opened, { kind: 'paymentMethodAttached' });
    workspace.happens(opened, { kind: 'started', plan: 'pro', interval: 'month' });
    workspace.happens(later('20'), changeTo('starter'));
    workspace.happens(later('21'), changeTo('team'));
    expect(workspace.life.subscription).toMatchObject({ plan: 'team', scheduled: null });
  });
});

describe('a cancellation', () => {
  test('at the period’s end keeps the plan until then, and grants nothing after', () => {
    const workspace = onTeam();
    const effects = workspace.happens(later('20'), { kind: 'cancelRequested', when: 'periodEnd' });
    expect(workspace.life.subscription).toMatchObject({
      status: 'active',
      scheduled: { kind: 'cancel' },
    });
    expect(orderIn(effects)).toBe(
      'included:2026-02: 100 from 2026-02-01T00:00:00.000Z to 2026-03-01T00:00:00.000Z',
    );
    const ended = workspace.until('2026-04-01T00:00:00.000Z');
    expect(invoicesIn(ended)).toEqual([]);
    expect(ofKind(ended, 'voidIncluded')).toEqual([
      { kind: 'voidIncluded', sourcePrefix: 'included:' },
    ]);
    expect(orderIn(ended)).toBeNull();
    expect(workspace.life.subscription).toMatchObject({
      status: 'canceled',
      plan: 'team',
      canceledAt: periodEnd,
    });
  });

  test('at once ends the plan, voids its credits and closes AI', () => {
    const workspace = onTeam();
    const effects = workspace.happens(later('20'), { kind: 'cancelRequested', when: 'now' });
    expect(workspace.life.subscription).toMatchObject({
      status: 'canceled',
      canceledAt: later('20'),
    });
    expect(ofKind(effects, 'voidIncluded')).toHaveLength(1);
    expect(closingOf(workspace.life, terms, 'ai')).toEqual({ closer: 'canceled', at: later('20') });
    expect(announced(effects)).toEqual(['statusChanged canceled team']);
  });

  test('at once still charges what waited for the next invoice', () => {
    const workspace = onTeam();
    workspace.happens(later('20'), { kind: 'seatsRequested', purchased: 2 });
    const effects = workspace.happens(later('21'), { kind: 'cancelRequested', when: 'now' });
    expect(invoicesIn(effects)).toEqual([
      {
        key: `final:${later('21')}`,
        lines: ['1 × seat, Team, 21 of 31 days: 40.65'],
        total: '40.65 open',
      },
    ]);
    expect(workspace.life.upcoming).toEqual([]);
  });

  test('of a trial is at once', () => {
    const workspace = openWorkspace(terms, { at: opened });
    workspace.happens(opened, { kind: 'started', plan: 'pro', interval: 'month' });
    workspace.happens(later('12'), { kind: 'cancelRequested', when: 'periodEnd' });
    expect(workspace.life.subscription.status).toBe('canceled');
  });

  test('is undone by choosing a plan: it starts anew, and is charged', () => {
    const workspace = onTeam();
    workspace.happens(later('20'), { kind: 'cancelRequested', when: 'now' });
    const effects = workspace.happens('2026-03-05T00:00:00.000Z', changeTo('pro'));
    expect(workspace.life.subscription).toMatchObject({ status: 'active', plan: 'pro' });
    expect(invoicesIn(effects)).toEqual([
      { key: 'start:2026-03-05T00:00:00.000Z', lines: ['Pro, seats: 30.00'], total: '30.00 open' },
    ]);
    expect(grantsIn(effects)).toEqual(['included:2026-03: 45 until 2026-04-01T00:00:00.000Z']);
    expect(closingOf(workspace.life, terms, 'ai')?.closer).toBe('suspended');
  });
});

describe('seats', () => {
  test('bought in a period are charged by the day on the next invoice, then in full', () => {
    const workspace = onTeam();
    const effects = workspace.happens(later('20'), { kind: 'seatsRequested', purchased: 3 });
    expect(invoicesIn(effects)).toEqual([]);
    expect(ofKind(effects, 'mirrorUpcoming').map(({ lines }) => linesOf(lines))).toEqual([
      ['2 × seat, Team, 21 of 31 days: 81.29'],
    ]);
    expect(invoicesIn(workspace.until(periodEnd))).toEqual([
      {
        key: `renewal:${periodEnd}`,
        lines: ['Team, seats: 180.00', '2 × seat, Team, 21 of 31 days: 81.29'],
        total: '261.29 open',
      },
    ]);
  });

  test('given back are credited by the day on the next invoice', () => {
    const workspace = onTeam();
    workspace.happens(later('10'), { kind: 'seatsRequested', purchased: 2 });
    workspace.happens(later('20'), { kind: 'seatsRequested', purchased: 1 });
    expect(linesOf(workspace.life.upcoming)).toEqual([
      '1 × seat, Team, 31 of 31 days: 60.00',
      'Credit: 1 × seat, Team, 21 of 31 days: -40.65',
    ]);
  });

  test('on Free cost nothing, and the next month’s order follows them', () => {
    const workspace = openWorkspace(terms, { at: opened });
    workspace.happens(opened, { kind: 'started', plan: 'free', interval: 'month' });
    const effects = workspace.happens(later('20'), { kind: 'seatsRequested', purchased: 2 });
    expect(invoicesIn(effects)).toEqual([]);
    expect(orderIn(effects)).toBe(
      'included:2026-02: 2 from 2026-02-01T00:00:00.000Z to 2026-03-01T00:00:00.000Z',
    );
  });
});

describe('Free', () => {
  test('never makes an invoice, with or without a card [0.22]', () => {
    const workspace = openWorkspace(terms, { at: opened, clock: 'test' });
    workspace.happens(opened, { kind: 'paymentMethodAttached' });
    const started = workspace.happens(opened, {
      kind: 'started',
      plan: 'free',
      interval: 'month',
    });
    expect(grantsIn(started)).toEqual(['included:2026-01: 1 until 2026-02-01T00:00:00.000Z']);
    expect(invoicesIn(workspace.until('2027-01-10T00:00:00.000Z'))).toEqual([]);
    expect(new Set(workspace.deadlines)).toEqual(new Set(['windowEnds', 'clockReached']));
  });

  test('chosen again changes nothing', () => {
    const workspace = openWorkspace(terms, { at: opened });
    workspace.happens(opened, { kind: 'started', plan: 'free', interval: 'month' });
    expect(workspace.happens(later('20'), changeTo('free'))).toEqual([]);
  });

  test('left for a paid plan adds the difference in this month’s credits', () => {
    const workspace = openWorkspace(terms, { at: opened });
    workspace.happens(opened, { kind: 'started', plan: 'free', interval: 'month' });
    workspace.happens(later('12'), { kind: 'paymentMethodAttached' });
    const effects = workspace.happens(later('20'), changeTo('pro'));
    expect(grantsIn(effects)).toEqual([
      'included:2026-01:to:pro: 44 until 2026-02-01T00:00:00.000Z',
    ]);
    expect(invoicesIn(effects)).toEqual([
      { key: `start:${later('20')}`, lines: ['Pro, seats: 30.00'], total: '30.00 open' },
    ]);
  });
});
