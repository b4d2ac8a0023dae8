import { expect, test } from 'vitest';
import { advise } from '../../src/domain/advice.ts';
import { minor } from '../../src/domain/money.ts';
import { planOf } from '../../src/domain/terms.ts';
import { flipped } from '../catalog/policies/flip.ts';
import { openWorkspace, termsOf } from './support.ts';
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
