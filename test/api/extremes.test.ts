import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HttpClient } from '../support/http-client.ts';
import { serveApi, type Served } from './support/served.ts';

let served: Served;
let studio: HttpClient;
const acme = '/api/workspaces/acme';
const fresh = { plan: 'starter', owner: 'ada', testClock: '2026-01-31T10:00:00.000Z' };

beforeAll(async () => {
  served = await serveApi();
  studio = await served.client('studio', 'admin');
  expect((await studio.put(acme, fresh)).status).toBe(201);
});
afterAll(() => served.stop());

describe('a debt of any size', () => {
  const settle = async (lines: readonly object[]) => {
    const hold = await studio.post(`${acme}/holds`, { lines: [{ line: 'llm', credits: '1' }] });
    return studio.post(`${acme}/holds/${String(hold.body['id'])}/settle`, { lines });
  };

  test('grows by at most a thousand million credits in one call', async () => {
    const line = { line: 'llm', credits: '999999999' };
    expect(await settle([line, line])).toMatchObject({
      status: 422,
      body: {
        code: 'invalidRequest',
        pointers: [
          {
            pointer: '/lines',
            message: 'come to more than 1000000000 credits; check the units, or send less at once',
          },
        ],
      },
    });
  });

  test('is told by every answer, however many digits it has', async () => {
    const lines = [{ line: 'llm', credits: '999999999' }];
    expect((await settle(lines)).status).toBe(200);
    await served.owner`update pool set debt_micro = 2000000000000000000`;
    for (const path of ['/balance', '/usage']) {
      expect([path, (await studio.get(`${acme}${path}`)).status]).toEqual([path, 200]);
    }
    const { body } = await studio.get(`${acme}/balance`);
    expect(JSON.stringify(body)).toContain('2000000000000.000000');
  });

  test('does not stop the feed of the product', async () => {
    await served.owner`
      update event_feed set data = ${served.owner.json({ amountMicro: '2000000000000000000' })}
      where seq = 1`;
    await served.owner`select feed_sequence(1000)`;
    const { status, body } = await studio.get('/api/events');
    expect(status).toBe(200);
    expect(JSON.stringify(body)).toContain('"amount":"2000000000000.000000"');
  });
});

describe('a time at the edge', () => {
  test.each([
    ['a next year by its offset', '2100-12-31T23:59:59-23:59'],
    ['a last century by its offset', '2000-01-01T00:00:00+00:01'],
    ['beyond what a clock may reach', '2101-01-01T00:00:00Z'],
  ])('of %s is refused by its year in UTC', async (_what, testClock) => {
    expect(await studio.put('/api/workspaces/late', { ...fresh, testClock })).toMatchObject({
      status: 422,
      body: {
        pointers: [
          { pointer: '/testClock', message: 'must lie between the years 2000 and 2100 in UTC' },
        ],
      },
    });
  });

  test('is taken, and what comes after it can be told', async () => {
    const testClock = '2101-01-01T00:00:00+00:01';
    const made = await studio.put('/api/workspaces/last', { ...fresh, testClock });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ workspace: { at: '2100-12-31T23:59:00.000Z' } });
    expect((await studio.get('/api/workspaces/last')).status).toBe(200);
    expect((await studio.get('/api/events')).status).toBe(200);
  });
});

describe('a text of no real characters', () => {
  test.each(['model', 'rate'])('is refused as a %s', async (field) => {
    for (const text of ['a\u0000b', 'a\ud800b', 'a\nb']) {
      const amount = field === 'model' ? { tokens: { input: 1 } } : { quantity: 1 };
      const lines = [{ line: 'llm', [field]: text, ...amount }];
      expect(await studio.post(`${acme}/debits`, { lines })).toMatchObject({
        status: 422,
        body: { pointers: [{ pointer: `/lines/0/${field}` }] },
      });
    }
  });

  test('is refused as a tax id', async () => {
    const details = { name: 'Acme', address: null, email: null, taxId: 'a\ud800b' };
    expect(await studio.put(`${acme}/billing-details`, details)).toMatchObject({ status: 422 });
  });

  test('names no product on the page of an invoice', async () => {
    const page = await fetch(`${served.url}/pay/a%00b/${randomUUID()}`);
    expect(page.status).toBe(404);
  });
});
