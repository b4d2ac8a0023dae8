import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { needsKey, type Route } from '../../src/api/route.ts';
import { routes } from '../../src/api/routes/all.ts';
import { scopes as allScopes } from '../../src/ports/directory.ts';
import type { Json } from '../support/http-client.ts';
import { serveApi, type Served } from './support/served.ts';

let served: Served;
let full: string;
let foreign: string;

beforeAll(async () => {
  served = await serveApi();
  full = await served.key('studio', ...allScopes);
  foreign = await served.key('team', ...allScopes);
  const studio = await served.client('studio', 'manage');
  const fresh = { plan: 'free', owner: 'ada', testClock: '2026-01-31T10:00:00.000Z' };
  expect((await studio.put('/api/workspaces/acme', fresh)).status).toBe(201);
});
afterAll(async () => {
  await served.stop();
});

const table = routes.map((route) => ({ name: `${route.method} ${route.path}`, route }));
const withBody = table.filter(({ route }) => route.body !== null);

/** An address of the route in the workspace that exists; every other id has a form that could be one. */
const addressOf = ({ path, params }: Route): string =>
  path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => {
    if (name === 'workspace') return 'acme';
    const uuid = '00000000-0000-7000-8000-000000000000';
    const choices = ['ghost', uuid, 'space'];
    const schema: unknown = params.shape[name];
    const isGood = (choice: string): boolean =>
      schema instanceof z.ZodType && schema.safeParse(choice).success;
    return choices.find(isGood) ?? 'ghost';
  });

type Sending = {
  readonly key?: string | null;
  readonly body?: string;
  readonly query?: string;
  readonly idempotencyKey?: string | null;
};

let sent = 0;
async function send(route: Route, sending: Sending) {
  const { key = full, body, query = '', idempotencyKey = `k${(sent += 1)}` } = sending;
  const response = await fetch(`${served.url}${addressOf(route)}${query}`, {
    method: route.method.toUpperCase(),
    headers: {
      'content-type': 'application/json',
      ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      ...(idempotencyKey === null ? {} : { 'idempotency-key': idempotencyKey }),
    },
    ...(body === undefined || route.method === 'get' ? {} : { body }),
  });
  const problem = (await response.json()) as Json;
  return { status: response.status, code: problem['code'], problem };
}

/** The state that must not change by any of these. */
const booksNow = async (): Promise<unknown> =>
  served.owner`select (select count(*) from command) as commands, (select count(*) from event_feed)
    as events, (select count(*) from membership) as members, (select count(*) from resource)
    as resources, (select sum(available_micro) from pool) as available`;

describe('without a key', () => {
  test.each(table)('$name is 401', async ({ route }) => {
    expect(await send(route, { key: null, body: '{}' })).toMatchObject({
      status: 401,
      code: 'unauthenticated',
    });
  });
});

describe('with a key of other scopes', () => {
  test.each(table)('$name is 403', async ({ route }) => {
    const others = allScopes.filter((scope) => scope !== 'admin' && !route.scopes.includes(scope));
    const [scope] = others;
    if (scope === undefined) return; // every scope may
    const key = await served.key('studio', scope);
    expect(await send(route, { key, body: '{}' })).toMatchObject({
      status: 403,
      code: 'scopeRequired',
    });
  });
});

describe('with an unknown parameter', () => {
  test.each(table)('$name is 422 and points at it', async ({ route }) => {
    const body = route.body === null ? {} : { body: '{}' };
    const { status, problem } = await send(route, { ...body, query: '?surprise=1' });
    expect(status).toBe(422);
    expect(problem['pointers']).toEqual(
      expect.arrayContaining([expect.objectContaining({ in: 'query', pointer: '/surprise' })]),
    );
  });
});

describe('with a bad body', () => {
  test.each(withBody)('$name points at an unknown field and writes nothing', async ({ route }) => {
    const before = await booksNow();
    const { status, problem } = await send(route, { body: '{"surprise":true}' });
    expect(status).toBe(422);
    expect(problem['pointers']).toEqual(
      expect.arrayContaining([expect.objectContaining({ in: 'body', pointer: '/surprise' })]),
    );
    expect(await booksNow()).toEqual(before);
  });

  test.each(withBody)('$name refuses every field of a wrong type', async ({ route }) => {
    const fields = route.body instanceof z.ZodObject ? Object.keys(route.body.shape) : [];
    const wrong = Object.fromEntries(fields.map((field) => [field, { not: ['this'] }]));
    if (fields.length === 0) return; // nothing to be wrong
    const { status, problem } = await send(route, { body: JSON.stringify(wrong) });
    expect(status).toBe(422);
    const pointers = [...(problem['pointers'] ?? [])].map(({ pointer }) => String(pointer));
    const named = fields.filter((field) => pointers.some((p) => p.startsWith(`/${field}`)));
    expect(named).toEqual(fields);
  });

  test.each(withBody)('$name refuses what is not JSON', async ({ route }) => {
    expect(await send(route, { body: '{' })).toMatchObject({ status: 400, code: 'badJson' });
  });
});

describe('without an idempotency key', () => {
  const posts = table.filter(({ route }) => needsKey(route.method));
  test.each(posts)('$name is refused', async ({ route }) => {
    const { status, code } = await send(route, { body: '{}', idempotencyKey: null });
    // A body's mistakes are told first, where there are any.
    expect([
      [400, 'idempotencyKeyRequired'],
      [422, 'invalidRequest'],
    ]).toContainEqual([status, code]);
  });

  test.each(posts)('$name refuses one that is too long', async ({ route }) => {
    const { status, problem } = await send(route, { body: '{}', idempotencyKey: 'x'.repeat(201) });
    expect(status).toBe(422);
    expect(problem['pointers']).toEqual(
      expect.arrayContaining([expect.objectContaining({ in: 'header' })]),
    );
  });
});

describe("with another product's key", () => {
  const reads = table.filter(
    ({ route }) => route.method === 'get' && route.path.includes('{workspace}'),
  );
  test.each(reads)('$name is 404', async ({ route }) => {
    expect(await send(route, { key: foreign })).toMatchObject({ status: 404, code: 'notFound' });
  });
});
