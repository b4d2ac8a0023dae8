import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HttpClient } from '../support/http-client.ts';
import { serveApi, type Served } from './support/served.ts';

let served: Served;
let studio: HttpClient;
const acme = '/api/workspaces/acme';

beforeAll(async () => {
  served = await serveApi();
  studio = await served.client('studio', 'debit', 'read', 'manage');
  const fresh = { plan: 'free', owner: 'ada', testClock: '2026-01-31T10:00:00.000Z' };
  expect((await studio.put(acme, fresh)).status).toBe(201);
  const lines = [
    { line: 'llm', model: 'haiku-4.5', tokens: { input: 100_000, output: 20_000 } },
    { line: 'tools', credits: '0.05' },
  ];
  const charged = await studio.post(`${acme}/debits`, { lines, surface: 'chat', runId: 'run-1' });
  expect(charged.body['credits']).toBe('0.250000');
});
afterAll(async () => {
  await served.stop();
});

describe('balance', () => {
  test('200: every grant, the window and its reset', async () => {
    const { status, body } = await studio.get(`${acme}/balance`);
    expect(status).toBe(200);
    expect(body).toEqual({
      at: '2026-01-31T10:00:00.000Z',
      available: '0.750000',
      held: '0.000000',
      debt: '0.000000',
      grants: [
        {
          id: 1,
          kind: 'included',
          earmark: null,
          granted: '1.000000',
          remaining: '0.750000',
          held: '0.000000',
          spent: '0.250000',
          effectiveAt: '2026-01-31T10:00:00.000Z',
          expiresAt: '2026-02-01T00:00:00.000Z',
        },
      ],
      window: { start: '2026-01-31T10:00:00.000Z', resetsAt: '2026-02-01T00:00:00.000Z' },
      nextIncluded: '1.000000',
      caps: [],
    });
  });

  test('404: a workspace that is not there', async () => {
    expect((await studio.get('/api/workspaces/nobody/balance')).status).toBe(404);
  });
});

describe('entitlements', () => {
  test('200: every feature class with its answer', async () => {
    const { status, body } = await studio.get(`${acme}/entitlements`);
    expect(status).toBe(200);
    const features = [...(body['entitlements'] ?? [])];
    const names = ['ai', 'deploys', 'docs', 'editing', 'preview'];
    expect(
      features.map(({ feature }) => String(feature)).toSorted((a, b) => (a < b ? -1 : 1)),
    ).toEqual(names);
    expect(features.map(({ allowed }) => allowed)).toEqual(names.map(() => true));
  });

  test('200: says why not, and what would help', async () => {
    const broke = { plan: 'free', owner: 'bob', testClock: '2026-01-31T10:00:00.000Z' };
    await studio.put('/api/workspaces/broke', broke);
    const lines = [{ line: 'llm', credits: '1' }];
    await studio.post('/api/workspaces/broke/debits', { lines });
    const { body } = await studio.get('/api/workspaces/broke/entitlements/ai');
    expect(body).toEqual({
      feature: 'ai',
      allowed: false,
      reasons: [{ code: 'outOfCredits', since: null }],
      remedies: ['topUp', 'changePlan'],
    });
  });

  test('404: a feature that the catalog does not name', async () => {
    const { status, body } = await studio.get(`${acme}/entitlements/teleport`);
    expect(status).toBe(404);
    expect(body['detail']).toContain('There is no feature "teleport"');
  });
});

describe('usage', () => {
  test('200: of the running window, by model, with its total', async () => {
    const { status, body } = await studio.get(`${acme}/usage`);
    expect(status).toBe(200);
    expect(body).toEqual({
      from: '2026-01-31T10:00:00.000Z',
      to: '2026-01-31T10:00:00.001Z',
      total: '0.250000',
      overage: null,
      spend: null,
      rows: expect.arrayContaining([
        { by: { model: 'haiku-4.5' }, credits: '0.200000', tokens: '120000', runs: '1' },
        { by: { model: null }, credits: '0.050000', tokens: '0', runs: '1' },
      ]) as unknown,
      forecast: expect.anything() as unknown,
    });
  });

  test('200: with the forecast from the last fourteen days [0.19 0.20]', async () => {
    const { body } = await studio.get(`${acme}/usage?by=`);
    expect(body['forecast']).toMatchObject({
      burnPerDay: '0.250000',
      daysAbove: 0,
      advice: { kind: 'none' },
    });
    const { days } = body['forecast'] as { readonly days: readonly unknown[] };
    expect(days).toHaveLength(14);
    expect(days.at(-1)).toMatchObject({ day: '2026-01-31', used: '0.250000' });
  });

  test('200: by several dimensions of a span', async () => {
    const span = 'from=2026-01-31T00:00:00Z&to=2026-02-01T00:00:00%2B00:00';
    const { body } = await studio.get(`${acme}/usage?by=line,day,surface&${span}`);
    expect(body['rows']).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ by: { line: 'llm', day: '2026-01-31', surface: 'chat' } }),
        expect.objectContaining({ by: { line: 'tools', day: '2026-01-31', surface: 'chat' } }),
      ]),
    );
  });

  test.each([
    ['by=colour', '/by'],
    ['by=model,model', '/by'],
    ['from=yesterday', '/from'],
    ['from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z', '/to'],
    ['until=2026-01-01T00:00:00Z', '/until'],
  ])('422: %s', async (query, pointer) => {
    const { status, body } = await studio.get(`${acme}/usage?${query}`);
    expect(status).toBe(422);
    expect(body['pointers']).toMatchObject([{ in: 'query', pointer }]);
  });
});

