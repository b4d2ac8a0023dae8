import { afterAll, beforeAll, expect, test } from 'vitest';
import type { HttpClient } from '../support/http-client.ts';
import { serveApi, type Served } from './support/served.ts';

let served: Served;
let studio: HttpClient;
const acme = '/api/workspaces/acme';
const month = (name: string): string => `2026-${name}T00:00:00.000Z`;

beforeAll(async () => {
  served = await serveApi();
  studio = await served.client('studio', 'debit', 'read', 'manage');
  const fresh = { plan: 'free', owner: 'ada', testClock: '2026-01-31T10:00:00.000Z' };
  expect((await studio.put(acme, fresh)).status).toBe(201);
  const lines = [{ line: 'tools', credits: '0.25' }];
  expect((await studio.post(`${acme}/debits`, { lines })).status).toBe(200);
  expect((await studio.post(`${acme}/clock`, { to: '2026-02-10T00:00:00.000Z' })).status).toBe(200);
});
afterAll(() => served.stop());

const explain = (query: string) => studio.get(`${acme}/explain/balance${query}`);

test('200: what there was at an instant of the past, by grant', async () => {
  const { status, body } = await explain('?asOf=2026-02-01T00:00:00.000Z');
  expect(status).toBe(200);
  expect(body).toEqual({
    ...{ asOf: month('02-01'), available: '0.750000', held: '0.000000', debt: '0.000000' },
    grants: [
      {
        ...{ grant: 1, kind: 'included', source: 'included:2026-01', earmark: null },
        ...{ effectiveAt: '2026-01-31T10:00:00.000Z', expiresAt: month('02-01') },
        ...{ granted: '1.000000', remaining: '0.750000', held: '0.000000' },
        booked: [{ kind: 'debit', credits: '0.250000' }],
      },
    ],
  });
  const before = await explain('?asOf=2026-01-31T10:00:00.000Z');
  expect(before.body).toMatchObject({ available: '0.000000', grants: [] });
});

test('200: now, where no instant is named', async () => {
  const { body } = await studio.get(`${acme}/balance`);
  const now = await explain('');
  expect(now.body['available']).toBe('1.000000');
  expect(now.body['available']).toBe(body['available']);
});

test('422: an instant ahead of the workspace’s present', async () => {
  const { status, body } = await explain('?asOf=2026-02-10T00:00:00.001Z');
  expect(status).toBe(422);
  expect(body['pointers']).toEqual([
    { in: 'query', pointer: '/asOf', message: 'must not lie ahead of the workspace’s present' },
  ]);
});

test('404: a workspace that is not there', async () => {
  expect((await studio.get('/api/workspaces/nobody/explain/balance')).status).toBe(404);
});
