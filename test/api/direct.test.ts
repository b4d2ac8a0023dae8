import { request, type IncomingHttpHeaders } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serveApi, type Served } from './support/served.ts';

let served: Served;
let key: string;
beforeAll(async () => {
  served = await serveApi({ requestsPerMinute: 40 });
  key = await served.key('studio', 'debit', 'manage');
  const owner = await served.client('studio', 'manage');
  const acme = { plan: 'starter', owner: 'ada', testClock: '2026-01-31T10:00:00.000Z' };
  expect((await owner.put('/api/workspaces/acme', acme)).status).toBe(201);
});
afterAll(() => served.stop());

type Told = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
};

/** Express takes what comes in chunks; a body of known length is served in front of it. */
function post(
  path: string,
  body: string,
  headers: Readonly<Record<string, string>>,
  by: 'direct' | 'express',
): Promise<Told> {
  const length = { 'content-length': `${Buffer.byteLength(body)}` };
  const framing = by === 'direct' ? length : { 'transfer-encoding': 'chunked' };
  return new Promise((resolve, reject) => {
    const sent = request(`${served.url}${path}`, {
      method: 'POST',
      headers: { ...headers, ...framing },
    });
    sent.once('error', reject);
    sent.once('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('end', () => {
        const { statusCode = 0, headers: told } = response;
        resolve({ status: statusCode, headers: told, body: Buffer.concat(chunks).toString() });
      });
    });
    sent.end(body);
  });
}

/** What two answers must share: all but the instant and the count. */
const kept = ({ status, headers, body }: Told) => {
  const { date: _date, 'ratelimit-remaining': _left, 'ratelimit-reset': _at, ...rest } = headers;
  const { 'keep-alive': _alive, connection: _connection, ...same } = rest;
  return { status, headers: same, body };
};

const json = (more: Readonly<Record<string, string>> = {}) => ({
  authorization: `Bearer ${key}`,
  'content-type': 'application/json',
  ...more,
});
const debits = '/api/workspaces/acme/debits';
const one = '{"lines":[{"line":"tools","credits":"1"}]}';
const much = '{"lines":[{"line":"tools","credits":"1000"}]}';

test.each([
  ['a debit', debits, one, () => json({ 'idempotency-key': 'twin' }), 200],
  ['a denial', debits, much, () => json({ 'idempotency-key': 'poor' }), 402],
  ['a missing key', debits, one, () => json(), 400],
  ['a key of the wrong form', debits, one, () => json({ 'idempotency-key': 'a b' }), 422],
  ['a mistake in the body', debits, '{"lines":1}', () => json({ 'idempotency-key': 'k' }), 422],
  ['no JSON', debits, '{', () => json({ 'idempotency-key': 'k' }), 400],
  ['another type', debits, one, () => json({ 'content-type': 'text/plain' }), 415],
  ['a stranger', debits, one, () => json({ authorization: 'Bearer tg_nobody000000' }), 401],
  [
    'an unknown workspace',
    '/api/workspaces/no/debits',
    one,
    () => json({ 'idempotency-key': 'k' }),
    404,
  ],
])('%s is answered in front of Express as by it', async (_name, path, body, headers, status) => {
  const direct = kept(await post(path, body, headers(), 'direct'));
  const express = kept(await post(path, body, headers(), 'express'));
  expect(direct).toEqual(express);
  expect(direct.status).toBe(status);
});

test('requests of both ways are counted together, and refused beyond the limit', async () => {
  const headers = json({ 'idempotency-key': 'twin' });
  const before = await post(debits, one, headers, 'express');
  const after = await post(debits, one, headers, 'direct');
  const left = Number(before.headers['ratelimit-remaining']);
  expect(after.headers['ratelimit-remaining']).toBe(`${left - 1}`);
  for (let n = 0; n < left - 1; n += 1) await post(debits, one, headers, 'direct');
  const direct = kept(await post(debits, one, headers, 'direct'));
  expect(direct.status).toBe(429);
  const { 'retry-after': _direct, ...own } = direct.headers;
  const express = kept(await post(debits, one, headers, 'express'));
  const { 'retry-after': _express, ...theirs } = express.headers;
  expect({ ...direct, headers: own }).toEqual({ ...express, headers: theirs });
});
