import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HttpClient } from '../support/http-client.ts';
import { serveApi, type Served } from './support/served.ts';

let served: Served;
let agents: HttpClient;
const debits = '/api/workspaces/acme/debits';

beforeAll(async () => {
  served = await serveApi();
  agents = await served.client('agents', 'debit', 'record', 'read', 'manage');
  // A trial of Pro holds 10 dollars of credits.
  const acme = { plan: 'pro', owner: 'ada', testClock: '2026-01-31T10:00:00.000Z' };
  expect((await agents.put('/api/workspaces/acme', acme)).status).toBe(201);
});
afterAll(() => served.stop());

const llm = { line: 'llm', model: 'claude-sonnet-4.6', tokens: { input: 100_000, output: 10_000 } };
const tools = { line: 'tools', rate: 'browser', quantity: 3 };
const storage = { line: 'storage', rate: 'knowledge-base', quantity: 73_000 };

describe('a run', () => {
  test('charges its three lines: model, integrations, storage [4.12 4.21 4.22 4.23 4.24]', async () => {
    const { status, body } = await agents.post(debits, {
      lines: [llm, tools, storage],
      agent: 'researcher',
      runId: 'run-1',
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      credits: '0.505000',
      balance: '9.495000',
      entries: [
        { line: 'llm', model: 'claude-sonnet-4.6', credits: '0.450000' },
        { line: 'tools', model: 'browser', credits: '0.030000' },
        { line: 'storage', model: 'knowledge-base', credits: '0.025000' },
      ],
    });
  });

  test('records a line that it does not have as zero [4.21]', async () => {
    const { body } = await agents.post(debits, { lines: [tools], runId: 'run-2' });
    expect(body).toMatchObject({
      credits: '0.030000',
      entries: [
        { line: 'tools', credits: '0.030000' },
        { line: 'llm', model: null, credits: '0.000000', from: 'nothing' },
        { line: 'storage', model: null, credits: '0.000000', from: 'nothing' },
      ],
    });
  });

  test('shows its lines again when a hold is settled [4.21]', async () => {
    const held = await agents.post('/api/workspaces/acme/holds', { lines: [llm] });
    expect(held).toMatchObject({ status: 200, body: { credits: '0.450000' } });
    const settled = await agents.post(
      `/api/workspaces/acme/holds/${String(held.body['id'])}/settle`,
      {
        lines: [llm, storage],
      },
    );
    const entries = [{ line: 'llm' }, { line: 'storage' }, { line: 'tools' }];
    expect(settled).toMatchObject({ status: 200, body: { credits: '0.475000', entries } });
  });

  test('can be looked at by line and day [4.25 4.34]', async () => {
    const { body } = await agents.get('/api/workspaces/acme/usage?by=line');
    expect([...(body['rows'] ?? [])]).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ by: { line: 'llm' }, credits: '0.900000' }),
        expect.objectContaining({ by: { line: 'tools' }, credits: '0.060000' }),
        expect.objectContaining({ by: { line: 'storage' }, credits: '0.050000' }),
      ]),
    );
  });
});

describe('422', () => {
  test('a fourth line is refused, and the three are named [4.21]', async () => {
    expect(await agents.post(debits, { lines: [{ line: 'misc', credits: '1' }] })).toMatchObject({
      status: 422,
      body: {
        code: 'invalidRequest',
        pointers: [
          { in: 'body', pointer: '/lines/0/line', message: 'must be one of llm, tools, storage' },
        ],
      },
    });
  });

  test.each([
    [
      'a rate that is not on the card',
      { line: 'tools', rate: 'browsr', quantity: 1 },
      '/lines/0/rate',
      'is not on the rate card. Did you mean "browser"?',
    ],
    [
      'a model where a rate belongs',
      { line: 'llm', rate: 'claude-sonnet-4.6', quantity: 1 },
      '/lines/0/rate',
      'is not on the rate card.',
    ],
    [
      'a quantity without a rate',
      { line: 'tools', quantity: 1 },
      '/lines/0/rate',
      'needs a quantity with it, and a quantity needs a rate',
    ],
    [
      'a quantity and credits',
      { line: 'tools', rate: 'browser', quantity: 1, credits: '1' },
      '/lines/0/tokens',
      'needs either tokens, a quantity or credits',
    ],
  ])('%s', async (_what, line, pointer, message) => {
    expect(await agents.post(debits, { lines: [line] })).toMatchObject({
      status: 422,
      body: { pointers: [{ in: 'body', pointer, message }] },
    });
  });

  test.each([-1, 0.5, '3'])('the quantity %s', async (quantity) => {
    const lines = [{ line: 'tools', rate: 'browser', quantity }];
    expect(await agents.post(debits, { lines })).toMatchObject({
      status: 422,
      body: { pointers: [{ in: 'body', pointer: '/lines/0/quantity' }] },
    });
  });
});

