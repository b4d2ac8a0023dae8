import { afterAll, beforeAll, expect, test } from 'vitest';
import type { HttpClient } from '../support/http-client.ts';
import { pay } from './support/pay.ts';
import { serveApi, type Served } from './support/served.ts';

let served: Served;
let studio: HttpClient;
const acme = '/api/workspaces/acme';

beforeAll(async () => {
  served = await serveApi();
  studio = await served.client('studio', 'debit', 'read', 'manage');
  const fresh = { plan: 'free', owner: 'ada', testClock: '2026-01-10T10:00:00.000Z' };
  expect((await studio.put(acme, fresh)).status).toBe(201);
});
afterAll(() => served.stop());

test('who has run out, and pays for credits, goes on with the next call [0.34 0.37 1.10 1.11]', async () => {
  const call = { lines: [{ line: 'llm', credits: '4' }] };
  expect((await studio.post(`${acme}/debits`, call)).status).toBe(402);
  const asked = await studio.post(`${acme}/top-ups`, {
    price: { amount: '10.00', currency: 'usd' },
    pay: 'checkout',
    returnTo: 'https://studio.example/editor',
  });
  expect((await studio.post(`${acme}/debits`, call)).status).toBe(402);
  await pay(served, asked.body['checkoutUrl']);
  const next = await studio.post(`${acme}/debits`, call);
  // One credit of Free's month goes first; three of the ten bought ones follow.
  expect(next).toMatchObject({ status: 200, body: { credits: '4.000000', balance: '7.000000' } });
});
