import { expect, test } from 'vitest';
import { advise } from '../../src/domain/credits/advice.ts';
import { useCredits } from '../../src/domain/credits/credit-usage.ts';
import { forecast } from '../../src/domain/credits/forecast.ts';
import { claimMoneyBack } from '../../src/domain/invoices/money-back.ts';
import { micro, minor } from '../../src/domain/values/money.ts';
import { planOf } from '../../src/domain/terms/terms.ts';
import { flipped } from '../catalog/policies/flip.ts';
import { accountWith, call, credits, included } from './credit-support.ts';
import { ofKind, openWorkspace, termsOf } from './support.ts';
import { january, join, onTeam } from './team-support.ts';

test('an invoice that waits for another and fails once more waits once', () => {
  const workspace = onTeam();
  workspace.card = 'declines';
  join(workspace, january('14'), 'bob');
  join(workspace, january('15'), 'eve');
  workspace.until(january('17'));
  const { subscription } = workspace.life;
  if (subscription.status !== 'pastDue') throw new Error(`it is ${subscription.status}`);
  const [waiting] = subscription.dunning.waiting;
  if (waiting === undefined) throw new Error('nothing waits');
  const failed = { kind: 'invoicePaymentFailed', invoice: waiting, hard: false } as const;
  workspace.happens(january('17'), failed);
  expect(workspace.life.subscription).toMatchObject({ dunning: { waiting: [waiting] } });
});

test('an amount between two packs is not on offer [1.08]', () => {
  const at = '2026-01-10T09:00:00.000Z';
  const workspace = openWorkspace(termsOf('studio'), { at });
  workspace.happens(at, { kind: 'paymentMethodAttached' });
  workspace.happens(at, { kind: 'started', plan: 'pro', interval: 'month' });
  const wish = { payment: 'p', pay: 'savedMethod', returnTo: null } as const;
  const asked = { kind: 'topUpRequested', priceMinor: minor(2_000), ...wish } as const;
  expect(workspace.refuses(at, asked)).toEqual({
    kind: 'notATopUp',
    offeredMinor: 2_000n,
    choices: '10.00 USD, 25.00 USD, 50.00 USD, 100.00 USD',
  });
});

test.each([
  ['84.99', { kind: 'upgrade', plan: 'team' }],
  ['85.00', { kind: 'contactSales', plan: 'enterprise' }],
])(
  'a bigger plan at %s for 55 credits more beats a dollar a credit or not [1.18]',
  (price, advice) => {
    const terms = flipped('studio', { 'plans/team/prices/month/perSeat': price });
    const at = '2026-01-10T09:00:00.000Z';
    const workspace = openWorkspace(terms, { at });
    workspace.happens(at, { kind: 'paymentMethodAttached' });
    workspace.happens(at, { kind: 'started', plan: 'pro', interval: 'month' });
    const { life } = workspace;
    const plan = planOf(terms, 'pro');
    expect(advise({ life, terms, plan, daysAbove: 14, runsOut: true })).toEqual(advice);
  },
);

test('a call of exactly what is left, and exactly up to its cap, is allowed [2.26]', () => {
  const cap = { feature: null, limitMicro: credits(10) };
  const atCap = useCredits(accountWith([included(20)], { caps: [cap] }), {
    ...call(10),
    onShort: 'deny',
  });
  const atBalance = useCredits(accountWith([included(20)]), { ...call(20), onShort: 'deny' });
  expect([atCap.ok, atBalance.ok]).toEqual([true, true]);
});

test('a refund of a third takes a third, rounded down [1.17]', () => {
  const bought = { paidMinor: minor(3), creditsMicro: micro(10), disputes: [] };
  expect(claimMoneyBack({ ...bought, refundedMinor: minor(1) }).refundedMicro).toBe(3n);
});

test('usage of exactly the inclusion is not above it [0.20]; nothing left is none now [0.19]', () => {
  const terms = flipped('studio', { 'plans/pro/included/perSeat': '31' });
  const at = '2026-01-20T12:00:00.000Z';
  const workspace = openWorkspace(terms, { at: '2026-01-01T00:00:00.000Z' });
  workspace.happens('2026-01-01T00:00:00.000Z', { kind: 'paymentMethodAttached' });
  const start = { kind: 'started', plan: 'pro', interval: 'month' } as const;
  workspace.happens('2026-01-01T00:00:00.000Z', start);
  const window = { start: '2026-01-01T00:00:00.000Z', end: '2026-02-01T00:00:00.000Z' };
  const facts = { life: workspace.life, terms, at, window, availableMicro: micro(0) };
  const daily = [18, 19, 20].map((day) => ({ date: `2026-01-${day}`, usedMicro: credits(1) }));
  expect(forecast({ ...facts, used: daily })?.daysAbove).toBe(0);
  expect(forecast({ ...facts, used: [] })?.exhaustedAt).toBe(at);
});

test('a plan that includes nothing grants nothing, and its seats take nothing back', () => {
  const terms = flipped('studio', {
    'plans/pro/included/perSeat': '0',
    'plans/pro/included/onSeatRemoved': 'clawBack',
  });
  const at = '2026-01-10T09:00:00.000Z';
  const workspace = openWorkspace(terms, { at });
  const effects = [
    ...workspace.happens(at, { kind: 'paymentMethodAttached' }),
    ...workspace.happens(at, { kind: 'started', plan: 'pro', interval: 'month' }),
    ...workspace.happens(at, { kind: 'seatsRequested', purchased: 2 }),
    ...workspace.happens('2026-02-03T09:00:00.000Z', { kind: 'seatsRequested', purchased: 1 }),
  ];
  expect(ofKind(effects, 'grantCredits')).toEqual([]);
  expect(ofKind(effects, 'clawBackIncluded')).toEqual([]);
});
