import { afterAll, beforeAll, expect, test } from 'vitest';
import { PaymentsUnavailable } from '../../src/ports/payments.ts';
import { stripePayments } from '../../src/stripe/payments.ts';
import { customerWith, startEmulated, type Emulated } from './support/emulated.ts';

let emulated: Emulated;
beforeAll(async () => {
  emulated = await startEmulated();
});
afterAll(() => emulated.stop());

const publicUrl = 'https://billing.example';

test("a customer's objects are stamped with the instant that was told", async () => {
  const { payments, dashboard } = emulated;
  const customer = await customerWith(emulated, null);
  await payments.tellClock(customer, '2027-03-01T12:00:00.000Z');
  const draft = await payments.draftInvoice({
    customer,
    draft: null,
    lines: [],
    currency: 'usd',
    key: 'stamped',
  });
  expect(await dashboard.invoices.retrieve(draft)).toMatchObject({ created: 1_803_902_400 });
});

test.each([
  ['sk_test_x', 'http://127.0.0.1:12111', true],
  ['sk_live_x', 'http://127.0.0.1:12111', false],
  ['rk_live_x', 'http://127.0.0.1:12111', false],
  ['sk_test_x', null, false],
])('with the key %s and the address %s test clocks are possible: %s', (secretKey, apiBase, are) => {
  expect(stripePayments({ secretKey, apiBase, publicUrl }).testClocks).toBe(are);
});

test('telling a clock to Stripe itself is a defect', async () => {
  const payments = stripePayments({ secretKey: 'sk_test_x', apiBase: null, publicUrl });
  await expect(payments.tellClock('cus_1', '2027-03-01T12:00:00.000Z')).rejects.toThrow(
    'only the local emulator has one',
  );
});

test('an emulator that is not running is unavailable', async () => {
  const gone = await startEmulated();
  const customer = await customerWith(gone, null);
  await gone.stop();
  await expect(gone.payments.tellClock(customer, '2027-03-01T12:00:00.000Z')).rejects.toThrow(
    PaymentsUnavailable,
  );
});
