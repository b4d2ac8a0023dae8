import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HttpClient } from '../support/http-client.ts';
import { serveApi, type Served } from './support/served.ts';

let served: Served;
let studio: HttpClient;
let team: HttpClient;
const seats = '/api/workspaces/acme/seats';

beforeAll(async () => {
  served = await serveApi();
  studio = await served.client('studio', 'read', 'manage');
  team = await served.client('team', 'read', 'manage');
  const acme = { plan: 'starter', owner: 'ada', testClock: '2026-01-31T10:00:00.000Z' };
  expect((await studio.put('/api/workspaces/acme', acme)).status).toBe(201);
});
afterAll(() => served.stop());

describe('200', () => {
  test('buys seats and shows how many are used [0.08]', async () => {
    expect(await studio.put(seats, { purchased: 5 })).toMatchObject({
      status: 200,
      body: {
        checkoutUrl: null,
        workspace: { seats: { model: 'purchased', used: 1, purchased: 5, warning: null } },
      },
    });
  });

  test('without a key each request is a wish of its own', async () => {
    expect((await studio.put(seats, { purchased: 7 })).status).toBe(200);
    expect((await studio.put(seats, { purchased: 6 })).status).toBe(200);
    expect((await studio.get('/api/workspaces/acme')).body['seats']).toMatchObject({
      purchased: 6,
    });
  });
});

describe('404', () => {
  test("for another product's workspace", async () => {
    const refused = { status: 404, body: { code: 'notFound' } };
    expect(await team.put(seats, { purchased: 2 })).toMatchObject(refused);
  });
});

describe('409', () => {
  test('idempotencyKeyReused for the same key with another number', async () => {
    const key = await served.key('studio', 'manage');
    const headers = {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      'idempotency-key': randomUUID(),
    };
    const put = async (purchased: number): Promise<number> => {
      const body = JSON.stringify({ purchased });
      return (await fetch(`${served.url}${seats}`, { method: 'PUT', headers, body })).status;
    };
    expect([await put(8), await put(8), await put(9)]).toEqual([200, 200, 409]);
    expect((await studio.get('/api/workspaces/acme')).body['seats']).toMatchObject({
      purchased: 8,
    });
  });
});

describe('422', () => {
  test('seatsNotSold where seats are counted', async () => {
    const crew = { plan: 'pro', owner: 'ada', testClock: '2026-01-31T10:00:00.000Z' };
    await team.put('/api/workspaces/crew', crew);
    expect(await team.put('/api/workspaces/crew/seats', { purchased: 2 })).toMatchObject({
      status: 422,
      body: { code: 'seatsNotSold' },
    });
  });

  test.each([[0], [-1], [1.5], ['2'], [null], [1_000_001]])('for %s seats', async (purchased) => {
    expect(await studio.put(seats, { purchased })).toMatchObject({
      status: 422,
      body: { code: 'invalidRequest', pointers: [{ in: 'body', pointer: '/purchased' }] },
    });
  });
});
