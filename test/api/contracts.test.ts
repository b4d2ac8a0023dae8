import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HttpClient } from '../support/http-client.ts';
import { serveApi, type Served } from './support/served.ts';

let served: Served;
let admin: HttpClient;
let manager: HttpClient;

beforeAll(async () => {
  served = await serveApi();
  admin = await served.client('studio', 'admin', 'manage', 'read');
  manager = await served.client('studio', 'manage', 'read');
});
afterAll(() => served.stop());

const usd = (amount: string) => ({ amount, currency: 'usd' });
const contract = {
  plan: 'enterprise',
  interval: 'quarter',
  price: { base: usd('2700.00'), perSeat: usd('60.00') },
  included: { base: '500', perSeat: '10' },
  months: 12,
  netDays: 30,
  follows: 'renew',
};

const make = async (id: string, plan = 'free'): Promise<string> => {
  const testClock = '2026-01-10T12:00:00.000Z';
  const made = await admin.put(`/api/workspaces/${id}`, { plan, owner: id, testClock });
  expect(made.status).toBe(201);
  return `/api/workspaces/${id}/contract`;
};

test('a contract is an operator’s to make: a key that manages may only see it [4.04]', async () => {
  const path = await make('acme');
  expect((await manager.get(path)).status).toBe(200);
  expect((await manager.put(path, contract)).status).toBe(403);
  expect((await manager.delete(path)).status).toBe(403);
});

test('it is shown as it was agreed on, with its end [4.35]', async () => {
  const path = await make('shown');
  expect((await admin.get(path)).body).toEqual({ running: null, next: null });
  const agreed = await admin.put(path, contract);
  expect(agreed).toMatchObject({
    status: 200,
    body: {
      running: { ...contract, included: { base: '500.000000', perSeat: '10.000000' } },
      next: null,
    },
  });
  expect(agreed.body['running']).toMatchObject({
    agreedAt: '2026-01-10T12:00:00.000Z',
    endsAt: '2027-01-10T12:00:00.000Z',
    purchaseOrder: null,
  });
  expect((await admin.get(path)).body).toEqual(agreed.body);
});

test('the plans of its workspace show it at its figures; the published ones, and others, do not [4.04]', async () => {
  const path = await make('priced');
  await make('plain');
  const agreed = await admin.put(path, contract);
  const planOf = async (plans: string) => {
    const { status, body } = await manager.get(`${plans}?seats=5`);
    expect(status).toBe(200);
    // The answer's shape is the route's own schema, which the server has checked.
    const listed = body['plans'] as readonly { readonly id: string }[];
    return { contract: body['contract'], plan: listed.find(({ id }) => id === 'enterprise') };
  };
  expect(await planOf('/api/workspaces/priced/plans')).toMatchObject({
    contract: agreed.body,
    plan: {
      selfServe: false,
      prices: { month: null, quarter: contract.price, year: null },
      included: { base: '500.000000', perSeat: '10.000000' },
      quotes: [{ seats: 5, quarter: usd('3000.00'), included: '550.000000' }],
    },
  });
  const published = { prices: { month: null, quarter: null, halfYear: null, year: null } };
  expect(await planOf('/api/workspaces/plain/plans')).toMatchObject({
    contract: { running: null, next: null },
    plan: published,
  });
  expect((await planOf('/api/plans')).plan).toMatchObject(published);
  expect((await manager.get('/api/workspaces/nobody/plans')).status).toBe(404);
});

test('a preview shows what then happens, and is confirmed only as it was shown', async () => {
  const path = await make('previewed');
  const shown = await admin.put(path, { ...contract, preview: true });
  expect(shown).toMatchObject({
    status: 200,
    body: {
      ...{ when: 'now', dueAt: '2026-02-10T00:00:00.000Z' },
      charge: { total: usd('2760.00'), isCarried: false },
    },
  });
  expect((await admin.get(path)).body).toEqual({ running: null, next: null });
  const { previewToken } = shown.body;
  const other = await admin.put(path, { ...contract, netDays: 60, previewToken });
  expect(other).toMatchObject({ status: 409, body: { code: 'previewStale' } });
  const agreed = await admin.put(path, { ...contract, previewToken });
  expect(agreed.status).toBe(200);
  const { body } = await admin.get('/api/workspaces/previewed/invoices');
  expect(body['invoices'][0]).toMatchObject({ total: usd('2760.00'), dueAt: shown.body['dueAt'] });
  const { body: balance } = await admin.get('/api/workspaces/previewed/balance');
  expect(balance['available']).toBe(shown.body['credits']['after']);
});

test('the same contract again is no second one, and stands in the audit log with who asked', async () => {
  const path = await make('twice');
  const first = await admin.put(path, contract);
  const again = await admin.put(path, contract);
  expect(again.body).toEqual(first.body);
  const { body } = await admin.get('/api/workspaces/twice/invoices');
  expect(body['invoices']).toHaveLength(1);
  const noted = await served.owner`select a.actor, a.data -> 'contract' ->> 'months' as months
    from audit_log a join workspace w on w.id = a.workspace_id
    where w.external_id = 'twice' and a.action = 'agreeContract'`;
  expect(noted[0]).toMatchObject({ months: '12' });
  expect(noted[0]?.['actor']).toMatch(/^key:/);
});

describe('what is no contract is refused', () => {
  test.each([
    [{ months: 0 }, '/months'],
    [{ months: 121 }, '/months'],
    [{ months: 10 }, '/months'],
    [{ netDays: 121 }, '/netDays'],
    [{ netDays: -1 }, '/netDays'],
    [{ interval: 'week' }, '/interval'],
    [{ purchaseOrder: 'two\nlines' }, '/purchaseOrder'],
    [{ price: { base: usd('1.00') } }, '/price/perSeat'],
    [{ price: { base: usd('-1.00'), perSeat: usd('0.00') } }, '/price/base/amount'],
    [{ price: { base: usd('1000000.00'), perSeat: usd('0.00') } }, '/price/base'],
    [
      { price: { base: { amount: '1.00', currency: 'eur' }, perSeat: usd('0.00') } },
      '/price/base/currency',
    ],
    [{ included: { base: '1.0000001', perSeat: '0' } }, '/included/base'],
    [{ preview: true, previewToken: '00000000-0000-7000-8000-000000000000' }, '/previewToken'],
    [{ discount: '10' }, '/discount'],
  ])('%j', async (change, pointer) => {
    const refused = await admin.put('/api/workspaces/acme/contract', { ...contract, ...change });
    expect(refused).toMatchObject({ status: 422, body: { pointers: [{ pointer }] } });
  });

  test.each([
    [{ plan: 'gold' }, 422, 'unknownPlan'],
    [{ plan: 'pro' }, 409, 'cannotAgree'],
    [{ follows: { plan: 'enterprise', interval: 'month' } }, 409, 'cannotAgree'],
    [{ previewToken: '00000000-0000-7000-8000-000000000000' }, 409, 'previewStale'],
  ])('%j is %i %s', async (change, status, code) => {
    const refused = await admin.put('/api/workspaces/acme/contract', { ...contract, ...change });
    expect(refused).toMatchObject({ status, body: { code } });
  });

  test('and there is none to end where none runs', async () => {
    expect(await admin.delete('/api/workspaces/acme/contract')).toMatchObject({
      status: 409,
      body: { code: 'noContract' },
    });
  });
});
