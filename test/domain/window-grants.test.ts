import { expect, test } from 'vitest';
import type { EventKind } from '../../src/domain/life/lifecycle.ts';
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
