import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HttpClient } from '../support/http-client.ts';
import { pay } from './support/pay.ts';
import { putCardOnFile } from './support/card.ts';
import { serveApi, type Served } from './support/served.ts';

let served: Served;
let tools: HttpClient;
const testClock = '2026-01-31T10:00:00.000Z';
const acme = '/api/workspaces/acme';

beforeAll(async () => {
  served = await serveApi();
  tools = await served.client('tools', 'admin');
  await tools.put(acme, { plan: 'free', owner: 'ada', testClock });
  await tools.put(`${acme}/members/vic`, { role: 'viewer', state: 'accepted' });
});
afterAll(() => served.stop());

const promo = { kind: 'promo', credits: '10', reason: 'A present' };

describe('POST …/grants', () => {
  test('gives credits once per key, which burn like any others', async () => {
    const key = 'present-1';
    const made = await tools.post(`${acme}/grants`, promo, key);
    expect(made).toMatchObject({
      status: 201,
      body: {
        ...{ kind: 'promo', credits: '10.000000', earmark: null, repaid: '0.000000' },
        ...{ effectiveAt: testClock, expiresAt: null },
      },
    });
    const again = await tools.post(`${acme}/grants`, promo, key);
    expect([again.status, again.body]).toEqual([201, made.body]);
    const { body } = await tools.get(`${acme}/balance`);
    expect(body['available']).toBe('60.000000');
    expect([...(body['grants'] ?? [])]).toContainEqual(
      expect.objectContaining({ id: made.body['id'], kind: 'promo', remaining: '10.000000' }),
    );
  });

  test('the same key with another body is refused', async () => {
    await tools.post(`${acme}/grants`, promo, 'present-2');
    const other = { ...promo, credits: '11' };
    expect(await tools.post(`${acme}/grants`, other, 'present-2')).toMatchObject({
      status: 409,
      body: { code: 'idempotencyKeyReused' },
    });
  });

  test('who gave it and why is kept', async () => {
    await tools.post(`${acme}/grants`, { ...promo, kind: 'adjustment', reason: 'A run failed' });
    const rows = await served.owner<{ isKey: boolean; reason: string }[]>`
      select actor ~ '^key:[0-9a-f-]{36}$' as "isKey", data ->> 'reason' as reason from audit_log
      where action = 'grantMade' order by id desc limit 1`;
    expect(rows).toEqual([{ isKey: true, reason: 'A run failed' }]);
  });

  test('403 for a key without the scope', async () => {
    const manager = await served.client('tools', 'manage');
    expect(await manager.post(`${acme}/grants`, promo)).toMatchObject({
      status: 403,
      body: { code: 'scopeRequired' },
    });
  });

  test.each([
    ['no credits', { ...promo, credits: '0' }, '/credits'],
    ['no reason', { kind: 'promo', credits: '1' }, '/reason'],
    ['bought credits', { ...promo, kind: 'topUp' }, '/kind'],
    ['an earmark for nothing', { ...promo, earmark: 'tool:' }, '/earmark'],
    ['an end that is past', { ...promo, expiresAt: testClock }, '/expiresAt'],
    [
      'an end before its beginning',
      {
        ...promo,
        effectiveAt: '2026-03-01T00:00:00.000Z',
        expiresAt: '2026-02-01T00:00:00.000Z',
      },
      '/expiresAt',
    ],
  ])('422 for %s', async (_what, body, pointer) => {
    expect(await tools.post(`${acme}/grants`, body)).toMatchObject({
      status: 422,
      body: { code: 'invalidRequest', pointers: [{ in: 'body', pointer }] },
    });
  });
});

describe('allocation [3.08]', () => {
  const business = '/api/workspaces/biz';

  beforeAll(async () => {
    await tools.put(business, { plan: 'business', owner: 'bo', testClock });
    await putCardOnFile(served, tools, { product: 'tools', workspace: 'biz' });
    await tools.put(`${business}/members/vic`, { role: 'viewer', state: 'accepted' });
  });

  test('is refused where the plan lets nobody earmark', async () => {
    const earmarked = { ...promo, earmark: 'tool:image-studio' };
    expect(await tools.post(`${acme}/grants`, earmarked)).toMatchObject({
      status: 422,
      body: { code: 'allocationNotOffered' },
    });
  });

  test('sets credits aside, hidden from who may not allocate, top to bottom [3.09]', async () => {
    const earmarked = { ...promo, credits: '30', earmark: 'tool:image-studio' };
    const query = '?viewer=bo';
    expect((await tools.post(`${business}/grants${query}`, earmarked)).status).toBe(201);
    expect((await tools.post(`${business}/grants?viewer=vic`, earmarked)).status).toBe(403);
    const used = await tools.post(`${business}/debits`, {
      lines: [{ line: 'run', credits: '7' }],
      tool: 'image-studio',
    });
    expect(used.body['entries']).toMatchObject([{ grant: 'promo', credits: '7.000000' }]);
    await tools.post(`${business}/debits`, { lines: [{ line: 'run', credits: '2' }] });

    const seen = async (path: string, viewer: string) =>
      (await tools.get(`${business}${path}${path.includes('?') ? '&' : '?'}viewer=${viewer}`)).body;
    expect((await seen('/usage?by=tool', 'bo'))['total']).toBe('9.000000');
    expect(await seen('/usage?by=tool', 'vic')).toMatchObject({
      total: '2.000000',
      rows: [{ by: { tool: null }, credits: '2.000000' }],
    });
    const entries = async (viewer: string) => [
      ...((await seen('/ledger', viewer))['entries'] ?? []),
    ];
    expect((await entries('bo')).map((entry) => entry['credits'])).toEqual([
      '2.000000',
      '7.000000',
    ]);
    expect((await entries('vic')).map((entry) => entry['credits'])).toEqual(['2.000000']);
    expect(JSON.stringify(await seen('/balance', 'vic'))).not.toContain('image-studio');
  });
});

