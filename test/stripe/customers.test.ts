import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { minor } from '../../src/domain/values/money.ts';
import { customerWith, startEmulated, studio, type Emulated } from './support/emulated.ts';

let emulated: Emulated;
beforeAll(async () => {
  emulated = await startEmulated();
});
afterAll(() => emulated.stop());

describe('a customer', () => {
  test('carries its product, workspace, and whom it is billed to [2.41]', async () => {
    const { payments, dashboard } = emulated;
    const at = { line1: '1 Main St', line2: null, city: 'Austin' };
    const address = { ...at, region: 'TX', postalCode: '78701', country: 'US' };
    const details = { ...studio, name: 'Acme Inc.', address, taxId: 'DE123456789' };
    const customer = await payments.ensureCustomer(details, 'new:1');
    expect(await dashboard.customers.retrieve(customer)).toMatchObject({
      email: 'owner@studio.example',
      name: 'Acme Inc.',
      address: {
        ...{ line1: '1 Main St', city: 'Austin', state: 'TX', postal_code: '78701', country: 'US' },
      },
      metadata: { tollgate_product: 'studio', tollgate_workspace: 'w1' },
      invoice_settings: { footer: 'Tax ID: DE123456789' },
    });
  });

  test('is made once per key, also when its details changed between two attempts', async () => {
    const { payments, dashboard } = emulated;
    const first = await payments.ensureCustomer(studio, 'new:2');
    const again = await payments.ensureCustomer(
      { ...studio, email: 'new@studio.example' },
      'new:2',
    );
    expect(again).toBe(first);
    expect(await dashboard.customers.retrieve(first)).toMatchObject({
      email: 'new@studio.example',
    });
  });

  test('loses a name, an address, an email and a tax id that were taken away', async () => {
    const { payments, dashboard } = emulated;
    const at = { line1: '1 Main St', line2: null, city: 'Bath' };
    const address = { ...at, region: null, postalCode: null, country: 'GB' };
    const full = { ...studio, name: 'Acme', address, taxId: 'X1' };
    const customer = await payments.ensureCustomer(full, 'new:3');
    await payments.updateCustomer(customer, { ...studio, email: null, taxId: null }, 'update:3');
    expect(await dashboard.customers.retrieve(customer)).toMatchObject({
      email: null,
      name: null,
      address: null,
      invoice_settings: { footer: null },
    });
  });
});

describe('payment methods', () => {
  test('are shown newest first, by brand and last digits', async () => {
    const { payments, dashboard } = emulated;
    const customer = await customerWith(emulated, null);
    await dashboard.paymentMethods.attach('pm_card_visa', { customer });
    await dashboard.paymentMethods.attach('pm_card_mastercard', { customer });
    const methods = await payments.paymentMethods(customer);
    expect(methods.map(({ kind, brand, last4 }) => [kind, brand, last4])).toEqual([
      ['card', 'mastercard', '4444'],
      ['card', 'visa', '4242'],
    ]);
  });

  test('of one card have one fingerprint, whoever holds it', async () => {
    const { payments, dashboard } = emulated;
    const fingerprints = [];
    for (const customer of [
      await customerWith(emulated, null),
      await customerWith(emulated, null),
    ]) {
      await dashboard.paymentMethods.attach('pm_card_visa', { customer });
      const [card] = await payments.paymentMethods(customer);
      fingerprints.push(card?.fingerprint);
    }
    expect(fingerprints[0]).toEqual(expect.any(String));
    expect(fingerprints[1]).toBe(fingerprints[0]);
  });

  test('none are shown for a new customer', async () => {
    const { payments } = emulated;
    expect(await payments.paymentMethods(await customerWith(emulated, null))).toEqual([]);
  });

  test('the one chosen as default is the one charged', async () => {
    const { payments, dashboard } = emulated;
    const customer = await customerWith(emulated, null);
    const works = await dashboard.paymentMethods.attach('pm_card_visa', { customer });
    await dashboard.paymentMethods.attach('pm_card_chargeCustomerFail', { customer });
    await payments.useByDefault(customer, works.id, 'default:1');
    const charge = {
      customer,
      payment: 'pay_default',
      line: { description: 'Top-up', amountMinor: minor(1000) },
      currency: 'usd',
      method: null,
      key: 'charge:default',
    };
    expect(await payments.charge(charge)).toMatchObject({ kind: 'succeeded' });
  });
});
