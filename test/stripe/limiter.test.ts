import { expect, test } from 'vitest';
import { createLimiter, endpointOf } from '../../src/stripe/limiter.ts';

const invoices = 'POST /v1/invoices';

test('lets a burst pass at once, then spaces requests evenly', () => {
  const limiter = createLimiter({ perSecond: 25, burst: 3 });
  const waits = [1, 2, 3, 4, 5].map(() =>
    limiter.reserve({ endpoint: invoices, nowMs: 1000, waitMsMax: 1000 }),
  );
  expect(waits).toEqual([0, 0, 0, 40, 80]);
});

test('a pause gives back no more than the burst', () => {
  const limiter = createLimiter({ perSecond: 25, burst: 2 });
  limiter.reserve({ endpoint: invoices, nowMs: 0, waitMsMax: 1000 });
  const waits = [1, 2, 3].map(() =>
    limiter.reserve({ endpoint: invoices, nowMs: 60_000, waitMsMax: 1000 }),
  );
  expect(waits).toEqual([0, 0, 40]);
});

test('one endpoint does not slow another', () => {
  const limiter = createLimiter({ perSecond: 10, burst: 1 });
  limiter.reserve({ endpoint: invoices, nowMs: 0, waitMsMax: 1000 });
  const elsewhere = { endpoint: 'GET /v1/customers/*', nowMs: 0, waitMsMax: 1000 };
  expect(limiter.reserve(elsewhere)).toBe(0);
  expect(limiter.reserve({ endpoint: invoices, nowMs: 0, waitMsMax: 1000 })).toBe(100);
});

test('all endpoints together go four times as fast as one, and no faster', () => {
  const limiter = createLimiter({ perSecond: 10, burst: 1 });
  const waits = ['a', 'b', 'c', 'd', 'e'].map((endpoint) =>
    limiter.reserve({ endpoint, nowMs: 0, waitMsMax: 1000 }),
  );
  expect(waits).toEqual([0, 0, 0, 0, 25]);
});

test('takes no place when the wait would be too long', () => {
  const limiter = createLimiter({ perSecond: 10, burst: 1 });
  limiter.reserve({ endpoint: invoices, nowMs: 0, waitMsMax: 50 });
  expect(limiter.reserve({ endpoint: invoices, nowMs: 0, waitMsMax: 50 })).toBeNull();
  expect(limiter.reserve({ endpoint: invoices, nowMs: 60, waitMsMax: 50 })).toBe(40);
});

test.each([
  ['post', '/v1/invoices', 'POST /v1/invoices'],
  ['POST', '/v1/invoices/in_1QxY2/pay', 'POST /v1/invoices/*/pay'],
  ['GET', '/v1/payment_intents?customer=cus_9s6XKz&limit=100', 'GET /v1/payment_intents'],
  ['GET', '/v1/checkout/sessions/cs_test_a1B2', 'GET /v1/checkout/sessions/*'],
])('%s %s counts as %s', (method, path, endpoint) => {
  expect(endpointOf(method, path)).toBe(endpoint);
});
