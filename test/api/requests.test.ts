import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { callerFinder } from '../../src/api/auth.ts';
import { revokeApiKey } from '../../src/store/api-keys.ts';
import type { HttpClient, Json } from '../support/http-client.ts';
import { serveApi, type Served } from './support/served.ts';

let served: Served;
let studio: HttpClient;
let key: string;
const debits = '/api/workspaces/acme/debits';

beforeAll(async () => {
  served = await serveApi();
  key = await served.key('studio', 'debit', 'read', 'manage');
  studio = await served.client('studio', 'manage');
  const fresh = { plan: 'free', owner: 'ada', testClock: '2026-01-31T10:00:00.000Z' };
  expect((await studio.put('/api/workspaces/acme', fresh)).status).toBe(201);
});
afterAll(async () => {
  await served.stop();
});

const send = async (
  body: string | Uint8Array<ArrayBuffer>,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly status: number; readonly code: unknown }> => {
  const response = await fetch(`${served.url}${debits}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      'idempotency-key': 'k',
      ...headers,
    },
    body,
  });
  const problem = (await response.json()) as Json;
  return { status: response.status, code: problem['code'] };
};

describe('a body', () => {
  test.each([
    ['that is not JSON', '{"lines":', {}, 400, 'badJson'],
    ['that is empty', '', {}, 400, 'badJson'],
    ['that is not UTF-8', new Uint8Array([0x22, 0xff, 0x22]), {}, 400, 'badEncoding'],
    ['of 256 KiB and a byte', `"${'x'.repeat(262_143)}"`, {}, 413, 'bodyTooLarge'],
    [
      'of form fields',
      'a=b',
      { 'content-type': 'application/x-www-form-urlencoded' },
      415,
      'unsupportedMediaType',
    ],
    ['in an unknown encoding', '{}', { 'content-encoding': 'rot13' }, 400, 'badEncoding'],
    ['that is null', 'null', {}, 422, 'invalidRequest'],
    ['that is a list', '[]', {}, 422, 'invalidRequest'],
  ])('%s is refused', async (_what, body, headers, status, code) => {
    expect(await send(body, headers)).toEqual({ status, code });
  });

  test('with a lone surrogate or a null character writes nothing and harms nothing', async () => {
    expect((await send('{"lines":[{"line":"\\u0000","credits":"1"}]}')).status).toBe(422);
    expect((await send('{"lines":[{"line":"\\ud800","credits":"1"}]}')).status).toBe(422);
  });

  test('of thousands of unknown fields is told of fifty of them, and how many there are', async () => {
    const fields = Array.from({ length: 20_000 }, (_, index) => [`f${index}`, 1]);
    const response = await fetch(`${served.url}${debits}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
        'idempotency-key': 'k',
      },
      body: JSON.stringify(Object.fromEntries(fields)),
    });
    const { pointers, detail } = (await response.json()) as Json;
    expect(pointers).toHaveLength(50);
    // The lines are missing, too.
    expect(detail).toContain('There are 20001 mistakes; the first 50 are named.');
  });

  test('of a webhook is told its own limit', async () => {
    const body = 'x'.repeat(1024 * 1024 + 1);
    const response = await fetch(`${served.url}/webhooks/stripe`, { method: 'POST', body });
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({
      detail: 'The body is larger than 1024 KiB. Send less at once.',
    });
  });

  test('with a member named __proto__ is refused by its name', async () => {
    const line = '{"line":"llm","credits":"0.1"}';
    expect((await send(`{"lines":[${line}],"__proto__":{"x":1}}`)).status).toBe(422);
  });
});

