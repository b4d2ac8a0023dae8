import { describe, expect, test } from 'vitest';
import { holdToContract } from './support/contract.ts';
import { emulated, eventTypes, refusalOf, steer } from './support/emulated.ts';

const { stripe, url } = emulated();

const customerWith = async (
  account: string,
): Promise<{ customer: string; payment_method: string }> => {
  const { id } = await stripe().customers.create({});
  await moveTo(id, '2026-03-02T09:00:00.000Z');
  const { id: method } = await stripe().paymentMethods.attach(account, { customer: id });
  return { customer: id, payment_method: method };
};

const moveTo = (customer: string, at: string) => steer(url(), 'clock', { customer, at });

const debit = { amount: 2500, currency: 'usd', off_session: true, confirm: true } as const;

describe('a bank debit', () => {
  test('is on its way for four days, and then paid', async () => {
    const payer = await customerWith('pm_usBankAccount_success');
    const { id } = await stripe().paymentIntents.create({ ...debit, ...payer });
    await moveTo(payer.customer, '2026-03-06T08:59:59.000Z');
    const waiting = await stripe().paymentIntents.retrieve(id, { expand: ['latest_charge'] });
    expect(waiting).toMatchObject({
      status: 'processing',
      amount_received: 0,
      latest_charge: { status: 'pending', paid: false },
    });
    holdToContract(waiting);
    await moveTo(payer.customer, '2026-03-06T09:00:00.000Z');
    const paid = await stripe().paymentIntents.retrieve(id, { expand: ['latest_charge'] });
    expect(paid).toMatchObject({
      status: 'succeeded',
      amount_received: 2500,
      latest_charge: {
        status: 'succeeded',
        payment_method_details: { type: 'us_bank_account', us_bank_account: { last4: '6789' } },
      },
    });
    holdToContract(paid);
    expect(await eventTypes(stripe(), id)).toEqual([
      'payment_intent.created',
      'charge.pending',
      'payment_intent.processing',
      'charge.succeeded',
      'payment_intent.succeeded',
    ]);
  });

  test('that the bank turns down fails then, with the bank’s reason', async () => {
    const payer = await customerWith('pm_usBankAccount_insufficientFunds');
    const { id } = await stripe().paymentIntents.create({ ...debit, ...payer });
    await steer(url(), `debits/${id}/answer`, {});
    const failed = await stripe().paymentIntents.retrieve(id);
    expect(failed).toMatchObject({
      status: 'requires_payment_method',
      last_payment_error: {
        code: 'insufficient_funds',
        payment_method: { id: payer.payment_method },
      },
    });
    holdToContract(failed);
    expect((await eventTypes(stripe(), id)).slice(-2)).toEqual([
      'charge.failed',
      'payment_intent.payment_failed',
    ]);
  });

  test('cannot be confirmed or taken back while it is on its way', async () => {
    const payer = await customerWith('pm_usBankAccount_success');
    const { id } = await stripe().paymentIntents.create({ ...debit, ...payer });
    for (const again of [stripe().paymentIntents.confirm(id), stripe().paymentIntents.cancel(id)]) {
      expect(await refusalOf(again)).toMatchObject({ code: 'payment_intent_unexpected_state' });
    }
  });

  test('of an invoice leaves it open until the bank has answered', async () => {
    const payer = await customerWith('pm_usBankAccount_success');
    const invoice = await stripe().invoices.create({
      customer: payer.customer,
      auto_advance: false,
    });
    await stripe().invoiceItems.create({
      ...{ customer: payer.customer, invoice: invoice.id, amount: 1000, currency: 'usd' },
    });
    await stripe().invoices.finalizeInvoice(invoice.id);
    const { payment_method } = payer;
    const waiting = await stripe().invoices.pay(invoice.id, { payment_method });
    expect(waiting).toMatchObject({ status: 'open', attempted: true, amount_remaining: 1000 });
    expect(await refusalOf(stripe().invoices.pay(invoice.id, { payment_method }))).toMatchObject({
      statusCode: 400,
    });
    await moveTo(payer.customer, '2026-03-06T09:00:00.000Z');
    expect(await stripe().invoices.retrieve(invoice.id)).toMatchObject({ status: 'paid' });
  });

  test('in Checkout completes the page unpaid, and tells its end by an event of its own', async () => {
    const { id: customer } = await stripe().customers.create({});
    const session = await stripe().checkout.sessions.create({
      mode: 'payment',
      customer,
      allowed_payment_method_types: ['us_bank_account'],
      line_items: [
        {
          quantity: 1,
          price_data: { currency: 'usd', unit_amount: 1000, product_data: { name: 'Credits' } },
        },
      ],
      payment_intent_data: { setup_future_usage: 'off_session' },
      success_url: 'https://product.example/done',
    });
    const pay = (card: string) => steer(url(), `checkout/${session.id}/pay`, { card });
    await expect(pay('works')).rejects.toThrow('us_bank_account only');
    await pay('bank');
    const done = await stripe().checkout.sessions.retrieve(session.id);
    expect(done).toMatchObject({ status: 'complete', payment_status: 'unpaid' });
    const intent = typeof done.payment_intent === 'string' ? done.payment_intent : 'none';
    await steer(url(), `debits/${intent}/answer`, {});
    expect(await stripe().checkout.sessions.retrieve(session.id)).toMatchObject({
      payment_status: 'paid',
    });
    expect((await eventTypes(stripe(), session.id)).slice(-2)).toEqual([
      'checkout.session.completed',
      'checkout.session.async_payment_succeeded',
    ]);
    const kept = await stripe().paymentMethods.list({ customer, type: 'us_bank_account' });
    expect(kept.data).toMatchObject([{ us_bank_account: { bank_name: 'STRIPE TEST BANK' } }]);
    holdToContract(kept.data[0]);
  });
});
