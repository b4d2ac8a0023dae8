import { describe, expect, test } from 'vitest';
import type { EventKind } from '../../src/domain/life/lifecycle.ts';
import { minor } from '../../src/domain/values/money.ts';
import { basisOf } from '../../src/domain/changes/plan-change.ts';
import type { Refusal } from '../../src/domain/life/refusal.ts';
import { step } from '../../src/domain/step.ts';
import type { Interval } from '../../src/domain/terms/terms.ts';
import { openWorkspace, termsOf, type Product, type Workspace } from './support.ts';

const at = '2026-01-10T00:00:00.000Z';

const start = (plan: string, interval: Interval = 'month'): EventKind => ({
  kind: 'started',
  plan,
  interval,
});

type PlanChange = Extract<EventKind, { readonly kind: 'planChangeRequested' }>;

const changeTo = (plan: string, interval: Interval = 'month'): PlanChange => ({
  kind: 'planChangeRequested',
  plan,
  interval,
  payment: 'p1',
  returnTo: null,
  preview: null,
});

const topUp = (price: number, pay: 'savedMethod' | 'checkout' = 'checkout'): EventKind => ({
  kind: 'topUpRequested',
  payment: 'p1',
  priceMinor: minor(price),
  pay,
  returnTo: null,
});

const card: EventKind = { kind: 'paymentMethodAttached' };
const cancelNow: EventKind = { kind: 'cancelRequested', when: 'now' };
const seats = (purchased: number): EventKind => ({ kind: 'seatsRequested', purchased });

function after(product: Product, ...events: readonly EventKind[]): Workspace {
  const workspace = openWorkspace(termsOf(product), { at });
  for (const event of events) workspace.happens(at, event);
  return workspace;
}

const contact = 'https://studio.example/contact';
const byContract: Refusal = { kind: 'contactSales', plan: 'enterprise', contact };

type Case = readonly [string, Product, readonly EventKind[], EventKind, Refusal];

