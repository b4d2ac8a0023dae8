import { describe, expect, test } from 'vitest';
import type { Instant } from '../../src/domain/values/calendar.ts';
import { closingOf, statusAt } from '../../src/domain/gates/gate.ts';
import type { Dunning, EventKind } from '../../src/domain/life/lifecycle.ts';
import { minor } from '../../src/domain/values/money.ts';
import {
  announced,
  grantsIn,
  invoicesIn,
  ofKind,
  openWorkspace,
  orderIn,
  termsOf,
  type Card,
  type Workspace,
} from './support.ts';

const terms = termsOf('studio');
const opened = '2026-01-10T00:00:00.000Z';
const renewed = '2026-02-10T00:00:00.000Z';
const renewal = `renewal:${renewed}`;

const february = (day: string): Instant => `2026-02-${day}T00:00:00.000Z`;

/** On pro since January; its bank answers like this from the renewal in February on. */
function behind(card: Card, until: Instant): Workspace {
  const workspace = openWorkspace(terms, { at: opened, clock: 'test' });
  workspace.happens(opened, { kind: 'paymentMethodAttached' });
  workspace.happens(opened, { kind: 'started', plan: 'pro', interval: 'month' });
  workspace.card = card;
  workspace.until(until);
  return workspace;
}

function dunningOf({ life }: Workspace): Dunning {
  const { subscription } = life;
  if (subscription.status === 'pastDue' || subscription.status === 'suspended') {
    return subscription.dunning;
  }
  throw new Error(`nothing is overdue: ${subscription.status}`);
}

const paid = (invoice: string): EventKind => ({
  kind: 'invoicePaid',
  invoice,
  reason: 'renewal',
  periodEnd: '2026-03-10T00:00:00.000Z',
});

describe('a renewal that cannot be collected', () => {
  test('is past due, and tried again after three, five and six days', () => {
    const workspace = behind('declines', renewed);
    const tries = [dunningOf(workspace).nextTryAt];
    for (const day of ['13', '18']) {
      workspace.until(february(day));
      tries.push(dunningOf(workspace).nextTryAt);
    }
    expect(tries).toEqual([february('13'), february('18'), february('24')]);
  });

  test('keeps the plan working through the grace: fourteen days from what was paid for', () => {
    const workspace = behind('declines', renewed);
    expect(dunningOf(workspace)).toEqual({
      invoice: renewal,
      waiting: [],
      firstFailedAt: renewed,
      tries: 1,
      nextTryAt: february('13'),
      gateClosesAt: february('24'),
    });
    expect(closingOf(workspace.life, terms, 'ai')).toEqual({
      closer: 'suspended',
      at: february('24'),
    });
    expect(statusAt(workspace.life, terms, '2026-02-23T23:59:59.999Z')).toBe('pastDue');
    expect(statusAt(workspace.life, terms, february('24'))).toBe('suspended');
  });

  test('tells each failed try, and when the next one is', () => {
    const workspace = behind('declines', '2026-02-09T00:00:00.000Z');
    expect(announced(workspace.until(february('13')))).toEqual([
      'statusChanged pastDue pro',
      `paymentFailed ${renewal} 1 ${february('13')}`,
      `paymentFailed ${renewal} 2 ${february('18')}`,
    ]);
  });

  test('is suspended by the last try at the latest: nothing renews, nothing is granted', () => {
    const workspace = behind('declines', february('18'));
    const effects = workspace.until('2026-06-01T00:00:00.000Z');
    expect(workspace.life.subscription.status).toBe('suspended');
    expect(dunningOf(workspace)).toMatchObject({ tries: 4, nextTryAt: null });
    expect(invoicesIn(effects)).toEqual([]);
    expect(grantsIn(effects)).toEqual([]);
    expect(orderIn(effects)).toBeNull();
    expect(ofKind(effects, 'collectInvoice').map((tried) => tried.try)).toEqual([4]);
  });

  test('a late first failure does not move the gate', () => {
    const workspace = behind('silence', february('20'));
    workspace.happens(february('20'), {
      kind: 'invoicePaymentFailed',
      invoice: renewal,
      hard: false,
    });
    expect(dunningOf(workspace)).toMatchObject({
      firstFailedAt: february('20'),
      nextTryAt: february('23'),
      gateClosesAt: february('24'),
    });
  });

  test('makes the last try an hour before the gate where its date would lie behind it', () => {
    const workspace = behind('silence', '2026-02-10T00:45:00.000Z'); // the invoices' spread
    const fails = (at: Instant) =>
      workspace.happens(at, { kind: 'invoicePaymentFailed', invoice: renewal, hard: false });
    fails('2026-02-10T00:45:00.000Z');
    fails('2026-02-13T00:45:00.000Z');
    fails('2026-02-18T00:45:00.000Z');
    expect(dunningOf(workspace).nextTryAt).toBe('2026-02-23T23:00:00.000Z');
    const effects = workspace.until('2026-02-23T23:59:59.999Z');
    expect(ofKind(effects, 'collectInvoice').map((tried) => tried.try)).toEqual([4]);
    expect(workspace.life.subscription.status).toBe('pastDue');
  });

  test('by a card that can never pay is not tried again, and keeps its grace', () => {
    const workspace = behind('isStolen', renewed);
    expect(dunningOf(workspace)).toMatchObject({ nextTryAt: null, gateClosesAt: february('24') });
    expect(ofKind(workspace.until(february('23')), 'collectInvoice')).toEqual([]);
    workspace.until(february('24'));
    expect(workspace.life.subscription.status).toBe('suspended');
  });

  test('whose last try fails early closes the gate at that instant', () => {
    const soon = termsOf('studio', (own) => ({
      ...own,
      pastDue: { ...own.pastDue, retryAfterDays: [2], graceDays: 14 },
    }));
    const workspace = openWorkspace(soon, { at: opened, clock: 'test' });
    workspace.happens(opened, { kind: 'paymentMethodAttached' });
    workspace.happens(opened, { kind: 'started', plan: 'pro', interval: 'month' });
    workspace.card = 'declines';
    workspace.until(february('12'));
    expect(workspace.life.subscription.status).toBe('suspended');
    expect(dunningOf(workspace).gateClosesAt).toBe(february('12'));
  });
});

