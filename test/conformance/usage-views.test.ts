import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serveApi, type Served } from '../api/support/served.ts';
import type { HttpClient } from '../support/http-client.ts';

let served: Served;
let studio: HttpClient;
const acme = '/api/workspaces/acme';

const calls = [
  { surface: 'studioChat', member: 'ana', space: 'web', agent: 'a1', model: 'haiku-4.5', input: 1 },
  { surface: 'projectPlanner', member: 'ben', space: 'web', model: 'sonnet-4.6', input: 2 },
  { surface: 'migrationPlan', member: 'ana', space: 'ops', model: 'opus-4.7', input: 3 },
  { surface: 'editExisting', member: 'ben', space: 'ops', model: 'haiku-4.5', input: 4 },
];

beforeAll(async () => {
  served = await serveApi();
  studio = await served.client('studio', 'debit', 'read', 'manage');
  const fresh = { plan: 'free', owner: 'ana', testClock: '2026-01-31T10:00:00.000Z' };
  expect((await studio.put(acme, fresh)).status).toBe(201);
  expect((await studio.put(`${acme}/members/ben`, { state: 'accepted' })).status).toBe(200);
  for (const { model, input, ...who } of calls) {
    const lines = [{ line: 'llm', model, tokens: { input: input * 10_000 } }];
    const { status, body } = await studio.post(`${acme}/debits`, { lines, ...who });
    expect({ status, body }).toMatchObject({ status: 200 });
  }
});

afterAll(async () => {
  await served.stop();
});

/** Credits by group, as the usage block shows them. */
async function usageBy(dimension: string): Promise<Record<string, unknown>> {
  const { status, body } = await studio.get(`${acme}/usage?by=${dimension}`);
  expect(status).toBe(200);
  const rows = body['rows'] as {
    readonly by: Readonly<Record<string, string>>;
    readonly credits: string;
    readonly tokens: string;
  }[]; // the document's Usage
  return Object.fromEntries(
    rows.map(({ by, credits, tokens }) => [String(by[dimension]), [credits, tokens]]),
  );
}

describe('what a workspace used', () => {
  test('is split by surface: chat, planner, migration plan, edit existing [0.16 1.01]', async () => {
    expect(await usageBy('surface')).toEqual({
      studioChat: ['0.010000', '10000'],
      projectPlanner: ['0.060000', '20000'],
      migrationPlan: ['0.150000', '30000'],
      editExisting: ['0.040000', '40000'],
    });
  });

  test('is split by model, in credits and in tokens [0.15 2.25]', async () => {
    expect(await usageBy('model')).toEqual({
      'haiku-4.5': ['0.050000', '50000'],
      'sonnet-4.6': ['0.060000', '20000'],
      'opus-4.7': ['0.150000', '30000'],
    });
  });

  test.each([
    ['member', { ana: ['0.160000', '40000'], ben: ['0.100000', '60000'] }],
    ['space', { web: ['0.070000', '30000'], ops: ['0.190000', '70000'] }],
  ])('is split by %s [2.25]', async (dimension, groups) => {
    expect(await usageBy(dimension)).toEqual(groups);
  });

  test('is split by agent and by day, so that finance can attribute it [4.25 4.26]', async () => {
    expect(await usageBy('agent')).toMatchObject({ a1: ['0.010000', '10000'] });
    expect(await usageBy('day')).toEqual({ '2026-01-31': ['0.260000', '100000'] });
  });
});
