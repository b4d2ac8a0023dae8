import { describe, expect, test } from 'vitest';
import type { EventKind } from '../../src/domain/life/lifecycle.ts';
import { minor } from '../../src/domain/values/money.ts';
import { grantsIn, openWorkspace, orderIn, termsOf } from './support.ts';

const changeTo = (plan: string): EventKind & { kind: 'planChangeRequested' } => ({
  kind: 'planChangeRequested',
  plan,
  interval: 'month',
  payment: 'p1',
  returnTo: null,
  preview: null,
});

/** Studio by the calendar month; the plan's own month ends on the fifteenth. */
function onProUntilFree() {
  const workspace = openWorkspace(termsOf('studio'), { at: '2026-01-15T09:00:00.000Z' });
  workspace.happens('2026-01-15T09:00:00.000Z', { kind: 'paymentMethodAttached' });
  workspace.happens('2026-01-15T09:00:00.000Z', {
    kind: 'started',
    plan: 'pro',
    interval: 'month',
  });
  workspace.happens('2026-01-20T09:00:00.000Z', changeTo('free'));
  workspace.until('2026-02-16T09:00:00.000Z');
  return workspace;
}

test('down to Free and up to Team in one window grants what Team adds to Pro, not to Free', () => {
  const workspace = onProUntilFree();
  expect(workspace.life.subscription.status).toBe('free');
  const effects = workspace.happens('2026-02-16T09:00:00.000Z', changeTo('team'));
  // February holds Pro's 45 already; Team includes 100.
  expect(grantsIn(effects)).toEqual([
    'included:2026-02:to:team: 55 until 2026-03-01T00:00:00.000Z',
  ]);
});

test('down to Free and back to Pro in one window grants nothing', () => {
  const effects = onProUntilFree().happens('2026-02-16T09:00:00.000Z', changeTo('pro'));
  expect(grantsIn(effects)).toEqual([]);
});

test('who comes back from a suspension while a window runs has its credits already', () => {
  const workspace = openWorkspace(termsOf('agents'), { at: '2026-01-10T09:00:00.000Z' });
  workspace.happens('2026-01-10T09:00:00.000Z', { kind: 'paymentMethodAttached' });
  const pro = { kind: 'started', plan: 'pro', interval: 'month' } as const;
  expect(grantsIn(workspace.happens('2026-01-10T09:00:00.000Z', pro))).toEqual([
    'included:2026-01-10T09:00:00.000Z: 30 until 2026-02-10T09:00:00.000Z',
  ]);
  // By the year from the 15th on: another anchor, and the window that runs goes on to its end.
  workspace.card = 'declines';
  workspace.happens('2026-01-15T09:00:00.000Z', { ...changeTo('pro'), interval: 'year' });
  workspace.until('2026-02-05T09:00:00.000Z');
  expect(workspace.life.subscription.status).toBe('suspended');
  workspace.card = 'works';
  const paid = workspace.happens('2026-02-05T09:00:00.000Z', { kind: 'paymentMethodAttached' });
  expect(workspace.life.subscription.status).toBe('active');
  expect(grantsIn(paid)).toEqual([]);
  expect(orderIn(paid)).toBe(
    'included:2026-01-15T09:00:00.000Z: 30 from 2026-02-10T09:00:00.000Z to 2026-02-15T09:00:00.000Z',
  );
});

describe('a change that is paid for when a suspended plan’s window is over', () => {
  const lines = [{ description: 'Onboarding', quantity: 1, unitMinor: minor(100_00) }];
  const asked: EventKind = {
    ...{ kind: 'invoiceRequested', request: 'r1', lines, dueInDays: 1 },
    note: { purchaseOrder: null, memo: null },
  };

  const byCheckout = termsOf('studio', (terms) => {
    const upgrade = { ...terms.planChange.upgrade, requiresCheckout: true } as const;
    return { ...terms, planChange: { ...terms.planChange, upgrade } };
  });

  /** On pro since January; suspended with a checkout open for another plan or interval, which is paid in March. */
  function paidInMarch(plan: string) {
    const workspace = openWorkspace(byCheckout, { at: '2026-01-11T09:00:00.000Z' });
    const at = '2026-01-11T09:00:00.000Z';
    workspace.happens(at, { kind: 'paymentMethodAttached' });
    workspace.happens(at, { kind: 'started', plan: 'pro', interval: 'month' });
    workspace.happens(at, {
      ...changeTo(plan),
      interval: 'year',
      returnTo: 'https://example.test',
    });
    workspace.happens(at, asked);
    workspace.until('2026-03-01T09:00:00.000Z');
    expect(workspace.life.subscription.status).toBe('suspended');
    const totalMinor = minor(500_00);
    return workspace.happens('2026-03-01T09:00:00.000Z', {
      ...{ kind: 'planPurchasePaid', payment: 'p1', totalMinor },
    });
  }

  test.each([
    ['a bigger plan by the year', 'team', 'included:2026-03: 100 until 2026-04-01T00:00:00.000Z'],
    ['the same plan by the year', 'pro', 'included:2026-03: 45 until 2026-04-01T00:00:00.000Z'],
  ] as const)('grants a window of its own, whole: %s', (_name, plan, granted) => {
    expect(grantsIn(paidInMarch(plan))).toEqual([granted]);
  });
});