describe('ledger', () => {
  test('200: entries newest first, an operation never cut in two', async () => {
    const { body: page } = await studio.get(`${acme}/ledger?limit=1`);
    expect(page['entries']).toMatchObject([
      { ordinal: 1, line: 'tools', credits: '0.050000', from: 'grant', grant: 'included' },
      { ordinal: 0, line: 'llm', credits: '0.200000', runId: 'run-1', rateVersion: 1 },
    ]);
    const { body: next } = await studio.get(`${acme}/ledger?before=${String(page['before'])}`);
    expect(next).toEqual({ entries: [], before: null });
  });

  test('200: the last page names no next one', async () => {
    const { body } = await studio.get(`${acme}/ledger`);
    expect([...(body['entries'] ?? [])]).toHaveLength(2);
    expect(body['before']).toBeNull();
  });

  test.each(['0', '501', 'many', '1.5'])('422: a page of %s', async (limit) => {
    expect((await studio.get(`${acme}/ledger?limit=${limit}`)).status).toBe(422);
  });
});

describe('invoices', () => {
  test('200: none on a free plan [0.22]', async () => {
    const { body } = await studio.get(`${acme}/invoices`);
    expect(body).toEqual({ invoices: [], before: null });
  });

  test('404: an unknown invoice', async () => {
    const id = '00000000-0000-4000-8000-000000000000';
    expect((await studio.get(`${acme}/invoices/${id}`)).status).toBe(404);
  });
});

describe('events', () => {
  test('200: in the order of a cursor that is remembered', async () => {
    const all = async (): Promise<number> => {
      const [row] = await served.owner<{ numbered: number | null }[]>`
        select feed_sequence(1000) as numbered`;
      return row?.numbered ?? 0;
    };
    expect(await all()).toBeGreaterThan(0);
    const { status, body } = await studio.get('/api/events');
    expect(status).toBe(200);
    const events = [...(body['events'] ?? [])];
    expect(events.map(({ cursor }) => cursor)).toEqual(events.map((_, index) => `${index + 1}`));
    const granted = events.find(
      ({ kind, workspace }) => kind === 'granted' && workspace === 'acme',
    );
    expect(granted).toMatchObject({
      seq: '1',
      at: '2026-01-31T10:00:00.000Z',
      data: { kind: 'included', amount: '1.000000', sourceKey: 'included:2026-01' },
    });
    const rest = await studio.get(`/api/events?after=${String(body['after'])}`);
    expect(rest.body).toEqual({ events: [], after: body['after'] });
  });

  test("200: never another product's", async () => {
    const team = await served.client('team', 'read');
    expect((await team.get('/api/events')).body).toEqual({ events: [], after: '0' });
  });
});

describe('catalog', () => {
  test('200: plans with their prices, and what a year saves [0.24 0.25]', async () => {
    const { body } = await studio.get('/api/plans');
    const plans = [...(body['plans'] ?? [])];
    expect(plans.map(({ id }) => id)).toEqual(['free', 'starter', 'pro', 'team', 'enterprise']);
    expect(plans[1]).toMatchObject({
      prices: {
        month: { perSeat: { amount: '15.00', currency: 'usd' } },
        year: { perSeat: { amount: '149.40', currency: 'usd' } },
      },
      quotes: [
        {
          seats: 1,
          month: { amount: '15.00', currency: 'usd' },
          year: { amount: '149.40', currency: 'usd' },
          yearSavesPercent: '17.0',
          included: '20.000000',
          perCredit: { amount: '0.75000000', currency: 'usd' },
        },
        { seats: 5, month: { amount: '75.00' }, year: { amount: '747.00' } },
        { seats: 10 },
        { seats: 25 },
      ],
      trial: { days: 14, credits: '20.000000' },
    });
    expect(body['topUps']).toMatchObject({
      offer: 'packs',
      packs: [{ credits: '10.000000', price: { amount: '10.00', currency: 'usd' } }, {}, {}, {}],
    });
  });

  test('200: prices at the seats that are asked for, and the plans side by side [4.18 K4]', async () => {
    const team = await served.client('team', 'read');
    const { body } = await team.get('/api/plans?seats=5');
    expect([...(body['plans'] ?? [])].find(({ id }) => id === 'team')).toMatchObject({
      quotes: [
        {
          ...{ seats: 5, month: { amount: '109.00' }, year: { amount: '1068.00' } },
          ...{ yearSavesPercent: '18.3', perCredit: { amount: '0.00838462' } },
        },
      ],
    });
    expect([...(body['comparison'] ?? [])]).toContainEqual({
      feature: 'sso',
      plans: { starter: false, pro: false, team: false, enterprise: true },
    });
    expect(await team.get('/api/plans?seats=0')).toMatchObject({
      status: 422,
      body: { pointers: [{ in: 'query', pointer: '/seats' }] },
    });
  });

  test('200: the rate card [0.38]', async () => {
    const { body } = await studio.get('/api/rate-card');
    expect(body).toMatchObject({ version: 1 });
    const haiku = [...(body['rates'] ?? [])].find(({ id }) => id === 'haiku-4.5');
    expect(haiku).toMatchObject({
      unit: 'tokens',
      perTokens: 1_000_000,
      input: '1.000000',
      output: '5.000000',
    });
  });
});

describe('health', () => {
  test('200: alive and ready, without a key', async () => {
    const alive = await fetch(`${served.url}/healthz`);
    expect(await alive.json()).toEqual({ status: 'alive' });
    const ready = await fetch(`${served.url}/readyz`);
    expect(ready.status).toBe(200);
    expect(await ready.json()).toEqual({
      status: 'ready',
      postgres: 'ready',
      temporal: 'ready',
      stripe: 'ready',
    });
  });
});
