import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HttpClient } from '../support/http-client.ts';
import { serveApi, type Served } from './support/served.ts';

let served: Served;
let studio: HttpClient;
let foreign: HttpClient;
const members = '/api/workspaces/acme/members';
const at = '2026-01-31T10:00:00.000Z';

beforeAll(async () => {
  served = await serveApi();
  studio = await served.client('studio', 'read', 'manage');
  foreign = await served.client('team', 'read', 'manage');
  const acme = { plan: 'starter', owner: 'ada', testClock: at };
  expect((await studio.put('/api/workspaces/acme', acme)).status).toBe(201);
});
afterAll(() => served.stop());

const facts = async (): Promise<readonly unknown[]> => {
  const rows = await served.owner<{ kind: string; data: { member: string } }[]>`
    select kind, data from event_feed where kind like 'member%' order by seq`;
  return rows.map(({ kind, data }) => `${kind} ${data.member}`);
};

describe('200', () => {
  test('an invited member does not count; an accepted one does, once [2.19]', async () => {
    const invited = await studio.put(`${members}/bob`, { state: 'invited', role: 'admin' });
    expect(invited).toMatchObject({
      status: 200,
      body: { member: 'bob', role: 'admin', state: 'invited', invitedAt: at, acceptedAt: null },
    });
    expect(await studio.get('/api/workspaces/acme')).toMatchObject({ body: { members: 1 } });
    const accepted = await studio.put(`${members}/bob`, { state: 'accepted', role: 'admin' });
    expect(accepted).toMatchObject({ status: 200, body: { state: 'accepted', acceptedAt: at } });
    await studio.put(`${members}/bob`, { state: 'accepted', role: 'admin' });
    expect(await facts()).toEqual(['memberInvited bob', 'memberAccepted bob']);
    await expect
      .poll(async () => (await studio.get('/api/workspaces/acme')).body['members'])
      .toBe(2);
  });

  test('warns when more members are there than seats were bought [0.09]', async () => {
    const { body } = await studio.get('/api/workspaces/acme');
    expect(body['seats']).toEqual({
      model: 'purchased',
      used: 2,
      purchased: 1,
      warning: '2 members use 1 seats. Buy more seats, or remove members.',
    });
    expect(body['banners']).toContainEqual(expect.objectContaining({ code: 'seatsExceeded' }));
  });

  test('a removed member leaves once, however often it is said', async () => {
    expect(await studio.delete(`${members}/bob`)).toMatchObject({
      status: 200,
      body: { state: 'removed', removedAt: at },
    });
    expect(await studio.delete(`${members}/bob`)).toMatchObject({
      status: 200,
      body: { state: 'removed', removedAt: at },
    });
    expect(await facts()).toEqual(['memberInvited bob', 'memberAccepted bob', 'memberRemoved bob']);
  });

  test('lists invited and accepted members by name', async () => {
    await studio.put(`${members}/zoe`, { state: 'invited' });
    const { body } = await studio.get(members);
    expect(body['members']).toMatchObject([
      { member: 'ada', role: 'owner', state: 'accepted' },
      { member: 'zoe', role: 'member', state: 'invited' },
    ]);
  });
});

describe('404', () => {
  test('for somebody who never was a member', async () => {
    expect(await studio.delete(`${members}/nobody`)).toMatchObject({
      status: 404,
      body: { code: 'notFound' },
    });
  });

  test("for another product's workspace, and nobody joins it", async () => {
    expect(await foreign.get(members)).toMatchObject({ status: 404 });
    expect(await foreign.put(`${members}/eve`, { state: 'accepted' })).toMatchObject({
      status: 404,
    });
    expect(await foreign.delete(`${members}/ada`)).toMatchObject({ status: 404 });
  });
});

describe('409', () => {
  test('ownerStays when the owner is demoted or removed', async () => {
    const refused = { status: 409, body: { code: 'ownerStays' } };
    expect(await studio.put(`${members}/ada`, { state: 'invited' })).toMatchObject(refused);
    expect(await studio.delete(`${members}/ada`)).toMatchObject(refused);
  });
});

describe('422', () => {
  test.each([
    ['a second owner', { state: 'accepted', role: 'owner' }, '/role'],
    ['a role in other letters', { state: 'accepted', role: 'Big Boss' }, '/role'],
    ['a role that the catalog does not name', { state: 'accepted', role: 'editor' }, '/role'],
    ['a role that every object has', { state: 'accepted', role: 'constructor' }, '/role'],
    ['a state that one cannot be put into', { state: 'removed' }, '/state'],
    ['no state', {}, '/state'],
  ])('for %s', async (_what, body, pointer) => {
    expect(await studio.put(`${members}/eve`, body)).toMatchObject({
      status: 422,
      body: { code: 'invalidRequest', pointers: [{ pointer }] },
    });
  });

  test('names the roles of the catalog', async () => {
    const wrong = { state: 'accepted', role: 'editor' };
    expect((await studio.put(`${members}/eve`, wrong)).body['pointers']).toEqual([
      { in: 'body', pointer: '/role', message: 'must be one of admin, member' },
    ]);
  });
});
