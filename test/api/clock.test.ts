import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LifecycleDesk } from '../../src/ports/lifecycle-desk.ts';
import type { HttpClient } from '../support/http-client.ts';
import { serveApi, type Served } from './support/served.ts';

/** A desk behind which nobody works: what is stored waits. */
const away: LifecycleDesk = {
  carryOut: () => Promise.resolve('waiting'),
  ring: () => Promise.resolve(),
};

let served: Served;
let idle: Served;
let studio: HttpClient;
const acme = { plan: 'starter', owner: 'ada', testClock: '2026-01-31T10:00:00.000Z' };
const clock = '/api/workspaces/acme/clock';

beforeAll(async () => {
  served = await serveApi();
  idle = await serveApi({ desk: away });
  studio = await served.client('studio', 'read', 'manage');
  expect((await studio.put('/api/workspaces/acme', acme)).status).toBe(201);
});
afterAll(async () => {
  await served.stop();
  await idle.stop();
});

describe('200', () => {
  test('answers when everything due until then was lived', async () => {
    expect(await studio.post(clock, { to: '2026-02-14T10:00:00.000Z' })).toMatchObject({
      status: 200,
      body: { workspace: { at: '2026-02-14T10:00:00.000Z', movingTo: null, status: 'trialEnded' } },
    });
  });

  test('takes an instant in any offset, and moves once under one key', async () => {
    const key = randomUUID();
    const to = '2026-02-15T12:00:00.000+02:00';
    const first = await studio.post(clock, { to }, key);
    expect(first.body['workspace']).toMatchObject({ at: '2026-02-15T10:00:00.000Z' });
    expect((await studio.post(clock, { to }, key)).status).toBe(200);
  });
});

describe('202', () => {
  test('stores the change while the lifecycle is away, and says where to ask', async () => {
    const api = await idle.client('studio', 'read', 'manage');
    const made = await api.put('/api/workspaces/acme', acme);
    expect(made).toMatchObject({ status: 202, body: { kind: 'start', state: 'waiting' } });
    const moved = await api.post(clock, { to: '2026-02-14T10:00:00.000Z' });
    expect(moved).toMatchObject({
      status: 202,
      body: { kind: 'advanceClock', state: 'waiting', refusal: null, settledAt: null },
    });
    const location = moved.headers.get('location') ?? '';
    expect(location).toBe(`/api/workspaces/acme/commands/${String(moved.body['id'])}`);
    expect(await api.get(location)).toMatchObject({ status: 200, body: moved.body });
    const other = await idle.client('team', 'read');
    expect(await other.get(location)).toMatchObject({ status: 404 });
  });

  test('the same key asks for the same change, not for a second one', async () => {
    const api = await idle.client('studio', 'read', 'manage');
    await api.put('/api/workspaces/twice', acme);
    const key = randomUUID();
    const to = '2026-02-14T10:00:00.000Z';
    const first = await api.post('/api/workspaces/twice/clock', { to }, key);
    const again = await api.post('/api/workspaces/twice/clock', { to }, key);
    expect(again).toMatchObject({ status: 202, body: first.body });
  });
});

describe('404', () => {
  test('for a change that there never was', async () => {
    const none = `/api/workspaces/acme/commands/${randomUUID()}`;
    expect(await studio.get(none)).toMatchObject({ status: 404, body: { code: 'notFound' } });
  });
});

describe('409', () => {
  test('noTestClock for a workspace in real time', async () => {
    await studio.put('/api/workspaces/real', { plan: 'starter', owner: 'ada' });
    const to = '2030-01-01T00:00:00.000Z';
    expect(await studio.post('/api/workspaces/real/clock', { to })).toMatchObject({
      status: 409,
      body: { code: 'noTestClock' },
    });
  });
});

describe('422', () => {
  test('clockGoesBack and clockTooFar, and the refusal stays on its command', async () => {
    const back = await studio.post(clock, { to: '2026-01-01T00:00:00.000Z' });
    expect(back).toMatchObject({ status: 422, body: { code: 'clockGoesBack' } });
    const far = await studio.post(clock, { to: '2029-01-01T00:00:00.000Z' });
    expect(far).toMatchObject({ status: 422, body: { code: 'clockTooFar' } });
  });

  test.each([['tomorrow'], ['2026-02-30T00:00:00Z'], ['2026-02-14'], [1_771_000_000_000]])(
    'for %s',
    async (to) => {
      expect(await studio.post(clock, { to })).toMatchObject({
        status: 422,
        body: { code: 'invalidRequest', pointers: [{ pointer: '/to' }] },
      });
    },
  );
});
