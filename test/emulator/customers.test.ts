import { describe, expect, test } from 'vitest';
import { emulated, eventTypes, refusalOf } from './support/emulated.ts';

const { stripe } = emulated();

describe('customers', () => {
  test('a customer keeps what it was made with', async () => {
    const made = await stripe().customers.create({
      email: 'ada@example.com',
      name: 'Ada',
      address: { line1: 'Main St 1', city: 'Łódź', country: 'PL' },
      metadata: { workspace: 'w1' },
    });
    expect(made.id).toMatch(/^cus_[A-Za-z0-9]{14}$/);
    const seen = await stripe().customers.retrieve(made.id);
    expect(seen).toMatchObject({
      email: 'ada@example.com',
      address: { line1: 'Main St 1', city: 'Łódź', country: 'PL', line2: null },
      metadata: { workspace: 'w1' },
      invoice_settings: { default_payment_method: null },
    });
  });

  test('metadata is merged, and an empty text removes a key', async () => {
    const { id } = await stripe().customers.create({ metadata: { a: '1', b: '2' } });
    const merged = await stripe().customers.update(id, { metadata: { b: '', c: '3' } });
    expect(merged.metadata).toEqual({ a: '1', c: '3' });
    const emptied = await stripe().customers.update(id, { metadata: '' });
    expect(emptied.metadata).toEqual({});
  });

  test('an update event names the former values of what changed, and nothing else', async () => {
    const { id } = await stripe().customers.create({ name: 'Before', metadata: { kept: 'yes' } });
    await stripe().customers.update(id, { name: 'After' });
    const [event] = (await stripe().events.list({ type: 'customer.updated', limit: 1 })).data;
    expect(event?.data.previous_attributes).toEqual({ name: 'Before' });
  });

  test('a deleted customer is shown as deleted, and refuses everything else', async () => {
    const { id } = await stripe().customers.create({});
    expect(await stripe().customers.del(id)).toMatchObject({ id, deleted: true });
    expect(await stripe().customers.retrieve(id)).toMatchObject({ id, deleted: true });
    const refusal = await refusalOf(stripe().customers.update(id, { name: 'x' }));
    expect(refusal).toMatchObject({ statusCode: 404, code: 'resource_missing' });
    expect(await eventTypes(stripe(), id)).toEqual(['customer.created', 'customer.deleted']);
  });

  test('lists are paged from the newest, in both directions', async () => {
    const email = 'paged@example.com';
    const ids: string[] = [];
    for (let count = 0; count < 5; count += 1) {
      ids.unshift((await stripe().customers.create({ email })).id);
    }
    const first = await stripe().customers.list({ email, limit: 2 });
    expect(first.data.map((each) => each.id)).toEqual(ids.slice(0, 2));
    expect(first.has_more).toBe(true);
    const last = await stripe().customers.list({ email, limit: 2, starting_after: ids[2] ?? '' });
    expect(last.data.map((each) => each.id)).toEqual(ids.slice(3, 5));
    expect(last.has_more).toBe(false);
    const before = await stripe().customers.list({ email, limit: 2, ending_before: ids[3] ?? '' });
    expect(before.data.map((each) => each.id)).toEqual(ids.slice(1, 3));
    expect(before.has_more).toBe(true);
    const all = await stripe().customers.list({ email, limit: 2 }).autoPagingToArray({ limit: 50 });
    expect(all.map((each) => each.id)).toEqual(ids);
  });

  test('tax ids are the customer’s own', async () => {
    const { id } = await stripe().customers.create({
      tax_id_data: [{ type: 'eu_vat', value: 'DE123456789' }],
    });
    const other = await stripe().customers.create({});
    const [taxId] = (await stripe().customers.listTaxIds(id)).data;
    expect(taxId).toMatchObject({ type: 'eu_vat', value: 'DE123456789', country: 'DE' });
    const refusal = await refusalOf(stripe().customers.retrieveTaxId(other.id, taxId?.id ?? ''));
    expect(refusal.code).toBe('resource_missing');
    const added = await stripe().customers.createTaxId(id, { type: 'ch_vat', value: 'CHE-1' });
    const seen = await stripe().customers.retrieve(id, { expand: ['tax_ids'] });
    expect(JSON.stringify(seen)).toContain(added.id);
    await stripe().customers.deleteTaxId(id, added.id);
    expect((await stripe().customers.listTaxIds(id)).data).toHaveLength(1);
  });
});

describe('payment methods', () => {
  test('each attachment of a test id makes a new method of the same card', async () => {
    const { id } = await stripe().customers.create({});
    const one = await stripe().paymentMethods.attach('pm_card_visa', { customer: id });
    const two = await stripe().paymentMethods.attach('pm_card_visa', { customer: id });
    expect(one.id).not.toBe(two.id);
    expect(one).toMatchObject({ customer: id, card: { brand: 'visa', last4: '4242' } });
    expect(one.card?.fingerprint).toBe(two.card?.fingerprint);
    const listed = await stripe().paymentMethods.list({ customer: id, type: 'card' });
    expect(listed.data.map((each) => each.id)).toEqual([two.id, one.id]);
    expect((await stripe().customers.listPaymentMethods(id)).data).toHaveLength(2);
  });

  test.each([
    ['pm_card_chargeDeclined', 'generic_decline'],
    ['pm_card_visa_chargeDeclinedInsufficientFunds', 'insufficient_funds'],
  ])('%s is declined when it is attached', async (card, declineCode) => {
    const { id } = await stripe().customers.create({});
    const refusal = await refusalOf(stripe().paymentMethods.attach(card, { customer: id }));
    expect(refusal).toMatchObject({
      statusCode: 402,
      type: 'StripeCardError',
      code: 'card_declined',
      decline_code: declineCode,
    });
    expect((await stripe().paymentMethods.list({ customer: id })).data).toEqual([]);
  });

  test('a token makes a card that can be attached', async () => {
    const { id } = await stripe().customers.create({});
    const made = await stripe().paymentMethods.create({
      type: 'card',
      card: { token: 'tok_mastercard' },
    });
    expect(made.customer).toBeNull();
    const attached = await stripe().paymentMethods.attach(made.id, { customer: id });
    expect(attached).toMatchObject({ id: made.id, card: { brand: 'mastercard', last4: '4444' } });
  });

  test('a detached method is no longer the default, and can never be used again', async () => {
    const { id } = await stripe().customers.create({
      payment_method: 'pm_card_visa',
      invoice_settings: { default_payment_method: 'pm_card_visa' },
    });
    const [card] = (await stripe().paymentMethods.list({ customer: id })).data;
    const paid = await stripe().customers.retrieve(id);
    expect(paid).toMatchObject({ invoice_settings: { default_payment_method: card?.id } });
    await stripe().paymentMethods.detach(card?.id ?? '');
    const after = await stripe().customers.retrieve(id);
    expect(after).toMatchObject({ invoice_settings: { default_payment_method: null } });
    const refusal = await refusalOf(
      stripe().paymentMethods.attach(card?.id ?? '', { customer: id }),
    );
    expect(refusal.message).toContain('previously detached');
  });

  test('only an attached method can be the default', async () => {
    const one = await stripe().customers.create({ payment_method: 'pm_card_visa' });
    const [card] = (await stripe().paymentMethods.list({ customer: one.id })).data;
    const other = await stripe().customers.create({});
    const refusal = await refusalOf(
      stripe().customers.update(other.id, {
        invoice_settings: { default_payment_method: card?.id ?? '' },
      }),
    );
    expect(refusal.code).toBe('resource_missing');
  });
});
