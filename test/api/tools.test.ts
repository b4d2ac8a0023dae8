import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { micro } from '../../src/domain/money.ts';
import { inProduct } from '../../src/store/connect.ts';
import { grantCredits, lockLedger } from '../../src/store/ledger-writes.ts';
import type { HttpClient } from '../support/http-client.ts';
import { serveApi, type Served } from './support/served.ts';

let served: Served;
let tools: HttpClient;
const at = '2026-01-31T10:00:00.000Z';
const acme = '/api/workspaces/acme';

beforeAll(async () => {
  served = await serveApi();
  tools = await served.client('tools', 'debit', 'record', 'read', 'manage');
  // Free includes 50 credits.
  const made = await tools.put(acme, { plan: 'free', owner: 'ada', testClock: at });
  expect(made.status).toBe(201);
  for (const [member, role] of [
    ['vic', 'viewer'],
    ['gus', 'guest'],
  ]) {
    await tools.put(`${acme}/members/${String(member)}`, { role, state: 'accepted' });
  }
  await tools.put(`${acme}/members/ina`, { role: 'viewer', state: 'invited' });
});
afterAll(() => served.stop());

async function allocate(workspace: string, earmark: string, credits: number): Promise<void> {
  const [row] = await served.owner<{ id: string }[]>`
    select id from workspace where product_id = 'tools' and external_id = ${workspace}`;
  const id = BigInt(row?.id ?? 0);
  await inProduct(served.sql, 'tools', async (tx) => {
    await lockLedger(tx, [id]);
    await grantCredits(tx, id, {
      kind: 'promo',
      amountMicro: micro(credits * 1_000_000),
      effectiveAt: at,
      expiresAt: null,
      priority: 0,
      earmark,
      sourceKey: `allocation:${earmark}`,
    });
  });
}

describe('what a run costs', () => {
  test.each([
    ['an image', { line: 'run', rate: 'image-hd', quantity: 2 }, '12.000000'],
    ['seconds of video', { line: 'run', rate: 'video-standard', quantity: 3 }, '9.000000'],
    ['calls of a tool', { line: 'tools', rate: 'web-search', quantity: 3 }, '1.500000'],
    [
      'a batch of tokens',
      { line: 'run', model: 'text-standard', tokens: { input: 2_000, output: 1_000 } },
      '0.700000',
    ],
  ])('%s [3.01 3.10 3.11]', async (_what, line, credits) => {
    const { status, body } = await tools.post(`${acme}/debits`, { lines: [line] });
    expect([status, body['credits']]).toEqual([200, credits]);
  });

  test('what a standard run of each tool expects is told before [3.06 3.12]', async () => {
    const { body } = await tools.get('/api/rate-card');
    expect(body['estimates']).toEqual([
      { tool: 'deep-research', name: 'Deep research', low: '20.000000', high: '70.000000' },
      { tool: 'image-studio', name: 'Image studio', low: '2.000000', high: '8.000000' },
      { tool: 'video-maker', name: 'Video maker', low: '15.000000', high: '45.000000' },
      { tool: 'web-search', name: 'Web search', low: '0.500000', high: '1.500000' },
    ]);
  });
});

test('the offer of top-ups is the one of the plan [3.17 3.18]', async () => {
  const { body } = await tools.get('/api/plans');
  const step = (credits: string, amount: string) => ({
    topUps: { offer: 'steps', step: { credits, price: { amount, currency: 'usd' } } },
  });
  expect(body['plans']).toMatchObject([
    { id: 'free', ...step('10.000000', '1.00') },
    { id: 'creator', ...step('10.000000', '1.00') },
    { id: 'business', ...step('1000.000000', '80.00') },
  ]);
});

describe('GET …/balance for a viewer', () => {
  const vault = '/api/workspaces/vault';

  beforeAll(async () => {
    await tools.put(vault, { plan: 'free', owner: 'ada', testClock: at });
    await tools.put(`${vault}/members/vic`, { role: 'viewer', state: 'accepted' });
    await tools.put(`${vault}/members/gus`, { role: 'guest', state: 'accepted' });
    await tools.put(`${vault}/members/ina`, { role: 'viewer', state: 'invited' });
    await allocate('vault', 'tool:video-maker', 100);
    await allocate('vault', 'member:vic', 7);
  });

  const earmarksSeenBy = async (query: string): Promise<unknown> => {
    const { body } = await tools.get(`${vault}/balance${query}`);
    return [...(body['grants'] ?? [])].map((grant) => grant['earmark']);
  };

  test('who may allocate sees every earmark [3.08]', async () => {
    const all = ['tool:video-maker', 'member:vic', null];
    expect(await earmarksSeenBy('')).toEqual(expect.arrayContaining(all));
    expect(await earmarksSeenBy('?viewer=ada')).toEqual(expect.arrayContaining(all));
  });

  test('others see no earmark but their own, and nothing of it in a total [3.09]', async () => {
    const { status, body } = await tools.get(`${vault}/balance?viewer=vic`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ available: '50.000000', held: '0.000000' });
    expect(await earmarksSeenBy('?viewer=vic')).toEqual(
      expect.arrayContaining(['member:vic', null]),
    );
    expect(await earmarksSeenBy('?viewer=vic')).not.toContain('tool:video-maker');
    expect(JSON.stringify(body)).not.toContain('100.000000');
  });

  test.each([
    ['a role that may not read', 'gus'],
    ['an invitation that was not accepted', 'ina'],
    ['a stranger', 'zoe'],
  ])('404 for %s', async (_who, viewer) => {
    expect(await tools.get(`${vault}/balance?viewer=${viewer}`)).toMatchObject({
      status: 404,
      body: { code: 'notFound', detail: `There is nothing here for "${viewer}" to see.` },
    });
  });
});
