import Stripe from 'stripe';
import { afterEach, describe, expect, test } from 'vitest';
import { PaymentsMissing, PaymentsRefused, PaymentsUnavailable } from '../../src/ports/payments.ts';
import { stepKey } from '../../src/stripe/access.ts';
import { stripePayments } from '../../src/stripe/payments.ts';
import { startAnsweringServer, type Answer } from './support/answering-server.ts';

const stops: (() => Promise<void>)[] = [];

afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

async function answering(...answers: Answer[]) {
  const server = await startAnsweringServer(answers);
  stops.push(server.stop);
  return server;
}

const failed = (status: number, error: object, headers?: Record<string, string>): Answer => ({
  status,
  body: JSON.stringify({ error: { message: 'no', type: 'api_error', ...error } }),
  ...(headers === undefined ? {} : { headers }),
});

const customer: Answer = { status: 200, body: JSON.stringify({ id: 'cus_1', object: 'customer' }) };

const paid: Answer = { status: 200, body: '{"id":"in_1","status":"paid","metadata":{}}' };

const details = {
  product: 'studio',
  workspace: 'w1',
  email: 'a@b.example',
  name: null,
  address: null,
  taxId: null,
};

describe('a provider that cannot be reached', () => {
  test.each<[string, Answer]>([
    ['too many requests', failed(429, { type: 'invalid_request_error', code: 'rate_limit' })],
    ['a lock held by another request', failed(429, { code: 'lock_timeout' })],
    ['a key in use by another request', failed(409, { type: 'idempotency_error' })],
    ['a failure at the provider', failed(500, {})],
    ["a gateway's page", { status: 502, body: '<html>Bad gateway</html>' }],
    ["a gateway's own JSON", { status: 503, body: '{"message":"upstream"}' }],
    ["a proxy's own 404", { status: 404, body: '{"message":"no route"}' }],
    ['a closed connection', 'drop'],
    ['no answer in time', 'silence'],
  ])('is told from %s', async (_name, answer) => {
    const { payments } = await answering(answer);
    await expect(payments.seePayment('pi_1')).rejects.toThrow(PaymentsUnavailable);
  });

  test('is told when nothing listens', async () => {
    const { payments } = await answering(customer);
    await Promise.all(stops.splice(0).map((stop) => stop()));
    await expect(payments.seePayment('pi_1')).rejects.toThrow(PaymentsUnavailable);
  });

  test('is told when our own pace leaves no place in time', async () => {
    const { port, asked } = await answering(paid);
    const slow = stripePayments({
      secretKey: 'sk_test_x',
      apiBase: `http://127.0.0.1:${port}`,
      publicUrl: 'https://billing.example',
      timeoutMs: 250,
      requestsPerSecond: 0.01,
    });
    const asks = await Promise.allSettled([1, 2, 3, 4, 5, 6].map(() => slow.seeInvoice('in_1')));
    expect(asks.map(({ status }) => status)).toEqual([
      ...['fulfilled', 'fulfilled', 'fulfilled', 'fulfilled', 'fulfilled'],
      'rejected',
    ]);
    expect(asks[5]).toMatchObject({ reason: expect.any(PaymentsUnavailable) as unknown });
    expect(asked).toHaveLength(5);
  });

  test('is asked once: trying again is for the caller', async () => {
    const { payments, asked } = await answering(failed(500, {}));
    await expect(payments.updateCustomer('cus_1', details, 'k1')).rejects.toThrow(
      PaymentsUnavailable,
    );
    expect(asked).toEqual([{ route: 'POST /v1/customers/cus_1', key: 'k1' }]);
  });
});

describe('a defect of ours', () => {
  test.each<[string, Answer, new (...args: never[]) => Error]>([
    [
      'a wrong parameter',
      failed(400, { type: 'invalid_request_error', code: 'parameter_unknown' }),
      Stripe.errors.StripeInvalidRequestError,
    ],
    ['a wrong key', failed(401, {}), Stripe.errors.StripeAuthenticationError],
    [
      'a key used for another request',
      failed(400, { type: 'idempotency_error' }),
      Stripe.errors.StripeIdempotencyError,
    ],
  ])('is thrown as it is: %s', async (_name, answer, kind) => {
    const { payments } = await answering(answer);
    await expect(payments.seePayment('pi_1')).rejects.toThrow(kind);
  });
});

test('an object that is not there is told as missing', async () => {
  const gone = failed(404, { type: 'invalid_request_error', code: 'resource_missing' });
  const { payments } = await answering(gone);
  await expect(payments.seePayment('pi_1')).rejects.toThrow(PaymentsMissing);
});

describe('keys', () => {
  const repeated = failed(500, {}, { 'idempotent-replayed': 'true' });

  test('a key for which a failure is repeated is replaced by a fresh one', async () => {
    const { payments, asked } = await answering(repeated, repeated, customer);
    await payments.updateCustomer('cus_1', details, 'k1');
    expect(asked.map(({ key }) => key)).toEqual(['k1', 'k1/fresh1', 'k1/fresh2']);
  });

  test('fresh keys end: a provider that keeps failing is unavailable', async () => {
    const { payments, asked } = await answering(repeated);
    await expect(payments.updateCustomer('cus_1', details, 'k1')).rejects.toThrow(
      PaymentsUnavailable,
    );
    expect(asked).toHaveLength(4);
  });

  test('name their step, and fit into 255 characters', () => {
    expect(stepKey('renewal:2026-02', 'pay', 'pm_1')).toBe('renewal:2026-02/pay/pm_1');
    expect(stepKey('k'.repeat(255))).toHaveLength(255);
    expect(stepKey('k'.repeat(250), 'finalise')).toHaveLength(64);
    expect(stepKey('k'.repeat(250), 'finalise')).not.toBe(stepKey('k'.repeat(250), 'draft'));
  });
});

test.each([
  ['not-a-url', /Invalid URL/],
  ['http://127.0.0.1:1/stripe', /http\(s\):\/\/host:port/],
  ['ftp://127.0.0.1', /http\(s\):\/\/host:port/],
])('the address %s is refused at the start', (apiBase, message) => {
  const settings = { secretKey: 'sk_test_x', apiBase, publicUrl: 'https://billing.example' };
  expect(() => stripePayments(settings)).toThrow(message);
});

describe('a request that the provider will never take', () => {
  test.each<[string, Answer]>([
    ['a wrong parameter', failed(400, { type: 'invalid_request_error', param: 'email' })],
    ['an object that is gone', failed(404, { type: 'invalid_request_error' })],
  ])('is told from %s', async (_name, answer) => {
    const { payments } = await answering(answer);
    await expect(payments.ensureCustomer(details, 'k')).rejects.toThrow(PaymentsRefused);
  });

  test('is not told from a wrong key, which an operator puts right', async () => {
    const { payments } = await answering(failed(401, { type: 'invalid_request_error' }));
    await expect(payments.ensureCustomer(details, 'k')).rejects.not.toThrow(PaymentsRefused);
  });
});
