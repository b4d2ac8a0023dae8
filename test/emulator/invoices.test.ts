import { describe, expect, test } from 'vitest';
import { emulated, eventTypes, refusalOf, steer } from './support/emulated.ts';

const { stripe, url } = emulated();

const customerWith = async (card: string | null): Promise<string> => {
  const { id } = await stripe().customers.create({ email: 'payer@example.com' });
  if (card !== null) await steer(url(), `customers/${id}/card`, { card });
  return id;
};

const draftOf = (customer: string) =>
  stripe().invoices.create({
    customer,
    currency: 'usd',
    auto_advance: false,
    pending_invoice_items_behavior: 'exclude',
    metadata: { ours: 'T-1' },
  });

const openInvoice = async (customer: string) => {
  const { id } = await draftOf(customer);
  await stripe().invoiceItems.create({ customer, invoice: id, amount: 1200, description: 'Seats' });
  return stripe().invoices.finalizeInvoice(id, { auto_advance: false });
};

describe('invoices', () => {
  test('a draft is filled, issued, paid by the default card, and then unchangeable', async () => {
    const customer = await customerWith('works');
    const draft = await draftOf(customer);
    expect(draft).toMatchObject({ status: 'draft', number: null, total: 0 });
    await stripe().invoiceItems.create({
      customer,
      invoice: draft.id,
      amount: 1200,
      currency: 'usd',
      description: 'Seats, 12 of 30 days',
      period: { start: 1_790_000_000, end: 1_791_036_800 },
    });
    await stripe().invoices.addLines(draft.id, {
      lines: [{ amount: -200, description: 'Unused time' }],
    });
    const issued = await stripe().invoices.finalizeInvoice(draft.id);
    expect(issued).toMatchObject({ status: 'open', total: 1000, amount_due: 1000 });
    expect(issued.number).toMatch(/^[A-Z0-9]{6,8}-0001$/);
    expect(issued.lines.data.map((line) => [line.description, line.amount])).toEqual([
      ['Seats, 12 of 30 days', 1200],
      ['Unused time', -200],
    ]);
    const paid = await stripe().invoices.pay(draft.id);
    expect(paid).toMatchObject({ status: 'paid', amount_paid: 1000, amount_remaining: 0 });
    const refusal = await refusalOf(
      stripe().invoiceItems.create({ customer, invoice: draft.id, amount: 1 }),
    );
    expect(refusal).toMatchObject({ statusCode: 400, code: 'invoice_not_editable' });
    expect(
      (await eventTypes(stripe(), draft.id)).filter((type) => type.startsWith('invoice.')),
    ).toEqual([
      'invoice.created',
      'invoice.updated',
      'invoice.finalized',
      'invoice.paid',
      'invoice.payment_succeeded',
    ]);
  });

  test('the payment of an invoice is found through its payments', async () => {
    const customer = await customerWith('works');
    const { id } = await openInvoice(customer);
    await stripe().invoices.pay(id);
    const seen = await stripe().invoices.retrieve(id, {
      expand: ['payments.data.payment.payment_intent'],
    });
    expect(seen.payments?.data).toMatchObject([
      {
        status: 'paid',
        amount_paid: 1200,
        payment: { type: 'payment_intent', payment_intent: { status: 'succeeded', amount: 1200 } },
      },
    ]);
    const [payment] = (await stripe().invoicePayments.list({ invoice: id })).data;
    expect(payment?.id).toBe(seen.payments?.data[0]?.id);
  });

  test('a decline leaves the invoice open, to be tried again with another card', async () => {
    const customer = await customerWith('insufficientFunds');
    const { id } = await openInvoice(customer);
    const refusal = await refusalOf(stripe().invoices.pay(id));
    expect(refusal).toMatchObject({ statusCode: 402, decline_code: 'insufficient_funds' });
    expect(await stripe().invoices.retrieve(id)).toMatchObject({
      status: 'open',
      attempted: true,
      attempt_count: 1,
    });
    await steer(url(), `customers/${customer}/card`, { card: 'works' });
    expect(await stripe().invoices.pay(id)).toMatchObject({ status: 'paid', attempt_count: 2 });
    expect(await eventTypes(stripe(), id)).toContain('invoice.payment_failed');
  });

  test('without a card there is nothing to pay with', async () => {
    const { id } = await openInvoice(await customerWith(null));
    const refusal = await refusalOf(stripe().invoices.pay(id));
    expect(refusal).toMatchObject({ statusCode: 400, code: 'resource_missing' });
  });

  test('a card that needs its holder leaves the payment waiting for them', async () => {
    const customer = await customerWith('alwaysNeedsAuthentication');
    const { id } = await openInvoice(customer);
    const refusal = await refusalOf(stripe().invoices.pay(id));
    expect(refusal.code).toBe('invoice_payment_intent_requires_action');
    const intent = refusal.payment_intent?.id ?? '';
    expect((await stripe().paymentIntents.retrieve(intent)).status).toBe('requires_action');
    await fetch(`${url()}/authenticate/${intent}`, {
      method: 'POST',
      body: new URLSearchParams({ answer: 'complete' }),
    });
    expect((await stripe().invoices.retrieve(id)).status).toBe('paid');
  });

  test('voiding cancels the payment, and a paid invoice cannot be voided', async () => {
    const customer = await customerWith('works');
    const { id } = await openInvoice(customer);
    expect((await stripe().invoices.voidInvoice(id)).status).toBe('void');
    const [intent] = (await stripe().paymentIntents.list({ customer })).data;
    expect(intent).toMatchObject({ status: 'canceled', cancellation_reason: 'void_invoice' });
    const paid = await openInvoice(customer);
    expect(paid.number).toMatch(/-0002$/);
    await stripe().invoices.pay(paid.id);
    expect((await refusalOf(stripe().invoices.voidInvoice(paid.id))).statusCode).toBe(400);
    expect((await refusalOf(stripe().invoices.pay(paid.id))).message).toBe(
      'Invoice is already paid',
    );
  });

  test('the payment of an invoice ends with the invoice only', async () => {
    const customer = await customerWith('works');
    await openInvoice(customer);
    const [intent] = (await stripe().paymentIntents.list({ customer })).data;
    const refusal = await refusalOf(stripe().paymentIntents.cancel(intent?.id ?? ''));
    expect(refusal.code).toBe('payment_intent_unexpected_state');
  });

  test('pending items are left alone unless they are asked for', async () => {
    const customer = await customerWith('works');
    await stripe().invoiceItems.create({ customer, amount: 700, currency: 'usd' });
    const apart = await openInvoice(customer);
    expect(apart.total).toBe(1200);
    const taking = await stripe().invoices.create({
      customer,
      currency: 'usd',
      pending_invoice_items_behavior: 'include',
    });
    expect(taking.total).toBe(700);
    expect((await stripe().invoiceItems.list({ customer, pending: true })).data).toEqual([]);
  });

  test('lines can be changed and removed while the invoice is a draft', async () => {
    const customer = await customerWith('works');
    const { id } = await draftOf(customer);
    const filled = await stripe().invoices.addLines(id, {
      lines: [
        { amount: 100, description: 'one' },
        {
          quantity: 3,
          price_data: { currency: 'usd', product_data: { name: 'Seat' }, unit_amount: 50 },
        },
      ],
    });
    expect(filled.total).toBe(250);
    const [one, two] = filled.lines.data;
    const changed = await stripe().invoices.updateLines(id, {
      lines: [{ id: two?.id ?? '', quantity: 4 }],
    });
    expect(changed.total).toBe(300);
    const removed = await stripe().invoices.removeLines(id, {
      lines: [{ id: one?.id ?? '', behavior: 'delete' }],
    });
    expect(removed.total).toBe(200);
    const [item] = (await stripe().invoiceItems.list({ invoice: id })).data;
    await stripe().invoiceItems.del(item?.id ?? '');
    expect((await stripe().invoices.retrieve(id)).total).toBe(0);
  });

  test('an invoice carries ten lines, and lists the others', async () => {
    const customer = await customerWith('works');
    const { id } = await draftOf(customer);
    const lines = Array.from({ length: 12 }, (_, index) => ({
      amount: 100,
      description: `line ${index + 1}`,
    }));
    const filled = await stripe().invoices.addLines(id, { lines });
    expect(filled.lines.data).toHaveLength(10);
    expect(filled.lines.has_more).toBe(true);
    expect(filled.total).toBe(1200);
    const all = await stripe().invoices.listLineItems(id).autoPagingToArray({ limit: 100 });
    expect(all.map((line) => line.description)).toEqual(lines.map((line) => line.description));
  });

  test('a negative total is carried on the customer’s balance', async () => {
    const customer = await customerWith('works');
    const { id } = await draftOf(customer);
    await stripe().invoiceItems.create({ customer, invoice: id, amount: -300 });
    expect(await stripe().invoices.finalizeInvoice(id)).toMatchObject({
      status: 'paid',
      amount_due: 0,
      ending_balance: -300,
    });
    expect(await openInvoice(customer)).toMatchObject({ total: 1200, amount_due: 900 });
  });

  test('only a draft can be deleted', async () => {
    const customer = await customerWith('works');
    const { id } = await draftOf(customer);
    expect(await stripe().invoices.del(id)).toMatchObject({ id, deleted: true });
    const { id: open } = await openInvoice(customer);
    expect((await refusalOf(stripe().invoices.del(open))).code).toBe('invoice_not_editable');
    expect((await stripe().invoices.list({ customer, status: 'open' })).data).toHaveLength(1);
  });

  test('an invoice to be sent has a due date, and can be settled outside', async () => {
    const customer = await customerWith(null);
    const { id } = await stripe().invoices.create({
      customer,
      currency: 'usd',
      collection_method: 'send_invoice',
      days_until_due: 30,
    });
    await stripe().invoiceItems.create({ customer, invoice: id, amount: 5000 });
    expect((await stripe().invoices.sendInvoice(id)).status).toBe('open');
    const paid = await stripe().invoices.pay(id, { paid_out_of_band: true });
    expect(paid).toMatchObject({ status: 'paid', amount_paid: 5000 });
  });

  test('the metadata of an issued invoice can change, its text cannot', async () => {
    const { id } = await openInvoice(await customerWith('works'));
    const changed = await stripe().invoices.update(id, { metadata: { number: 'T-9' } });
    expect(changed.metadata).toEqual({ ours: 'T-1', number: 'T-9' });
    const refusal = await refusalOf(stripe().invoices.update(id, { description: 'other' }));
    expect(refusal.code).toBe('invoice_not_editable');
  });
});

test('products and prices can be charged', async () => {
  const customer = await customerWith('works');
  const product = await stripe().products.create({ name: 'Credits' });
  const price = await stripe().prices.create({
    product: product.id,
    currency: 'usd',
    unit_amount: 900,
  });
  const { id } = await draftOf(customer);
  const item = await stripe().invoiceItems.create({
    customer,
    invoice: id,
    pricing: { price: price.id },
    quantity: 2,
  });
  expect(item).toMatchObject({ amount: 1800, quantity: 2 });
  expect((await stripe().prices.list({ product: product.id })).data).toHaveLength(1);
});
