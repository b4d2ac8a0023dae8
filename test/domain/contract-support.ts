import type { Contract } from '../../src/domain/terms/contract.ts';
import type { EventKind } from '../../src/domain/life/lifecycle.ts';
import { micro, minor } from '../../src/domain/values/money.ts';

/** 900 a month and 20 a seat, 500 credits and 10 a seat, a year, net 30; then the same again. */
export const enterprise: Contract = {
  plan: 'enterprise',
  interval: 'month',
  price: { baseMinor: minor(90_000), perSeatMinor: minor(2_000) },
  included: { baseMicro: micro(500_000_000), perSeatMicro: micro(10_000_000) },
  months: 12,
  netDays: 30,
  purchaseOrder: 'PO-7',
  follows: 'renew',
};

export const agree = (change: Partial<Contract> = {}, request = 'contract-1'): EventKind => ({
  kind: 'contractAgreed',
  request,
  contract: { ...enterprise, ...change },
  preview: null,
});

/** What the webhook or an operator tells of an invoice that was sent. */
export const paid = (invoice: string, periodEnd: string): EventKind => ({
  kind: 'invoicePaid',
  invoice,
  reason: 'renewal',
  periodEnd,
});
