import { describe, expect, test } from 'vitest';
import { deadlinesOf, dueDeadline, nextDeadline } from '../../src/domain/deadlines.ts';
import type { Lifecycle } from '../../src/domain/life/lifecycle.ts';
import { minor } from '../../src/domain/values/money.ts';
import { updatePaid } from '../../src/domain/life/stepping.ts';
import { openWorkspace, termsOf, type Workspace } from './support.ts';

const at = '2026-01-10T00:00:00.000Z';
const instant = '2026-02-10T00:00:00.000Z';

function onTeam(clock: 'real' | 'test'): Workspace {
  const workspace = openWorkspace(termsOf('team'), { at, clock });
  workspace.happens(at, { kind: 'paymentMethodAttached' });
  workspace.happens(at, { kind: 'started', plan: 'pro', interval: 'month' });
  workspace.happens(at, {
    kind: 'planChangeRequested',
    plan: 'team',
    interval: 'month',
    payment: 'p1',
    returnTo: 'https://example.test',
    preview: null,
  });
  const totalMinor = minor(6_100);
  workspace.happens(at, { kind: 'planPurchasePaid', payment: 'p1', totalMinor });
  return workspace;
}

/** A paid workspace for which everything a period can bring falls on one instant. */
function allAtOnce(): Lifecycle {
  const life = updatePaid(onTeam('test').life, {
    invoiceRunAt: instant,
    seatsToday: [{ member: 'bob', at: '2026-02-09T12:00:00.000Z' }],
  });
  const { subscription } = life;
  if (subscription.status !== 'active') throw new Error('the plan is paid for');
  const dunning = {
    invoice: 'renewal:1',
    waiting: [],
    firstFailedAt: at,
    tries: 1,
    nextTryAt: instant,
    gateClosesAt: instant,
  };
  return {
    ...life,
    clock: { kind: 'test', now: at, target: instant },
    subscription: { ...subscription, status: 'pastDue', dunning },
  };
}

describe('deadlines', () => {
  test('of one instant come in the order in which the business reads them', () => {
    expect(deadlinesOf(allAtOnce())).toEqual(
      [
        'seatDayEnds',
        'periodEnds',
        'windowEnds',
        'invoiceRun',
        'paymentRetry',
        'gateCloses',
        'clockReached',
      ].map((kind) => ({ kind, at: instant })),
    );
  });

  test('come soonest first', () => {
    const workspace = onTeam('real');
    workspace.happens('2026-01-20T10:00:00.000Z', { kind: 'memberAccepted', member: 'bob' });
    expect(deadlinesOf(workspace.life)).toEqual([
      { kind: 'seatDayEnds', at: '2026-01-21T00:00:00.000Z' },
      { kind: 'periodEnds', at: instant },
      { kind: 'windowEnds', at: instant },
    ]);
  });

  test('of a trial are its end, and three days and a day before it what tells of that', () => {
    const workspace = openWorkspace(termsOf('studio'), { at });
    workspace.happens(at, { kind: 'started', plan: 'pro', interval: 'month' });
    expect(deadlinesOf(workspace.life)).toEqual([
      { kind: 'trialNotice', at: '2026-01-21T00:00:00.000Z' },
      { kind: 'trialEnds', at: '2026-01-24T00:00:00.000Z' },
    ]);
  });

  test.each(['none', 'memberPaid', 'canceled'])('there are none for %s', (status) => {
    const workspace = openWorkspace(termsOf('team'), { at });
    if (status !== 'none') {
      workspace.happens(at, { kind: 'started', plan: 'pro', interval: 'month' });
    }
    if (status === 'canceled') workspace.happens(at, { kind: 'cancelRequested', when: 'now' });
    expect(workspace.life.subscription.status).toBe(status);
    expect(nextDeadline(workspace.life)).toBeNull();
  });

  test('stop with the suspension', () => {
    const life = allAtOnce();
    const { subscription } = life;
    if (subscription.status !== 'pastDue') throw new Error('the plan is past due');
    const suspended = { ...life, subscription: { ...subscription, status: 'suspended' } as const };
    expect(deadlinesOf(suspended).map(({ kind }) => kind)).toEqual(['clockReached']);
  });
});

describe('what is due', () => {
  test('in real time is due from its very instant', () => {
    const { life } = onTeam('real');
    expect(dueDeadline(life, '2026-02-09T23:59:59.999Z')).toBeNull();
    expect(dueDeadline(life, instant)).toEqual({ kind: 'periodEnds', at: instant });
  });

  test('on a test clock waits for the clock, however late it is outside', () => {
    const { life } = onTeam('test');
    expect(dueDeadline(life, '2030-01-01T00:00:00.000Z')).toBeNull();
    const moving: Lifecycle = { ...life, clock: { kind: 'test', now: at, target: instant } };
    expect(dueDeadline(moving, at)).toEqual({ kind: 'periodEnds', at: instant });
  });

  test('on a test clock ends with the clock’s arrival', () => {
    const { life } = onTeam('test');
    const target = '2026-01-15T00:00:00.000Z';
    const moving: Lifecycle = { ...life, clock: { kind: 'test', now: at, target } };
    expect(dueDeadline(moving, at)).toEqual({ kind: 'clockReached', at: target });
  });
});

describe('living late', () => {
  test('each deadline is lived at its own instant, in order', () => {
    const workspace = onTeam('test');
    workspace.until('2026-03-10T00:00:00.000Z');
    expect(workspace.deadlines).toEqual([
      'periodEnds',
      'windowEnds',
      'invoiceRun',
      'periodEnds',
      'windowEnds',
      'invoiceRun',
      'clockReached',
    ]);
  });

  test('runs of one boundary are spread over the hour in real time, always the same', () => {
    const spread = ['acme', 'globex', 'initech'].map((workspace) => {
      const own = openWorkspace(termsOf('studio'), { at, workspace });
      own.happens(at, { kind: 'paymentMethodAttached' });
      own.happens(at, { kind: 'started', plan: 'pro', interval: 'month' });
      own.until(instant);
      const { subscription } = own.life;
      return subscription.status === 'active' ? subscription.invoiceRunAt : null;
    });
    expect(spread).toEqual([
      '2026-02-10T00:56:00.000Z',
      '2026-02-10T00:41:00.000Z',
      '2026-02-10T00:29:00.000Z',
    ]);
  });
});