describe('POST …/grants/{grant}/void', () => {
  test('takes what is unspent, and says the same again', async () => {
    const made = await tools.post(`${acme}/grants`, { ...promo, credits: '4' });
    const path = `${acme}/grants/${String(made.body['id'])}/void`;
    const voided = { status: 200, body: { id: made.body['id'], voided: '4.000000' } };
    expect(await tools.post(path, {})).toMatchObject(voided);
    expect(await tools.post(path, {})).toMatchObject(voided);
  });

  test.each([
    ['a grant that there is not', '999', 404, 'notFound'],
    ['included credits', '1', 409, 'grantNotVoidable'],
  ])('%s', async (_what, grant, status, code) => {
    expect(await tools.post(`${acme}/grants/${grant}/void`, {})).toMatchObject({
      status,
      body: { code },
    });
  });

  test('409 where all of it was spent', async () => {
    const path = '/api/workspaces/spender';
    await tools.put(path, { plan: 'free', owner: 'sam', testClock });
    const soon = { ...promo, credits: '1', expiresAt: '2026-02-01T00:00:00.000Z' };
    const made = await tools.post(`${path}/grants`, soon);
    await tools.post(`${path}/debits`, { lines: [{ line: 'run', credits: '51' }] });
    expect(await tools.post(`${path}/grants/${String(made.body['id'])}/void`, {})).toMatchObject({
      status: 409,
      body: { code: 'nothingToVoid' },
    });
  });
});

describe('GET …/charges [4.16]', () => {
  test('tells what was bought and for which invoice, newest first, in pages', async () => {
    const path = '/api/workspaces/buyer';
    await tools.put(path, { plan: 'free', owner: 'bea', testClock });
    const topUp = {
      price: { amount: '5.00', currency: 'usd' },
      ...{ pay: 'checkout', returnTo: 'http://product.test/back' },
    };
    for (const _time of [1, 2]) {
      const opened = await tools.post(`${path}/top-ups`, topUp);
      await pay(served, opened.body['checkoutUrl']);
      await served.live('tools', 'buyer');
    }
    const first = await tools.get(`${path}/charges?limit=1`);
    expect(first).toMatchObject({
      status: 200,
      body: {
        charges: [
          {
            what: 'purchase',
            amount: { amount: '5.00', currency: 'usd' },
            ...{ state: 'succeeded', refunded: { amount: '0.00', currency: 'usd' } },
            dispute: null,
          },
        ],
      },
    });
    expect(first.body['charges']?.[0]?.['invoice']).toHaveProperty('number');
    const second = await tools.get(`${path}/charges?before=${String(first.body['before'])}`);
    expect(second).toMatchObject({ status: 200, body: { charges: [{}], before: null } });
  });
});

describe('GET …/runs/{run} [4.34]', () => {
  test('shows each line of a run once, zero ones too, and what was refunded [4.21]', async () => {
    const agents = await served.client('agents', 'admin');
    const path = '/api/workspaces/lab';
    await agents.put(path, { plan: 'pro', owner: 'lou', testClock });
    await agents.put(`${path}/members/mo`, { role: 'member', state: 'accepted' });
    const lines = [
      { line: 'llm', model: 'claude-sonnet-4.6', tokens: { input: 100_000, output: 10_000 } },
      { line: 'tools', rate: 'browser', quantity: 3 },
    ];
    const run = { lines, member: 'mo', agent: 'scout', runId: 'run-7' };
    const receipt = await agents.post(`${path}/debits`, run);
    await agents.post(`${path}/debits/${String(receipt.body['id'])}/refund`, { credits: '0.03' });
    const shown = await agents.get(`${path}/runs/run-7`);
    expect(shown).toMatchObject({
      status: 200,
      body: {
        ...{ runId: 'run-7', member: 'mo', agent: 'scout', at: testClock },
        ...{ credits: '0.480000', refunded: '0.030000' },
        lines: [
          { line: 'llm', model: 'claude-sonnet-4.6', credits: '0.450000', tokens: '110000' },
          { line: 'tools', model: 'browser', credits: '0.030000', tokens: null },
          { line: 'storage', model: null, credits: '0.000000', tokens: null },
        ],
      },
    });
    // Who sees no billing still sees what their own run cost, and only that [4.32].
    const own = await agents.get(`${path}/runs/run-7?viewer=mo`);
    expect([own.status, own.body]).toEqual([200, shown.body]);
    expect((await agents.get(`${path}/balance?viewer=mo`)).status).toBe(404);
    expect((await agents.get(`${path}/runs/run-8`)).status).toBe(404);
  });
});