describe('is refused', () => {
  test.each<Case>([
    ['an unknown plan', 'studio', [], start('gold'), { kind: 'unknownPlan', plan: 'gold' }],
    ['a plan that is sold by contract', 'studio', [], start('enterprise'), byContract],
    [
      'an interval that is not sold',
      'studio',
      [],
      start('free', 'year'),
      { kind: 'intervalNotSold', plan: 'free', interval: 'year' },
    ],
    ['a second start', 'studio', [start('free')], start('pro'), { kind: 'alreadyStarted' }],
    ['a change before the start', 'studio', [], changeTo('pro'), { kind: 'notStarted' }],
    ['seats before the start', 'studio', [], seats(2), { kind: 'notStarted' }],
    ['credits before the start', 'studio', [], topUp(1_000), { kind: 'notStarted' }],
    ['a cancellation before the start', 'studio', [], cancelNow, { kind: 'notStarted' }],
    [
      'a second cancellation',
      'studio',
      [start('free'), cancelNow],
      cancelNow,
      { kind: 'alreadyCanceled' },
    ],
    [
      'credits for a canceled plan',
      'studio',
      [start('free'), cancelNow],
      topUp(1_000),
      { kind: 'alreadyCanceled' },
    ],
    [
      'canceling a change that is not scheduled',
      'studio',
      [start('free')],
      { kind: 'scheduledChangeCanceled' },
      { kind: 'nothingScheduled' },
    ],
    [
      'reactivating what does not end',
      'studio',
      [card, start('pro')],
      { kind: 'reactivated' },
      { kind: 'nothingScheduled' },
    ],
    [
      'a paid plan again, without a method and with its trial used',
      'studio',
      [start('pro'), changeTo('free')],
      changeTo('pro'),
      { kind: 'paymentMethodRequired' },
    ],
    [
      'credits by a saved method where none is on file',
      'studio',
      [start('free')],
      topUp(1_000, 'savedMethod'),
      { kind: 'paymentMethodRequired' },
    ],
    [
      'credits through a checkout that leads nowhere',
      'studio',
      [start('free')],
      topUp(1_000),
      { kind: 'returnToRequired' },
    ],
    [
      'an amount of credits that is no pack',
      'studio',
      [start('free')],
      topUp(1_234),
      {
        kind: 'notATopUp',
        offeredMinor: minor(1_234),
        choices: '10.00 USD, 25.00 USD, 50.00 USD, 100.00 USD',
      },
    ],
    [
      'fewer seats than one',
      'studio',
      [start('free')],
      seats(0),
      { kind: 'seatsBelowMinimum', minimum: 1 },
    ],
    [
      'bought seats where members are counted',
      'team',
      [start('pro')],
      seats(2),
      { kind: 'seatsNotSold', plan: 'pro' },
    ],
    [
      'credits where members pay themselves',
      'team',
      [start('pro')],
      topUp(1_000),
      { kind: 'memberPlanRequired' },
    ],
    [
      'a checkout for the pool that leads nowhere',
      'team',
      [start('pro')],
      changeTo('team'),
      { kind: 'returnToRequired' },
    ],
    [
      'a test clock for a workspace in real time',
      'studio',
      [],
      { kind: 'clockAdvanced', to: '2026-02-01T00:00:00.000Z' },
      { kind: 'noTestClock' },
    ],
  ])('%s', (_name, product, before, event, refusal) => {
    const workspace = after(product, ...before);
    const { life } = workspace;
    expect(workspace.refuses(at, event)).toEqual(refusal);
    expect(workspace.life).toBe(life);
  });

  test('the pool for a personal workspace', () => {
    const workspace = openWorkspace(termsOf('team'), { at, workspace: 'user:ada' });
    expect(workspace.refuses(at, start('team'))).toEqual({
      kind: 'personalPlanOnly',
      plan: 'team',
    });
  });

  test('an amount that is no whole number of steps, or too many [3.17]', () => {
    const workspace = openWorkspace(termsOf('team'), { at, workspace: 'user:ada' });
    workspace.happens(at, card);
    workspace.happens(at, start('pro'));
    const choices = '1 to 100 times 10.00 USD';
    for (const price of [0, 999, 1_001, 101_000]) {
      const offeredMinor = minor(price);
      expect(workspace.refuses(at, topUp(price))).toEqual({
        kind: 'notATopUp',
        offeredMinor,
        choices,
      });
    }
  });

  test('fewer seats than members where the plan blocks that', () => {
    const blocking = termsOf('studio', (own) => ({
      ...own,
      plans: own.plans.map((plan) => ({
        ...plan,
        seats: { model: 'purchased', whenOver: 'block' } as const,
      })),
    }));
    const workspace = openWorkspace(blocking, { at });
    workspace.happens(at, start('free'));
    workspace.happens(at, { kind: 'memberAccepted', member: 'bob' });
    expect(workspace.refuses(at, seats(1))).toEqual({ kind: 'seatsBelowMinimum', minimum: 2 });
  });

  test('an upgrade while an invoice is overdue', () => {
    const workspace = openWorkspace(termsOf('studio'), { at, card: 'declines' });
    workspace.happens(at, card);
    workspace.happens(at, start('pro'));
    expect(workspace.refuses(at, changeTo('team'))).toEqual({ kind: 'paymentOverdue' });
  });

  test.each<readonly [string, EventKind]>([
    ['other seats', seats(2)],
    ['another member', { kind: 'memberAccepted', member: 'bob' }],
    ['another scheduled change', changeTo('starter')],
  ])('a preview that was overtaken by %s', (_by, event) => {
    const workspace = after('studio', card, start('pro'));
    const preview = { at, basis: basisOf(workspace.life) };
    workspace.happens(at, event);
    expect(workspace.refuses(at, { ...changeTo('team'), preview })).toEqual({
      kind: 'previewStale',
    });
  });
});

describe('a test clock', () => {
  const clock = (): Workspace => openWorkspace(termsOf('studio'), { at, clock: 'test' });
  const advanceTo = (to: string): EventKind => ({ kind: 'clockAdvanced', to });

  test('never goes back, nor stands', () => {
    expect(clock().refuses(at, advanceTo(at))).toEqual({ kind: 'clockGoesBack', now: at });
  });

  test('moves at most two years at a time', () => {
    const latest = '2028-01-10T00:00:00.000Z';
    expect(clock().refuses(at, advanceTo('2028-01-10T00:00:00.001Z'))).toEqual({
      kind: 'clockTooFar',
      latest,
    });
    const workspace = clock();
    workspace.happens(at, advanceTo(latest));
    expect(workspace.life.clock).toEqual({ kind: 'test', now: at, target: latest });
  });

  test('on its way takes no other order', () => {
    const workspace = clock();
    const event = { ...advanceTo('2026-02-01T00:00:00.000Z'), at };
    const moving = step(workspace.life, event, workspace.terms);
    if (!moving.ok) throw new Error('the clock moves');
    expect(step(moving.value.state, event, workspace.terms)).toEqual({
      ok: false,
      refusal: { kind: 'clockBusy' },
    });
  });
});