describe('a key', () => {
  const ask = async (authorization: string | undefined): Promise<number> => {
    const headers = authorization === undefined ? {} : { authorization };
    return (await fetch(`${served.url}/api/workspaces/acme`, { headers })).status;
  };

  test.each([
    ['none', undefined],
    ['another scheme', 'Basic YTpi'],
    ['no key at all', 'Bearer tg_test_'],
    ['a wrong checksum', () => `Bearer ${key.slice(0, -1)}${key.endsWith('a') ? 'b' : 'a'}`],
    [
      'a well-formed key that was never issued',
      'Bearer tg_test_abcdefgh_abcdefghijklmnopqrstuvwxyz012345abcdef',
    ],
  ])('%s is 401', async (_what, authorization) => {
    expect(await ask(typeof authorization === 'function' ? authorization() : authorization)).toBe(
      401,
    );
  });

  test('shows its prefix in the books and never itself', async () => {
    const rows = await served.owner`select prefix, secret_hash from api_key`;
    expect(JSON.stringify(rows)).toContain(key.slice(0, 'tg_test_abcdefgh'.length));
    expect(JSON.stringify(rows)).not.toContain(key.slice('tg_test_abcdefgh_'.length));
  });

  test('is remembered for less than five seconds after it was revoked', async () => {
    const asked: string[] = [];
    let now = 0;
    const find = callerFinder(
      {
        find: (presented) => {
          asked.push(presented);
          const caller = { keyId: 'k', product: 'studio', scopes: ['read'] as const };
          return Promise.resolve(now < 5_000 ? caller : undefined);
        },
      },
      () => now,
    );
    expect(await find(`Bearer ${key}`)).toBeDefined();
    now = 4_999;
    expect(await find(`Bearer ${key}`)).toBeDefined();
    now = 5_000;
    expect(await find(`Bearer ${key}`)).toBeUndefined();
    expect(asked).toHaveLength(2);
  });

  test('is 401 once it was revoked', async () => {
    const revoked = await served.key('studio', 'read');
    const [row] = await served.owner<{ id: string }[]>`
      select id from api_key order by created_at desc limit 1`;
    await revokeApiKey(served.sql, row?.id ?? '');
    expect(await ask(`Bearer ${revoked}`)).toBe(401);
  });
});

describe('every answer', () => {
  test('tells how many requests are left', async () => {
    const { headers } = await studio.get('/api/plans');
    expect(Number(headers.get('ratelimit-remaining'))).toBeGreaterThan(0);
  });

  test('is 429 for a key that asks too often, and for no other', async () => {
    const strict = await serveApi({ requestsPerMinute: 2 });
    const busy = await strict.client('studio', 'read');
    const other = await strict.client('studio', 'read');
    await busy.get('/api/plans');
    await busy.get('/api/plans');
    const third = await busy.get('/api/plans');
    expect([third.status, third.body['code']]).toEqual([429, 'tooManyRequests']);
    expect(third.headers.has('retry-after')).toBe(true);
    expect((await other.get('/api/plans')).status).toBe(200);
    await strict.stop();
  });

  test('under an address that cannot be read says so, and nothing of a body', async () => {
    const { status, body } = await studio.get('/api/workspaces/%');
    expect([status, body['code'], body['title']]).toEqual([
      404,
      'notFound',
      'There is nothing here under this name.',
    ]);
    expect(body['detail']).toBe('The address cannot be read: write a percent sign as %25.');
  });

  test('to permissions without a viewer is that nobody has them', async () => {
    const reader = await served.client('studio', 'read');
    expect(await reader.get('/api/workspaces/acme?permissions=billing:read')).toMatchObject({
      status: 422,
      body: { pointers: [{ in: 'query', pointer: '/permissions' }] },
    });
  });

  test('under an unknown address is a problem with a code', async () => {
    const { status, headers, body } = await studio.get('/api/nothing');
    expect([status, body['code']]).toEqual([404, 'notFound']);
    expect(headers.get('content-type')).toContain('application/problem+json');
  });

  test('says 503 with Retry-After and without a stack while the database is away', async () => {
    const doomed = await serveApi();
    const client = await doomed.client('studio', 'read');
    expect((await client.get('/api/plans')).status).toBe(200);
    await doomed.sql.end();
    const { status, headers, body } = await client.get('/api/workspaces/acme');
    expect([status, body['code']]).toEqual([503, 'databaseUnavailable']);
    expect(headers.get('retry-after')).toBe('2');
    expect(JSON.stringify(body)).not.toMatch(/\bat .*\.ts|node_modules/);
    const ready = await fetch(`${doomed.url}/readyz`);
    expect(ready.status).toBe(503);
    await doomed.stop();
  });
});

describe('documents', () => {
  test('are where the bare address leads', async () => {
    const response = await fetch(served.url, { redirect: 'manual' });
    expect([response.status, response.headers.get('location')]).toEqual([302, '/docs']);
  });

  test('say how to authenticate, in code where it is code', async () => {
    const page = await (await fetch(`${served.url}/docs`)).text();
    expect(page).toContain('<code>Authorization: Bearer KEY</code>');
    expect(page).not.toContain('`');
  });

  test('are open: OpenAPI, its page, and every code', async () => {
    const openapi = (await (await fetch(`${served.url}/openapi.json`)).json()) as Json;
    expect(openapi['openapi']).toBe('3.1.0');
    expect((await fetch(`${served.url}/docs`)).status).toBe(200);
    const errors = await (await fetch(`${served.url}/docs/errors`)).text();
    expect(errors).toContain('idempotencyKeyReused');
  });
});
