import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { routes } from '../../src/api/routes/all.ts';
import type { Route } from '../../src/api/route.ts';
import type { HttpClient } from '../support/http-client.ts';
import { serveApi, type Served } from './support/served.ts';

let served: Served;
const clients = new Map<string, HttpClient>();
const testClock = '2026-01-31T10:00:00.000Z';

/** Who is who in each product: a member is named by their role. */
const people = {
  studio: { plan: 'free', roles: ['admin', 'member'] },
  team: { plan: 'starter', roles: ['admin', 'member'] },
  tools: { plan: 'business', roles: ['admin', 'editor', 'viewer', 'guest'] },
  agents: { plan: 'pro', roles: ['admin', 'member', 'viewer'] },
} as const;
type Product = keyof typeof people;

beforeAll(async () => {
  served = await serveApi();
  for (const [product, { plan, roles }] of Object.entries(people)) {
    const client = await served.client(product, 'admin');
    clients.set(product, client);
    await client.put('/api/workspaces/acme', { plan, owner: 'owner', testClock });
    for (const role of roles) {
      const given = role === 'guest' ? 'viewer' : role;
      const member = { role: given, state: 'accepted' };
      await client.put(`/api/workspaces/acme/members/${role}`, member);
    }
    // As one whose role an older catalog had.
    await served.owner`update membership set role = 'guest'
      from app_user where app_user.id = user_id and app_user.external_id = 'guest'`;
    await client.put('/api/workspaces/acme/members/invited', { role: 'admin', state: 'invited' });
  }
});
afterAll(() => served.stop());

const clientOf = (product: Product): HttpClient => {
  const client = clients.get(product);
  if (client === undefined) throw new Error(`no client of ${product}`);
  return client;
};

/** A request that nothing but its viewer can be refused for first: no key, and nothing in the body. */
async function call(product: Product, route: Route, query: string) {
  const path = route.path
    .replace('{workspace}', 'acme')
    .replace('{kind}', 'space')
    .replace(/\{(?:grant)\}/, '1')
    .replace(/\{(?:member|resource|feature|run)\}/, 'none')
    .replaceAll(/\{\w+\}/g, '00000000-0000-0000-0000-000000000000');
  const headers: Record<string, string> = {
    authorization: `Bearer ${await keyOf(product)}`,
    'content-type': 'application/json',
  };
  const hasBody = route.method === 'put' || route.method === 'post';
  const response = await fetch(`${served.url}${path}${query}`, {
    method: route.method.toUpperCase(),
    headers,
    ...(hasBody ? { body: '{}' } : {}),
  });
  return { status: response.status, text: await response.text() };
}

const keys = new Map<string, Promise<string>>();
const keyOf = (product: Product): Promise<string> => {
  const known = keys.get(product) ?? served.key(product, 'admin');
  keys.set(product, known);
  return known;
};

/** What came of it, as far as the viewer is concerned. */
function verdict({ status, text }: { readonly status: number; readonly text: string }) {
  if (status === 403 && text.includes('"permissionRequired"')) return 'forbidden';
  if (status === 404 && text.includes('There is nothing here for')) return 'blind';
  if (text.includes('"/viewer"')) return 'nobodyIsNamed';
  return 'let through';
}

/** The matrix of the four catalogs, said once more in words of this test: what each may, by name. */
const matrix: readonly (readonly [Product, string, readonly string[]])[] = [
  ['studio', 'owner', ['read', 'usage', 'caps', 'allocate', 'manage']],
  ['studio', 'admin', ['read', 'usage']],
  ['studio', 'member', ['read', 'usage']],
  ['team', 'owner', ['read', 'usage', 'caps', 'allocate', 'manage']],
  ['team', 'admin', ['read', 'usage', 'caps']],
  ['team', 'member', ['read', 'usage']],
  ['tools', 'owner', ['read', 'usage', 'caps', 'allocate', 'manage']],
  ['tools', 'admin', ['read', 'usage']],
  ['tools', 'editor', ['read', 'usage']],
  ['tools', 'viewer', ['read', 'usage']],
  ['tools', 'guest', []],
  ['agents', 'owner', ['read', 'usage', 'caps', 'allocate', 'manage']],
  ['agents', 'admin', ['read', 'usage']],
  ['agents', 'member', []],
  ['agents', 'viewer', []],
];

