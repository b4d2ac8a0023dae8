import { expect, test } from 'vitest';
import type { EventKind } from '../../src/domain/life/lifecycle.ts';
import { minor } from '../../src/domain/values/money.ts';
import { linesOf, ofKind, openWorkspace, termsOf } from './support.ts';

const at = '2026-01-11T09:00:00.000Z';
const inMarch = '2026-03-01T09:00:00.000Z';

const byCheckout = termsOf('studio', (terms) => {
  const upgrade = { ...terms.planChange.upgrade, requiresCheckout: true } as const;
  return { ...terms, planChange: { ...terms.planChange, upgrade } };
});

const workshop: EventKind = {
  ...{ kind: 'invoiceRequested', request: 'r1', dueInDays: 1 },
  lines: [{ description: 'Workshop', quantity: 1, unitMinor: minor(100_00) }],
  note: { purchaseOrder: null, memo: null },
};

test('a checkout that is paid when the plan’s term is over gives back none of it: all its days were held', () => {
  const workspace = openWorkspace(byCheckout, { at });
  workspace.happens(at, { kind: 'paymentMethodAttached' });
  workspace.happens(at, { kind: 'started', plan: 'pro', interval: 'month' });
  const opened = workspace.happens(at, {
    ...{ kind: 'planChangeRequested', plan: 'team', interval: 'year', payment: 'p1' },
    ...{ returnTo: 'https://example.test', preview: null },
  });
  const [purchase] = ofKind(opened, 'openCheckout').map((effect) => effect.purchase);
  expect(linesOf(purchase?.lines ?? [])).toEqual([
    'Team, seats: 597.60',
    'Unused time: Pro, seats, 31 of 31 days: -30.00',
  ]);
  expect(purchase?.totalMinor).toBe(567_60n);
  // Suspended in January over an invoice by hand, the plan is not renewed in February.
  workspace.happens(at, workshop);
  workspace.until(inMarch);
  expect(workspace.life.subscription).toMatchObject({
    ...{ status: 'suspended', plan: 'pro', term: { end: '2026-02-11T09:00:00.000Z' } },
  });
  const totalMinor = minor(567_60);
  workspace.happens(inMarch, { kind: 'planPurchasePaid', payment: 'p1', totalMinor });
  expect(workspace.life.subscription).toMatchObject({
    ...{ plan: 'team', term: { start: inMarch, end: '2027-03-01T09:00:00.000Z' } },
  });
  expect(linesOf(workspace.life.upcoming)).toEqual([
    'Team: changes since the checkout was opened: 30.00',
  ]);
});
