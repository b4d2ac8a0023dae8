import { describe, expect, test } from 'vitest';
import { closingOf } from '../../src/domain/gates/gate.ts';
import { minor } from '../../src/domain/values/money.ts';
import {
  announced,
  grantsIn,
  invoicesIn,
  linesOf,
  ofKind,
  openWorkspace,
  orderIn,
  type Workspace,
} from './support.ts';
import { changeTo, january, join, onTeam, opened, renewed, solo, terms } from './team-support.ts';

describe('a plan whose credits belong to the user', () => {
  test('leaves an organisation without a payer: members use their own plans [2.02 2.03]', () => {
    const workspace = solo();
    expect(workspace.life.subscription).toEqual({ status: 'memberPaid', plan: 'pro' });
    expect(closingOf(workspace.life, terms, 'ai')).toBeNull();
  });

  test('waits in a personal workspace for a method, then is active and charged', () => {
    const workspace = openWorkspace(terms, { at: opened, workspace: 'user:ada' });
    const waiting = workspace.happens(opened, { kind: 'started', plan: 'pro', interval: 'month' });
    expect(workspace.life.subscription).toMatchObject({ status: 'incomplete', plan: 'pro' });
    expect(grantsIn(waiting)).toEqual([]);
    const effects = workspace.happens(january('12'), { kind: 'paymentMethodAttached' });
    expect(workspace.life.subscription).toMatchObject({ status: 'active', anchor: january('12') });
    expect(invoicesIn(effects)).toEqual([
      { key: `start:${january('12')}`, lines: ['Pro, by the month: 19.00'], total: '19.00 open' },
    ]);
    expect(grantsIn(effects)).toEqual([
      'included:2026-01-12T12:00:00.000Z: 1500 until 2026-02-12T12:00:00.000Z',
    ]);
  });

  test('changes downwards at the period’s end and keeps the new month’s credits', () => {
    const workspace = openWorkspace(terms, { at: opened, workspace: 'user:ada', clock: 'test' });
    workspace.happens(opened, { kind: 'paymentMethodAttached' });
    workspace.happens(opened, { kind: 'started', plan: 'pro', interval: 'month' });
    workspace.happens(january('20'), changeTo('starter'));
    const march = '2026-03-10T09:00:00.000Z';
    const effects = workspace.until(renewed);
    expect(ofKind(effects, 'voidIncluded')).toEqual([
      { kind: 'voidIncluded', sourcePrefix: `included:${opened}` },
    ]);
    expect(orderIn(effects)).toBe(
      `included:${march}: 500 from ${march} to 2026-04-10T09:00:00.000Z`,
    );
  });

  test('comes back to a personal workspace that was canceled', () => {
    const workspace = openWorkspace(terms, { at: opened, workspace: 'user:ada' });
    workspace.happens(opened, { kind: 'paymentMethodAttached' });
    workspace.happens(opened, { kind: 'started', plan: 'pro', interval: 'month' });
    workspace.happens(january('20'), { kind: 'cancelRequested', when: 'now' });
    workspace.happens(january('25'), { kind: 'started', plan: 'pro', interval: 'month' });
    expect(workspace.life.subscription).toMatchObject({ status: 'active', anchor: january('25') });
  });
});