describe('every route asks the matrix, at every request', () => {
  test.each(matrix)(
    '%s: %s [2.06 3.02 3.03 3.13 3.14 3.15 4.30 4.32]',
    async (product, role, may) => {
      const answers: Record<string, string> = {};
      const expected: Record<string, string> = {};
      // Whoever may do everything would do it: what ends something stays out.
      for (const route of routes.filter(({ method }) => method !== 'delete' || role !== 'owner')) {
        const name = `${route.method} ${route.path}`;
        answers[name] = verdict(await call(product, route, `?viewer=${role}`));
        const { needs } = route;
        if (needs === 'product') expected[name] = 'nobodyIsNamed';
        else if (needs === 'member' || may.includes(needs)) expected[name] = 'let through';
        else expected[name] = may.includes('read') ? 'forbidden' : 'blind';
      }
      expect(answers).toEqual(expected);
    },
  );

  test.each(['invited', 'stranger'])('%s sees nothing, whatever is asked', async (viewer) => {
    for (const route of routes.filter(({ needs }) => needs !== 'product')) {
      expect(verdict(await call('studio', route, `?viewer=${viewer}`))).toBe('blind');
    }
  });

  test.each([
    ['billing:read', 'let through'],
    ['billing:write', 'blind'],
    ['billing:read,more', 'let through'],
  ])('agents: a member with %s is %s [4.31]', async (permissions, expected) => {
    const query = `?viewer=member&permissions=${permissions}`;
    const balance = await clientOf('agents').get(`/api/workspaces/acme/balance${query}`);
    const asked = { status: balance.status, text: JSON.stringify(balance.body) };
    expect(verdict(asked)).toBe(expected);
  });
});

test('who may read is told which roles may do the rest [2.06 3.13]', async () => {
  const seats = await clientOf('studio').put('/api/workspaces/acme/seats?viewer=admin', {
    purchased: 3,
  });
  expect(seats).toMatchObject({
    status: 403,
    body: {
      code: 'permissionRequired',
      detail: '"admin" may not do this as admin. Ask: owner.',
    },
  });
});

test('a change names for whom it was made', async () => {
  const client = clientOf('studio');
  expect(
    (await client.put('/api/workspaces/acme/seats?viewer=owner', { purchased: 3 })).status,
  ).toBe(200);
  const rows = await served.owner<{ actor: string }[]>`
    select actor from command where kind = 'setSeats'`;
  expect(rows.map(({ actor }) => actor)).toEqual([
    expect.stringMatching(/^key:[0-9a-f-]{36}\/member:owner$/),
  ]);
});

test.each([
  ['?viewer=a%20b', '/viewer'],
  ['?viewer=a&viewer=b', '/viewer'],
  ['?viewer=owner&permissions=a,,b', '/permissions'],
])('422 for %s', async (query, pointer) => {
  expect(await clientOf('studio').get(`/api/workspaces/acme/balance${query}`)).toMatchObject({
    status: 422,
    body: { pointers: [{ in: 'query', pointer }] },
  });
});

describe('own usage without the right to see everybody’s', () => {
  // No catalog has such a role by default, so a version with one is published for this product.
  const acme = '/api/workspaces/privacy';
  let tools: HttpClient;

  beforeAll(async () => {
    await served.owner`
      insert into plan_term (product_id, version, terms, hash)
      select product_id, 2, jsonb_set(
          jsonb_set(terms, '{roles,reader}', '["read"]'), '{version}', '2'), 'reader'
      from plan_term where product_id = 'tools' and version = 1`;
    tools = clientOf('tools');
    const made = await tools.put(acme, { plan: 'free', owner: 'una', testClock });
    expect(made.status).toBe(201);
    await tools.put(`${acme}/members/rae`, { role: 'reader', state: 'accepted' });
    const use = (member: string, credits: string) =>
      tools.post(`${acme}/debits`, {
        lines: [{ line: 'run', credits }],
        ...{ member, runId: `run-of-${member}` },
      });
    expect((await use('una', '5')).status).toBe(200);
    expect((await use('rae', '2')).status).toBe(200);
  });

  test('shows theirs alone, in rows and in the total [3.09]', async () => {
    const { status, body } = await tools.get(`${acme}/usage?by=member&viewer=rae`);
    expect([status, body['total'], body['forecast']]).toEqual([200, '2.000000', null]);
    expect(body['rows']).toMatchObject([{ by: { member: 'rae' }, credits: '2.000000' }]);
    const { body: all } = await tools.get(`${acme}/usage?by=member&viewer=una`);
    expect(all['total']).toBe('7.000000');
  });

  test('shows their runs, and no others [4.34]', async () => {
    expect(await tools.get(`${acme}/runs/run-of-rae?viewer=rae`)).toMatchObject({
      status: 200,
      body: { member: 'rae', credits: '2.000000' },
    });
    expect((await tools.get(`${acme}/runs/run-of-una?viewer=rae`)).status).toBe(404);
    expect((await tools.get(`${acme}/ledger?viewer=rae`)).status).toBe(403);
    expect((await tools.get(`${acme}/entitlements?viewer=rae&member=una`)).status).toBe(403);
    expect((await tools.get(`${acme}/entitlements?viewer=rae`)).status).toBe(200);
  });
});
