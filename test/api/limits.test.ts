import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HttpClient } from '../support/http-client.ts';
import { serveApi, type Served } from './support/served.ts';

let served: Served;
let studio: HttpClient;
let team: HttpClient;
const limits = '/api/workspaces/acme/limits';

beforeAll(async () => {
  served = await serveApi();
  studio = await served.client('studio', 'read', 'manage');
  team = await served.client('team', 'read', 'manage');
  const acme = { plan: 'starter', owner: 'ada', testClock: '2026-01-31T10:00:00.000Z' };
  expect((await team.put('/api/workspaces/acme', acme)).status).toBe(201);
  expect((await studio.put('/api/workspaces/acme', acme)).status).toBe(201);
});
afterAll(() => served.stop());

const cap = (subject: string, credits: string | null, scope = 'member') => ({
  scope,
  subject,
  credits,
});

describe('200', () => {
  test('sets caps, leaves the others, and takes one away with null [2.26 2.32]', async () => {
    const first = await team.put(limits, {
      caps: [cap('bob', '600'), cap('ops', '50.5', 'space')],
    });
    expect(first).toMatchObject({ status: 200 });
    expect(first.body['caps']).toEqual([
      { scope: 'member', subject: 'bob', credits: '600.000000', used: '0.000000' },
      { scope: 'space', subject: 'ops', credits: '50.500000', used: '0.000000' },
    ]);
    const second = await team.put(limits, { caps: [cap('bob', null), cap('cyd', '0')] });
    expect(second.body['caps']).toMatchObject([
      { subject: 'cyd', credits: '0.000000' },
      { subject: 'ops', credits: '50.500000' },
    ]);
  });

  test('tells the feed of a change, and of nothing where a request comes again', async () => {
    const wish = { caps: [cap('eve', '7'), cap('eve-two', null)] };
    expect(await team.put(limits, wish)).toMatchObject({ status: 200 });
    expect(await team.put(limits, wish)).toMatchObject({ status: 200 });
    expect(await team.put(limits, { caps: [cap('eve', '8')] })).toMatchObject({ status: 200 });
    await served.owner`select feed_sequence(1000)`;
    const { body } = await team.get('/api/events?limit=500');
    const told = (body['events'] as { kind: string; data: { subject: string } }[])
      .filter(({ kind, data }) => kind === 'capChanged' && data.subject.startsWith('eve'))
      .map(({ data }) => data);
    expect(told).toEqual([
      { scope: 'member', subject: 'eve', cap: '7.000000' },
      { scope: 'member', subject: 'eve', cap: '8.000000' },
    ]);
  });
});

describe('403', () => {
  test('for who may not set caps in the settings; an admin may [2.32]', async () => {
    for (const [member, role] of [
      ['gus', 'admin'],
      ['hal', 'member'],
    ] as const) {
      const joined = await team.put(`/api/workspaces/acme/members/${member}`, {
        ...{ role, state: 'accepted' },
      });
      expect(joined.status).toBe(200);
    }
    const wish = { caps: [cap('hal', '5')] };
    expect(await team.put(`${limits}?viewer=hal`, wish)).toMatchObject({
      ...{ status: 403, body: { code: 'permissionRequired' } },
    });
    expect(await team.put(`${limits}?viewer=gus`, wish)).toMatchObject({ status: 200 });
  });
});

describe('404', () => {
  test("for another product's workspace", async () => {
    await team.put('/api/workspaces/theirs', { plan: 'starter', owner: 'ada' });
    const set = await studio.put('/api/workspaces/theirs/limits', { caps: [cap('bob', '1')] });
    expect(set).toMatchObject({ status: 404, body: { code: 'notFound' } });
  });
});

describe('422', () => {
  test('capScopeNotOffered where the catalog sells no caps [0.43]', async () => {
    expect(await studio.put(limits, { caps: [cap('bob', '600')] })).toMatchObject({
      status: 422,
      body: { code: 'capScopeNotOffered', detail: 'This product offers caps of: none.' },
    });
  });

  test.each([
    ['a negative cap', { caps: [cap('bob', '-1')] }, '/caps/0/credits'],
    ['more digits than a credit has', { caps: [cap('bob', '1.0000001')] }, '/caps/0/credits'],
    ['a number', { caps: [{ scope: 'member', subject: 'bob', credits: 5 }] }, '/caps/0/credits'],
    ['scientific notation', { caps: [cap('bob', '1e3')] }, '/caps/0/credits'],
    ['the same member twice', { caps: [cap('bob', '1'), cap('bob', '2')] }, '/caps/1/subject'],
    ['no cap at all', { caps: [] }, '/caps'],
  ])('for %s, and nothing is set', async (_what, body, pointer) => {
    const before = (await team.get('/api/workspaces/acme/balance')).body['caps'];
    expect(await team.put(limits, body)).toMatchObject({
      status: 422,
      body: { code: 'invalidRequest', pointers: [{ in: 'body', pointer }] },
    });
    expect((await team.get('/api/workspaces/acme/balance')).body['caps']).toEqual(before);
  });

  test('names every mistake of a request at once', async () => {
    const { body } = await team.put(limits, {
      caps: [cap('b b', '-1'), { scope: 'planet', subject: 'bob' }],
      until: 'tomorrow',
    });
    const mistakes: readonly { readonly pointer: string }[] = body['pointers'] ?? [];
    expect(mistakes.map(({ pointer }) => pointer).sort()).toEqual([
      '/caps/0/credits',
      '/caps/0/subject',
      '/caps/1/credits',
      '/caps/1/scope',
      '/until',
    ]);
  });
});
