import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HttpClient } from '../support/http-client.ts';
import { serveApi, type Served } from './support/served.ts';

let served: Served;
let team: HttpClient;
let foreign: HttpClient;
const resources = '/api/workspaces/crew/resources';
const at = '2026-01-31T10:00:00.000Z';

beforeAll(async () => {
  served = await serveApi();
  team = await served.client('team', 'read', 'manage');
  foreign = await served.client('studio', 'read', 'manage');
  const crew = { plan: 'starter', owner: 'ada', testClock: at };
  expect((await team.put('/api/workspaces/crew', crew)).status).toBe(201);
});
afterAll(() => served.stop());

describe('200', () => {
  test('makes, renames and hands over, and lists what lives by kind and name [2.38]', async () => {
    const made = await team.put(`${resources}/space/atelier`, { name: 'Atelier', owner: 'ada' });
    expect(made).toMatchObject({
      status: 200,
      body: { kind: 'space', id: 'atelier', name: 'Atelier', owner: 'ada', closedAt: null },
    });
    await team.put(`${resources}/space/atelier`, { name: 'Ateliér <b>"1"</b>', owner: 'bob' });
    await team.put(`${resources}/agent/atelier`, { name: 'The agent' });
    const { body } = await team.get(resources);
    expect(body['resources']).toMatchObject([
      { kind: 'agent', name: 'The agent', owner: null },
      { kind: 'space', name: 'Ateliér <b>"1"</b>', owner: 'bob' },
    ]);
  });

  test('closes once, however often it is said', async () => {
    await team.put(`${resources}/project/p1`, { name: 'P1' });
    const closed = { status: 200, body: { id: 'p1', closedAt: at } };
    expect(await team.delete(`${resources}/project/p1`)).toMatchObject(closed);
    expect(await team.delete(`${resources}/project/p1`)).toMatchObject(closed);
    const { body } = await team.get(resources);
    expect(body['resources']).not.toContainEqual(expect.objectContaining({ id: 'p1' }));
  });
});

describe('404', () => {
  test('for what was never made', async () => {
    expect(await team.delete(`${resources}/space/none`)).toMatchObject({
      status: 404,
      body: { code: 'notFound' },
    });
  });

  test("for another product's workspace", async () => {
    const space = `${resources}/space/theirs`;
    expect(await foreign.put(space, { name: 'Theirs' })).toMatchObject({ status: 404 });
    expect(await foreign.delete(space)).toMatchObject({ status: 404 });
    expect(await foreign.get(resources)).toMatchObject({ status: 404 });
  });
});

describe('422', () => {
  test.each([
    ['no name', 'space', {}, 'body', '/name'],
    ['an empty name', 'space', { name: '' }, 'body', '/name'],
    ['a name of two lines', 'space', { name: 'a\nb' }, 'body', '/name'],
    ['a name with a null character', 'space', { name: 'a\u0000' }, 'body', '/name'],
    ['half a character', 'space', { name: '\ud800' }, 'body', '/name'],
    ['a kind that there is not', 'planet', { name: 'a' }, 'path', '/kind'],
  ])('for %s', async (_what, kind, body, place, pointer) => {
    expect(await team.put(`${resources}/${kind}/x`, body)).toMatchObject({
      status: 422,
      body: { code: 'invalidRequest', pointers: [{ in: place, pointer }] },
    });
  });
});