describe('the catalog', () => {
  test('says whose prices models have, and of when [4.33]', async () => {
    const { body } = await agents.get('/api/rate-card');
    expect(body['source']).toEqual({
      kind: 'costPlus',
      markupPercent: 0,
      priceList: 'providers',
      currency: 'usd',
      asOf: '2026-07-24',
      changes: [],
    });
    expect(body['rates']).toContainEqual({
      unit: 'megabyteHour',
      id: 'traces',
      name: 'Traces',
      modality: 'storage',
      perUnits: 730_000,
      credits: '0.100000',
      since: null,
      changes: [],
    });
  });

  test('compares the plans side by side [4.02 4.03 4.04 4.18]', async () => {
    const { body } = await agents.get('/api/plans');
    expect(body['plans']).toMatchObject([
      { id: 'free', limits: { workspaces: 1, runsPerWindow: 100 }, contact: null },
      { id: 'pro', limits: { workspaces: null, runsPerWindow: 10_000 }, contact: null },
      {
        id: 'enterprise',
        limits: { workspaces: null, runsPerWindow: null },
        features: { support: 'dedicated', sso: true, scim: true },
        contact: 'https://agents.example/sales',
      },
    ]);
  });
});

test('Free has a quota of runs beside its credits; a settle counts none [4.02 4.05]', async () => {
  const path = '/api/workspaces/small';
  await agents.put(path, { plan: 'free', owner: 'ada', testClock: '2026-01-31T10:00:00.000Z' });
  const run = { lines: [{ line: 'llm', credits: '0.001' }] };
  const held = await agents.post(`${path}/holds`, run);
  expect(held.body['countsLeft']).toEqual([{ limit: 'runs', tool: null, per: 'window', left: 99 }]);
  for (let runs = 1; runs < 100; runs += 1) {
    expect((await agents.post(`${path}/debits`, run)).status).toBe(200);
  }
  expect(await agents.post(`${path}/debits`, run)).toMatchObject({
    status: 402,
    body: {
      code: 'runQuotaReached',
      limits: [
        {
          limit: 'runs',
          scope: null,
          per: 'window',
          used: 100,
          cap: 100,
          resetsAt: '2026-02-28T10:00:00.000Z',
        },
      ],
      remedies: [{ action: 'changePlan' }],
    },
  });
  const settled = await agents.post(`${path}/holds/${String(held.body['id'])}/settle`, run);
  expect(settled).toMatchObject({ status: 200, body: { countsLeft: [] } });
});

test('who has the biggest plan on sale is sent to Sales for more [4.04]', async () => {
  const lines = [{ line: 'llm', credits: '1000' }];
  expect(await agents.post(debits, { lines })).toMatchObject({
    status: 402,
    body: {
      code: 'outOfCredits',
      remedies: [
        { action: 'buyCredits', url: 'http://billing.test/api/workspaces/acme/top-ups' },
        { action: 'contactSales', url: 'https://agents.example/sales' },
      ],
    },
  });
});

describe('a trial that ended without a payment method', () => {
  test('pauses new runs alone, with its two ways out, until one is taken [4.27 4.28 4.29]', async () => {
    const path = '/api/workspaces/tried';
    const tried = { plan: 'pro', owner: 'ada', testClock: '2026-01-31T10:00:00.000Z' };
    await agents.put(path, tried);
    await agents.post(`${path}/clock`, { to: '2026-02-15T10:00:00.000Z' });
    await served.live('agents', 'tried');
    const run = { lines: [{ line: 'llm', credits: '1' }] };
    const paused = await agents.post(`${path}/debits`, run);
    expect(paused).toMatchObject({ status: 402, body: { code: 'trialEnded' } });
    const { body } = await agents.get(`${path}/entitlements`);
    expect(body['entitlements']).toMatchObject([
      { feature: 'agents', allowed: true },
      { feature: 'newRuns', allowed: false },
      { feature: 'workflows', allowed: true },
    ]);
    const asked = await agents.get(`${path}/entitlements/newRuns`);
    expect(asked.body['remedies']).toEqual(['addPaymentMethod', 'changePlan', 'topUp']);
  });
});