describe('an upgrade to the pool', () => {
  test('opens a checkout of one total, explained by base and seats [2.09 2.10]', () => {
    const workspace = solo();
    join(workspace, january('11'), 'bob', 'eve');
    const [checkout] = ofKind(workspace.happens(january('12'), changeTo('team')), 'openCheckout');
    expect(checkout?.returnTo).toBe('https://example.test/billing');
    expect(checkout?.purchase.totalMinor).toBe(8_500n);
    expect(linesOf(checkout?.purchase.lines ?? [])).toEqual([
      'Team, by the month: 49.00',
      'Team, seats: 36.00',
    ]);
    expect(workspace.life.subscription.status).toBe('memberPaid');
  });

  test('is active from the payment on: anchor there, pool seeded, no second invoice', () => {
    const workspace = solo();
    workspace.happens(january('12'), changeTo('team'));
    const effects = workspace.happens(january('12', '12:07'), {
      kind: 'planPurchasePaid',
      payment: 'p1',
      totalMinor: minor(6_100),
    });
    expect(workspace.life.subscription).toMatchObject({
      status: 'active',
      plan: 'team',
      anchor: january('12', '12:07'),
      paidUntil: '2026-02-12T12:07:00.000Z',
    });
    expect(grantsIn(effects)).toEqual([
      'included:2026-01-12T12:07:00.000Z: 9000 until 2026-02-12T12:07:00.000Z',
    ]);
    expect(invoicesIn(effects)).toEqual([]);
    expect(announced(effects)).toEqual(['statusChanged active team']);
  });

  test('to a year restarts the term, pays the new less the unused old, and the pool runs on', () => {
    const workspace = onTeam();
    const asked = workspace.happens(january('25'), changeTo('team', 'p2', 'year'));
    const [checkout] = ofKind(asked, 'openCheckout');
    expect(linesOf(checkout?.purchase.lines ?? [])).toEqual([
      'Team, by the year: 468.00',
      'Team, seats: 120.00',
      'Unused time: Team, by the month, 16 of 31 days: -25.29',
      'Unused time: Team, seats, 16 of 31 days: -6.19',
    ]);
    expect(checkout?.purchase.totalMinor).toBe(55_652n);
    const effects = workspace.happens(january('25'), {
      kind: 'planPurchasePaid',
      payment: 'p2',
      totalMinor: minor(55_652),
    });
    expect(ofKind(effects, 'voidIncluded')).toEqual([]);
    expect(grantsIn(effects)).toEqual([]);
    expect(orderIn(effects)).toBe(
      `included:${january('25')}: 9000 from ${renewed} to 2026-02-25T12:00:00.000Z`,
    );
    expect(workspace.life.subscription).toMatchObject({
      interval: 'year',
      anchor: january('25'),
      paidUntil: '2027-01-25T12:00:00.000Z',
    });
  });

  test('credits nothing for a seat of today, which is not invoiced yet', () => {
    const workspace = onTeam();
    join(workspace, january('25', '10:00'), 'bob');
    const asked = workspace.happens(january('25'), changeTo('team', 'p2', 'year'));
    const [checkout] = ofKind(asked, 'openCheckout');
    expect(linesOf(checkout?.purchase.lines ?? [])).toEqual([
      'Team, by the year: 468.00',
      'Team, seats: 240.00',
      'Unused time: Team, by the month, 16 of 31 days: -25.29',
      'Unused time: Team, seats, 16 of 31 days: -6.19',
    ]);
  });

  test('asked for again replaces the open checkout', () => {
    const workspace = solo();
    workspace.happens(january('12'), changeTo('team', 'p1'));
    const effects = workspace.happens(january('12'), changeTo('team', 'p2', 'year'));
    expect(effects.map(({ kind }) => kind)).toEqual(['expireCheckout', 'openCheckout']);
    expect(workspace.life.checkout).toEqual({ payment: 'p2', plan: 'team', interval: 'year' });
  });

  test('paid through a checkout that was replaced becomes credit of the account', () => {
    const workspace = solo();
    workspace.happens(january('12'), changeTo('team', 'p1'));
    workspace.happens(january('12'), changeTo('team', 'p2', 'year'));
    const effects = workspace.happens(january('12'), {
      kind: 'planPurchasePaid',
      payment: 'p1',
      totalMinor: minor(6_100),
    });
    expect(ofKind(effects, 'creditAccount')).toEqual([
      { kind: 'creditAccount', payment: 'p1', amountMinor: 6_100n },
    ]);
    expect(workspace.life.accountCreditMinor).toBe(6_100n);
    expect(workspace.life.subscription.status).toBe('memberPaid');
  });

  test('whose checkout was left can be asked for anew', () => {
    const workspace = solo();
    workspace.happens(january('12'), changeTo('team', 'p1'));
    workspace.happens(january('12'), { kind: 'planPurchaseFailed', payment: 'p1' });
    expect(workspace.life.checkout).toBeNull();
    const effects = workspace.happens(january('13'), changeTo('team', 'p2'));
    expect(effects.map(({ kind }) => kind)).toEqual(['openCheckout']);
  });
});

describe('going solo', () => {
  const leaving = (): Workspace => {
    const workspace = onTeam();
    workspace.happens(january('20'), changeTo('pro'));
    return workspace;
  };

  test('leaves the pool usable until the period ends [2.36]', () => {
    const workspace = leaving();
    expect(workspace.life.subscription).toMatchObject({ status: 'active', plan: 'team' });
    expect(ofKind(workspace.until('2026-02-10T08:59:59.999Z'), 'voidIncluded')).toEqual([]);
  });

  test('then voids the pool and starts the owner’s plan, with what was bought [2.35 2.36]', () => {
    const effects = leaving().until(renewed);
    expect(invoicesIn(effects)).toEqual([]);
    expect(ofKind(effects, 'voidIncluded')).toEqual([
      { kind: 'voidIncluded', sourcePrefix: `included:${opened}` },
    ]);
    expect(ofKind(effects, 'startPersonalPlan')).toEqual([
      {
        kind: 'startPersonalPlan',
        workspace: 'user:ada',
        plan: 'pro',
        interval: 'month',
        topUps: 'bring',
      },
    ]);
    expect(orderIn(effects)).toBeNull();
    expect(announced(effects)).toEqual(['planChanged team pro', 'statusChanged memberPaid pro']);
  });

  test('places no order for a pool that will be gone', () => {
    const workspace = onTeam();
    expect(orderIn(workspace.happens(january('20'), changeTo('pro')))).toBeNull();
    expect(orderIn(workspace.happens(january('21'), { kind: 'scheduledChangeCanceled' }))).toBe(
      `included:${renewed}: 9000 from ${renewed} to 2026-03-10T09:00:00.000Z`,
    );
  });
});
