import { afterAll, beforeAll, expect, test } from 'vitest';
import type { HttpClient } from '../support/http-client.ts';
import { serveApi, type Served } from './support/served.ts';

let served: Served;
let tools: HttpClient;
const at = '2026-01-31T10:00:00.000Z';
const acme = '/api/workspaces/acme';
const estimates = `${acme}/estimates`;

beforeAll(async () => {
  served = await serveApi();
  tools = await served.client('tools', 'debit', 'record', 'read', 'manage');
  // Free includes 50 credits.
  const made = await tools.put(acme, { plan: 'free', owner: 'ada', testClock: at });
  expect(made.status).toBe(201);
});
afterAll(() => served.stop());

test('a standard run is told as a range, each end with whether it would be allowed [3.06 3.12]', async () => {
  expect(await tools.post(estimates, { tool: 'deep-research' })).toMatchObject({
    status: 200,
    body: {
      rateVersion: 1,
      low: { credits: '20.000000', allowed: true, denial: null },
      high: {
        credits: '70.000000',
        allowed: false,
        denial: {
          status: 402,
          code: 'outOfCredits',
          limits: [{ limit: 'pool', used: '0.000000', cap: '50.000000' }],
        },
      },
    },
  });
});

test('a run of the caller’s own is told by its lines, and a hold of it is answered the same [3.12]', async () => {
  const low = [{ line: 'run', rate: 'image-hd', quantity: 1 }];
  const high = [{ line: 'run', rate: 'image-hd', quantity: 9 }];
  const { body } = await tools.post(estimates, { low, high });
  expect(body).toMatchObject({
    low: { credits: '6.000000', allowed: true },
    high: { credits: '54.000000', allowed: false },
  });
  const { denial } = body['high'] as { denial: unknown }; // as the schema says
  const held = await tools.post(`${acme}/holds`, { lines: high });
  expect([held.status, held.body]).toEqual([402, denial]);
});

test('a range of one end is one run', async () => {
  const { body } = await tools.post(estimates, { high: [{ line: 'run', credits: '50' }] });
  const end = { credits: '50.000000', allowed: true, denial: null };
  expect(body).toEqual({ rateVersion: 1, low: end, high: end });
});

test('an estimate takes nothing, counts in no limit and tells nobody', async () => {
  const before = await tools.get(`${acme}/balance`);
  const events = await readAll();
  for (let time = 0; time < 30; time += 1) {
    const search = { tool: 'web-search', high: [{ line: 'run', credits: '49' }] };
    expect(await tools.post(estimates, search)).toMatchObject({
      body: { high: { allowed: true } },
    });
  }
  expect((await tools.get(`${acme}/balance`)).body).toEqual(before.body);
  expect((await tools.get(`${acme}/ledger`)).body['entries']).toEqual([]);
  expect(events).not.toEqual([]);
  expect(await readAll()).toEqual(events);
});

async function readAll(): Promise<unknown> {
  await served.owner`select feed_sequence(1000)`;
  return (await tools.get('/api/events')).body['events'];
}

test.each([
  [{}, '/high', 'is missing: say the lines of a run, or the tool that runs'],
  [
    { low: [{ line: 'run', credits: '1' }], tool: 'web-search' },
    '/high',
    'is missing: a range needs both its ends',
  ],
  [
    { tool: 'web-serch' },
    '/tool',
    'has no standard run; say the lines of the run in "high". Did you mean "web-search"?',
  ],
  [
    {
      low: [{ line: 'run', rate: 'image-hd', quantity: 1 }],
      high: [{ line: 'run', rate: 'image-hdd', quantity: 1 }],
    },
    '/high/0/rate',
    'is not on the rate card. Did you mean "image-hd"?',
  ],
])('%j is refused, and says where', async (body, pointer, message) => {
  const answer = await tools.post(estimates, body);
  expect([answer.status, answer.body['pointers']]).toEqual([
    422,
    [{ in: 'body', pointer, message }],
  ]);
});
