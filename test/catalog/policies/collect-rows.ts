import { gateClosesAt } from '../../../src/domain/gates/gate.ts';
import type { Terms } from '../../../src/domain/terms/terms.ts';
import { ofKind } from '../../domain/support.ts';
import type { Flip } from './flip.ts';
import { bills, kinds, opened, seats, startPaid } from './lives.ts';

/** A workspace whose first renewal is declined, and what became of it by then. */
const declined = (terms: Terms, until: string) => {
  const { workspace } = startPaid(terms, 'pro', 'month', 'test');
  workspace.card = 'declines';
  const effects = workspace.until(until);
  return { workspace, effects };
};

const gateOf = (terms: Terms, until: string) =>
  ofKind(declined(terms, until).effects, 'setGate').at(-1)?.gate ?? null;

export const dunningFlips: readonly Flip[] = [
  {
    leaves: ['pastDue.retryAfterDays[]'],
    product: 'studio',
    see: (terms) =>
      ofKind(declined(terms, '2026-03-01T00:00:00.000Z').effects, 'collectInvoice').length,
    cases: [
      [{ 'pastDue/retryAfterDays': [] }, 1],
      [{ 'pastDue/retryAfterDays': [3] }, 2],
      [{ 'pastDue/retryAfterDays': [3, 5, 6] }, 4],
    ],
  },
  {
    leaves: ['pastDue.graceDays'],
    product: 'studio',
    see: (terms) => gateClosesAt(opened, terms),
    cases: [
      [{ 'pastDue/graceDays': 14 }, '2026-01-24T09:00:00.000Z'],
      [{ 'pastDue/graceDays': 20 }, '2026-01-30T09:00:00.000Z'],
    ],
  },
  {
    leaves: ['pastDue.credits'],
    product: 'studio',
    see: (terms) => gateOf(terms, '2026-02-12T00:00:00.000Z')?.code,
    cases: [
      [{ 'pastDue/credits': 'keep' }, 'suspended'],
      [{ 'pastDue/credits': 'freeze' }, 'pastDue'],
    ],
  },
  {
    leaves: ['pastDue.finalState', 'pastDue.finalState.plan'],
    product: 'studio',
    see: (terms) => {
      const { subscription } = declined(terms, '2026-03-09T00:00:00.000Z').workspace.life;
      return 'plan' in subscription ? [subscription.status, subscription.plan] : [];
    },
    cases: [
      [{ 'pastDue/finalState': 'suspended' }, ['suspended', 'pro']],
      [{ 'pastDue/finalState': 'canceled' }, ['canceled', 'pro']],
      [{ 'pastDue/finalState': { plan: 'free' } }, ['free', 'free']],
      [{ 'pastDue/finalState': { plan: 'basic' }, 'plans/free/id': 'basic' }, ['free', 'basic']],
    ],
  },
  {
    leaves: ['paymentMethods.effective.dunning'],
    product: 'studio',
    see: (terms) => {
      const { workspace } = declined(terms, '2026-02-11T00:00:00.000Z');
      const attached = { kind: 'paymentMethodAttached' } as const;
      return kinds(workspace.happens('2026-02-11T00:00:00.000Z', attached), 'collectInvoice');
    },
    cases: [
      [{ 'paymentMethods/effective/dunning': 'now' }, ['collectInvoice']],
      [{ 'paymentMethods/effective/dunning': 'nextCycle' }, []],
    ],
  },
];

export const invoiceFlips: readonly Flip[] = [
  {
    leaves: ['invoices.zeroAmount'],
    product: 'studio',
    // A seat given back on the very first day is the whole of the next month's one seat.
    see: (terms) => {
      const { workspace } = startPaid(terms, 'pro');
      workspace.happens(opened, seats(2));
      workspace.until('2026-02-10T12:00:00.000Z');
      workspace.happens('2026-02-10T12:00:00.000Z', seats(1));
      return bills(workspace.until('2026-03-10T12:00:00.000Z')).map((bill) => bill.split(';')[0]);
    },
    cases: [
      [{ 'invoices/zeroAmount': 'skip' }, []],
      [{ 'invoices/zeroAmount': 'issue' }, ['0.00 paid']],
    ],
  },
  {
    leaves: ['invoices.spreadMinutes'],
    product: 'studio',
    see: (terms) => {
      const { workspace } = startPaid(terms, 'pro');
      workspace.until('2026-02-10T09:00:00.000Z');
      const { subscription } = workspace.life;
      return 'invoiceRunAt' in subscription ? subscription.invoiceRunAt : null;
    },
    cases: [
      [{ 'invoices/spreadMinutes': 0 }, null],
      [{ 'invoices/spreadMinutes': 60 }, '2026-02-10T09:56:00.000Z'],
    ],
  },
  {
    leaves: ['invoices.minimumCharge'],
    product: 'studio',
    see: (terms) => bills(startPaid(terms, 'pro').effects),
    cases: [
      [{ 'invoices/minimumCharge': '30.00' }, ['30.00 open; Pro, seats: 30.00']],
      [{ 'invoices/minimumCharge': '30.01' }, ['30.00 carried; Pro, seats: 30.00']],
    ],
  },
];
