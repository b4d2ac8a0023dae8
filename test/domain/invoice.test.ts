import { describe, expect, test } from 'vitest';
import { draftInvoice, issue } from '../../src/domain/invoices/invoice.ts';
import type { InvoiceLine, Lifecycle } from '../../src/domain/life/lifecycle.ts';
import { minor } from '../../src/domain/values/money.ts';
import { ofKind, openWorkspace, termsOf } from './support.ts';

const at = '2026-01-10T00:00:00.000Z';
const terms = termsOf('team');
const { life: fresh } = openWorkspace(terms, { at });

const withCredit = (amount: bigint): Lifecycle => ({ ...fresh, accountCreditMinor: minor(amount) });

const line = (amount: bigint): InvoiceLine => ({
  kind: 'base',
  description: 'Team',
  quantity: 1,
  unitMinor: minor(amount),
  amountMinor: minor(amount),
  period: { start: at, end: at },
  days: null,
  member: null,
});

const invoice = (...amounts: readonly bigint[]) =>
  ({
    key: 'renewal:1',
    reason: 'supplementary',
    issuedAt: at,
    period: { start: at, end: at },
    lines: amounts.map(line),
  }) as const;

describe('an invoice’s total', () => {
  // Account credit is positive, a carried debt negative; the smallest charge is 0.50.
  test.each([
    ['a sum is open', 0n, [6_100n], { applied: 0n, total: 6_100n, status: 'open', left: 0n }],
    [
      'credit is netted',
      1_000n,
      [6_100n],
      { applied: -1_000n, total: 5_100n, status: 'open', left: 0n },
    ],
    ['a debt is added', -30n, [6_100n], { applied: 30n, total: 6_130n, status: 'open', left: 0n }],
    [
      'the smallest charge is open',
      0n,
      [50n],
      { applied: 0n, total: 50n, status: 'open', left: 0n },
    ],
    ['less is carried', 0n, [49n], { applied: 0n, total: 49n, status: 'carried', left: -49n }],
    [
      'less than nothing is carried',
      0n,
      [-542n],
      { applied: 0n, total: -542n, status: 'carried', left: 542n },
    ],
    [
      'credit may be left',
      9_000n,
      [6_100n],
      { applied: -9_000n, total: -2_900n, status: 'carried', left: 2_900n },
    ],
    [
      'credit that is just enough pays it',
      6_100n,
      [6_100n],
      { applied: -6_100n, total: 0n, status: 'paid', left: 0n },
    ],
    [
      'small debts add up to a charge',
      -49n,
      [49n],
      { applied: 49n, total: 98n, status: 'open', left: 0n },
    ],
  ] as const)('%s', (_name, credit, amounts, expected) => {
    const { state, effects } = issue(terms, invoice(...amounts))(withCredit(credit));
    const [issued] = ofKind(effects, 'issueInvoice');
    expect({
      applied: issued?.invoice.appliedMinor,
      total: issued?.invoice.totalMinor,
      status: issued?.invoice.status,
      left: state.accountCreditMinor,
    }).toEqual(expected);
  });

  test('that is open is collected, any other is not', () => {
    const collected = (amount: bigint) =>
      ofKind(issue(terms, invoice(amount))(fresh).effects, 'collectInvoice');
    expect(collected(50n)).toEqual([{ kind: 'collectInvoice', invoice: 'renewal:1', try: 1 }]);
    expect(collected(49n)).toEqual([]);
  });

  test('of nothing makes no invoice unless the catalog issues one [0.22]', () => {
    expect(draftInvoice(fresh, terms.invoices, invoice())).toBeNull();
    expect(draftInvoice(fresh, terms.invoices, invoice(100n, -100n))).toBeNull();
    const issues = { ...terms.invoices, zeroAmount: 'issue' } as const;
    expect(draftInvoice(fresh, issues, invoice(100n, -100n))?.status).toBe('paid');
  });
});