describe('recovery', () => {
  test('in the grace: the next try is paid, and the plan goes on in its period', () => {
    const workspace = behind('declines', renewed);
    workspace.card = 'works';
    const effects = workspace.until(february('13'));
    expect(announced(effects)).toEqual(['statusChanged active pro']);
    expect(workspace.life.subscription).toMatchObject({
      status: 'active',
      period: { start: renewed, end: '2026-03-10T00:00:00.000Z' },
      paidUntil: '2026-03-10T00:00:00.000Z',
    });
  });

  test('by a new card is tried at once', () => {
    const workspace = behind('declines', renewed);
    workspace.card = 'works';
    const effects = workspace.happens(february('12'), { kind: 'paymentMethodAttached' });
    expect(ofKind(effects, 'collectInvoice')).toEqual([
      { kind: 'collectInvoice', invoice: renewal, try: 2 },
    ]);
    expect(workspace.life.subscription.status).toBe('active');
  });

  test('after suspension in the period: it goes on, with this month’s credits', () => {
    const workspace = behind('declines', february('25'));
    workspace.card = 'works';
    const effects = workspace.happens('2026-03-05T00:00:00.000Z', {
      kind: 'paymentMethodAttached',
    });
    expect(workspace.life.subscription).toMatchObject({
      status: 'active',
      anchor: opened,
      paidUntil: '2026-03-10T00:00:00.000Z',
    });
    expect(invoicesIn(effects)).toEqual([]);
    expect(grantsIn(effects)).toEqual(['included:2026-03: 45 until 2026-04-01T00:00:00.000Z']);
    expect(orderIn(effects)).toBe(
      'included:2026-04: 45 from 2026-04-01T00:00:00.000Z to 2026-05-01T00:00:00.000Z',
    );
  });

  test('after suspension and the period’s end: a new period begins then, and is charged', () => {
    const workspace = behind('declines', february('25'));
    workspace.card = 'works';
    const effects = workspace.happens('2026-04-07T00:00:00.000Z', {
      kind: 'paymentMethodAttached',
    });
    expect(workspace.life.subscription).toMatchObject({
      status: 'active',
      anchor: '2026-04-07T00:00:00.000Z',
      period: { start: '2026-04-07T00:00:00.000Z', end: '2026-05-07T00:00:00.000Z' },
    });
    expect(invoicesIn(effects)).toEqual([
      { key: 'start:2026-04-07T00:00:00.000Z', lines: ['Pro, seats: 30.00'], total: '30.00 open' },
    ]);
    expect(grantsIn(effects)).toEqual(['included:2026-04: 45 until 2026-05-01T00:00:00.000Z']);
  });

  test('of a suspended plan is tried with every new card, each time as a new try', () => {
    const workspace = behind('declines', february('25'));
    const tries = ['26', '27'].flatMap((day) =>
      ofKind(workspace.happens(february(day), { kind: 'paymentMethodAttached' }), 'collectInvoice'),
    );
    expect(tries.map((tried) => tried.try)).toEqual([5, 6]);
    expect(dunningOf(workspace).tries).toBe(6);
  });

  test('waits for every invoice that is overdue, one after the other', () => {
    const team = openWorkspace(termsOf('team'), { at: opened, workspace: 'acme', clock: 'test' });
    team.happens(opened, { kind: 'started', plan: 'pro', interval: 'month' });
    team.happens(opened, {
      kind: 'planChangeRequested',
      plan: 'team',
      interval: 'month',
      payment: 'p1',
      returnTo: 'https://example.test',
      preview: null,
    });
    const totalMinor = minor(6_100);
    team.happens(opened, { kind: 'planPurchasePaid', payment: 'p1', totalMinor });
    team.card = 'declines';
    team.happens('2026-01-14T10:00:00.000Z', { kind: 'memberAccepted', member: 'bob' });
    team.happens('2026-01-15T10:00:00.000Z', { kind: 'memberAccepted', member: 'eve' });
    team.until('2026-01-16T00:00:00.000Z');
    const [first, second] = ['seats:2026-01-14T10:00:00.000Z', 'seats:2026-01-15T10:00:00.000Z'];
    expect(dunningOf(team)).toMatchObject({ invoice: first, waiting: [second], tries: 1 });
    team.card = 'works';
    const effects = team.happens('2026-01-16T10:00:00.000Z', { kind: 'paymentMethodAttached' });
    expect(ofKind(effects, 'collectInvoice')).toEqual([
      { kind: 'collectInvoice', invoice: first, try: 2 },
      { kind: 'collectInvoice', invoice: second, try: 2 },
    ]);
    expect(team.life.subscription.status).toBe('active');
  });

  test('by paying a later invoice first leaves the earlier one overdue', () => {
    const workspace = behind('declines', renewed);
    workspace.happens(february('11'), {
      kind: 'invoicePaymentFailed',
      invoice: 'later',
      hard: false,
    });
    workspace.happens(february('12'), paid('later'));
    expect(dunningOf(workspace)).toMatchObject({ invoice: renewal, waiting: [] });
  });
});

describe('a suspended plan', () => {
  test('is canceled at once, for it has no period that would end', () => {
    const workspace = behind('declines', february('25'));
    workspace.happens(february('26'), { kind: 'cancelRequested', when: 'periodEnd' });
    expect(workspace.life.subscription).toMatchObject({
      status: 'canceled',
      canceledAt: february('26'),
    });
    workspace.happens(february('27'), paid(renewal));
    expect(workspace.life.subscription.status).toBe('canceled');
  });

  test.each(['team', 'starter'])('does not change to %s before the debt is paid', (plan) => {
    const workspace = behind('declines', february('25'));
    const refusal = workspace.refuses(february('26'), {
      kind: 'planChangeRequested',
      plan,
      interval: 'month',
      payment: 'p1',
      returnTo: null,
      preview: null,
    });
    expect(refusal).toEqual({ kind: 'paymentOverdue' });
  });
});
