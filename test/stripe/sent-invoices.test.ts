import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { minor } from '../../src/domain/values/money.ts';
import { customerWith, startEmulated, type Emulated } from './support/emulated.ts';
import { invoicesOf, line, lines, linesOf, upcoming } from './support/mirrors.ts';

let emulated: Emulated;
beforeAll(async () => {
  emulated = await startEmulated();
});
afterAll(() => emulated.stop());

/** Invoice `TG-0008` of 44.71 usd, to be paid within 30 days; each invoice is named by its customer. */
const sent = (customer: string) => ({
  customer,
  invoice: `inv-${customer}`,
  number: 'TG-0008',
  stripeInvoice: null,
  lines,
  totalMinor: minor(4471),
  currency: 'usd',
  key: `send:${customer}`,
  days: 30,
});

describe('sending an invoice', () => {
  test('mirrors it with its lines, to be paid within its days, and charges nothing [4.35]', async () => {
    const { payments, dashboard } = emulated;
    const customer = await customerWith(emulated, 'works');
    const { stripeInvoice, result } = await payments.sendInvoice(sent(customer));
    expect(result).toEqual({ kind: 'sent' });
    const mirror = await dashboard.invoices.retrieve(stripeInvoice);
    expect(mirror).toMatchObject({
      ...{ status: 'open', collection_method: 'send_invoice', total: 4471, amount_paid: 0 },
      metadata: { tollgate_invoice: `inv-${customer}`, tollgate_number: 'TG-0008' },
    });
    expect((mirror.due_date ?? 0) - mirror.created).toBe(30 * 86_400);
    expect(await linesOf(emulated, stripeInvoice)).toHaveLength(2);
  });

  test('answers the same when repeated, and leaves the next invoice’s draft alone', async () => {
    const { payments } = emulated;
    const customer = await customerWith(emulated, 'works');
    const draft = await payments.draftInvoice(upcoming(customer, [line('A seat', 107)], 'monday'));
    const first = await payments.sendInvoice(sent(customer));
    expect(first.stripeInvoice).not.toBe(draft);
    expect(await payments.sendInvoice(sent(customer))).toEqual(first);
    const forgotten = { ...sent(customer), key: `after 24 hours:${customer}` };
    expect(await payments.sendInvoice(forgotten)).toEqual(first);
    expect(await invoicesOf(emulated, customer)).toHaveLength(2);
  });

  test('whose total is another there is left for a person, as a draft', async () => {
    const { payments, dashboard } = emulated;
    const customer = await customerWith(emulated, 'works');
    const other = { ...sent(customer), totalMinor: minor(4470) };
    const { stripeInvoice, result } = await payments.sendInvoice(other);
    expect(result).toEqual({ kind: 'mismatch', oursMinor: 4470n, theirsMinor: 4471n });
    expect((await dashboard.invoices.retrieve(stripeInvoice)).status).toBe('draft');
  });
});

describe('an invoice that was paid elsewhere', () => {
  test('is marked so at Stripe, with or without the mirror known, and again [4.35]', async () => {
    const { payments, dashboard } = emulated;
    const customer = await customerWith(emulated, 'works');
    const { stripeInvoice } = await payments.sendInvoice(sent(customer));
    const paid = { ...sent(customer), key: `paid:${customer}` };
    expect(await payments.markPaid(paid)).toBe('asksNoMore');
    expect((await dashboard.invoices.retrieve(stripeInvoice)).status).toBe('paid');
    expect(await payments.markPaid({ ...paid, stripeInvoice })).toBe('asksNoMore');
  });

  test('is told to have been paid at Stripe as well, where it was', async () => {
    const { payments, dashboard } = emulated;
    const customer = await customerWith(emulated, 'works');
    const { stripeInvoice } = await payments.sendInvoice(sent(customer));
    const [method] = await payments.paymentMethods(customer);
    await dashboard.invoices.pay(stripeInvoice, { payment_method: method?.id ?? '' });
    expect(await payments.markPaid({ ...sent(customer), key: `paid:${customer}` })).toBe(
      'paidHere',
    );
  });

  test('loses its draft where it was never issued there, and needs none', async () => {
    const { payments } = emulated;
    const customer = await customerWith(emulated, 'works');
    const paid = { ...sent(customer), key: `paid:${customer}` };
    expect(await payments.markPaid(paid)).toBe('asksNoMore');
    await payments.sendInvoice({ ...sent(customer), totalMinor: minor(4470) });
    expect(await payments.markPaid({ ...paid, key: `later:${customer}` })).toBe('asksNoMore');
    expect(await invoicesOf(emulated, customer)).toEqual([]);
  });
});
