import { minor } from '../../../src/domain/values/money.ts';
import type { MirrorLine } from '../../../src/ports/payments.ts';
import type { Emulated } from './emulated.ts';

export const line = (description: string, amount: number): MirrorLine => ({
  description,
  amountMinor: minor(amount),
});

/** Together 44.71. */
export const lines = [
  line('Team, February', 4900),
  line('Seat of Ada removed, 12 of 28 days', -429),
];

/** The draft of a customer's next run; keys are made from the customer, so tests do not share them. */
export const upcoming = (customer: string, wanted: readonly MirrorLine[], key: string) => ({
  customer,
  draft: null,
  lines: wanted,
  currency: 'usd',
  key: `${key}:${customer}`,
});

/** The lines of an invoice as the dashboard shows them. */
export async function linesOf({ dashboard }: Emulated, invoice: string) {
  const { data } = await dashboard.invoices.listLineItems(invoice, { limit: 100 });
  return data.map(({ description, amount }) => [description, amount]);
}

export const invoicesOf = async ({ dashboard }: Emulated, customer: string) =>
  (await dashboard.invoices.list({ customer })).data;
