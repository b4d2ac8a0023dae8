import { expect, test } from 'vitest';
import type { EventKind } from '../../src/domain/life/lifecycle.ts';
import type { Interval } from '../../src/domain/terms/terms.ts';
import { minor } from '../../src/domain/values/money.ts';
import { grantsIn, linesOf, ofKind, openWorkspace, termsOf } from './support.ts';

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

/** On Pro since January with a checkout open for Team, and suspended in January over an invoice by hand. */
function suspendedWith(interval: Interval) {
  const workspace = openWorkspace(byCheckout, { at });
  workspace.happens(at, { kind: 'paymentMethodAttached' });
  workspace.happens(at, { kind: 'started', plan: 'pro', interval: 'month' });
  const opened = workspace.happens(at, {
    ...{ kind: 'planChangeRequested', plan: 'team', interval, payment: 'p1' },
    ...{ returnTo: 'https://example.test', preview: null },
  });
  const quote = ofKind(opened, 'openCheckout').flatMap(({ purchase }) => linesOf(purchase.lines));
  workspace.happens(at, workshop);
  workspace.until('2026-02-01T09:00:00.000Z');
  expect(workspace.life.subscription).toMatchObject({
    ...{ status: 'suspended', plan: 'pro', term: { end: '2026-02-11T09:00:00.000Z' } },
  });
  return { workspace, quote };
}

const paid = (totalMinor: number): EventKind => ({
  ...{ kind: 'planPurchasePaid', payment: 'p1', totalMinor: minor(totalMinor) },
});

const settled: EventKind = {
  ...{ kind: 'invoicePaid', invoice: 'manual:r1', reason: 'manual', periodEnd: at },
};

test('a plan of a term of its own, paid when the old term is over: none of that is given back, it was all held', () => {
  const { workspace, quote } = suspendedWith('year');
  expect(quote).toEqual(['Team, seats: 597.60', 'Unused time: Pro, seats, 31 of 31 days: -30.00']);
  workspace.happens(inMarch, paid(567_60));
  expect(workspace.life.subscription).toMatchObject({
    ...{ plan: 'team', term: { start: inMarch, end: '2027-03-01T09:00:00.000Z' } },
  });
  expect(linesOf(workspace.life.upcoming)).toEqual([
    'Team: changes since the checkout was opened: 30.00',
  ]);
});

test('a plan for the rest of a term, paid when that is over: it is given back, and the next term is the plan’s', () => {
  const { workspace, quote } = suspendedWith('month');
  expect(quote).toEqual([
    'Remaining time: Team, seats, 31 of 31 days: 60.00',
    'Unused time: Pro, seats, 31 of 31 days: -30.00',
  ]);
  expect(grantsIn(workspace.happens(inMarch, paid(30_00)))).toEqual([]);
  const back = workspace.happens(inMarch, settled);
  expect(grantsIn(back)).toEqual(['included:2026-03: 100 until 2026-04-01T00:00:00.000Z']);
  expect(ofKind(back, 'issueInvoice').map(({ invoice }) => linesOf(invoice.lines))).toEqual([
    ['Team: changes since the checkout was opened: -30.00', 'Team, seats: 60.00'],
  ]);
});

test('a plan for the rest of a term, paid when its window is over: the window of the day is granted, once', () => {
  const { workspace } = suspendedWith('month');
  const inFebruary = '2026-02-05T09:00:00.000Z';
  expect(grantsIn(workspace.happens(inFebruary, paid(30_00)))).toEqual([]);
  expect(grantsIn(workspace.happens(inFebruary, settled))).toEqual([
    'included:2026-02: 100 until 2026-03-01T00:00:00.000Z',
  ]);
  // Six of 31 days are left: 11.61 for Team, less 5.81 for Pro.
  expect(linesOf(workspace.life.upcoming)).toEqual([
    'Team: changes since the checkout was opened: -24.20',
  ]);
});
