import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadCatalogs } from '../../src/catalog/load.ts';
import { publishTerms } from '../../src/store/publish-terms.ts';
import type { HttpClient } from '../support/http-client.ts';
import { serveApi, type Served } from './support/served.ts';

let served: Served;
let api: HttpClient;
beforeAll(async () => {
  served = await serveApi();
  api = await served.client('studio', 'admin');
  const [studio] = loadCatalogs('catalogs').filter(({ product }) => product === 'studio');
  if (studio === undefined) throw new Error('there is no studio');
  await publishTerms(served.sql, [{ ...studio, version: 2, name: 'Studio 2' }]);
});
afterAll(() => served.stop());

const migrations = '/api/catalog/migrations';

describe('GET /api/catalog/versions', () => {
  test('200: newest first, with how many workspaces each has', async () => {
    const { status, body } = await api.get('/api/catalog/versions');
    expect(status).toBe(200);
    expect(body['versions']).toMatchObject([
      { version: 2, workspaces: 0 },
      { version: 1, workspaces: 0 },
    ]);
  });

  test('403: to an operator’s key alone', async () => {
    const reader = await served.client('studio', 'read', 'manage');
    expect(await reader.get('/api/catalog/versions')).toMatchObject({ status: 403 });
    expect(await reader.post(migrations, { to: 2 })).toMatchObject({ status: 403 });
  });
});

describe('POST /api/catalog/migrations', () => {
  test('200: who would be moved; the same key answers the same, another wish is refused', async () => {
    const made = await api.put('/api/workspaces/late', { owner: 'ada', plan: 'free' });
    expect(made.status).toBe(201);
    // The newest version is current, so the workspace goes back to the first.
    const key = randomUUID();
    const first = await api.post(migrations, { to: 1 }, key);
    expect(first).toMatchObject({
      status: 200,
      body: { to: 1, at: 'periodEnd', appliedAt: null, counts: { seen: 1, cannot: 0 } },
    });
    const again = await api.post(migrations, { to: 1 }, key);
    expect(again.body).toEqual(first.body);
    const other = await api.post(migrations, { to: 1, at: 'now' }, key);
    expect(other).toMatchObject({ status: 409, body: { code: 'idempotencyKeyReused' } });
  });

  test('200: applied by its token, as often as it is sent', async () => {
    const { body } = await api.post(migrations, { to: 1 });
    const previewToken = String(body['previewToken']);
    for (const _twice of [1, 2]) {
      expect(await api.post(migrations, { previewToken })).toMatchObject({ status: 200 });
    }
    expect((await api.get(`${migrations}/${previewToken}`)).body).toMatchObject({
      counts: { moved: 1, waiting: 0 },
      workspaces: [{ workspace: 'late', state: 'moved', plan: { from: 'free', to: 'free' } }],
    });
    expect((await api.get('/api/catalog/versions')).body['versions']).toMatchObject([
      { version: 2, workspaces: 0 },
      { version: 1, workspaces: 1 },
    ]);
    const commands = await served.owner`select 1 from command where kind = 'moveTerms'`;
    expect(commands).toHaveLength(1);
    const audited = await served.owner`select action from audit_log where action = 'moveTerms'`;
    expect(audited).toHaveLength(1);
  });

  test('409: nobody is moved by a preview of more than half an hour ago', async () => {
    const { body } = await api.post(migrations, { to: 2 });
    const previewToken = String(body['previewToken']);
    await served.owner`update terms_move set previewed_at = previewed_at - interval '31 minutes'
      where id = ${previewToken}`;
    const stale = await api.post(migrations, { previewToken });
    expect(stale).toMatchObject({ status: 409, body: { code: 'previewStale' } });
  });

  test('422: a version that was not published', async () => {
    const { status, body } = await api.post(migrations, { to: 7 });
    expect(status).toBe(422);
    expect(JSON.stringify(body)).toContain('must be a published version: 2, 1');
  });

  test('404: a preview of nobody, or of another product', async () => {
    const previewToken = randomUUID();
    expect(await api.post(migrations, { previewToken })).toMatchObject({ status: 404 });
    expect(await api.get(`${migrations}/${previewToken}`)).toMatchObject({ status: 404 });
    const { body } = await api.post(migrations, { to: 2 });
    const stranger = await served.client('team', 'admin');
    const token = String(body['previewToken']);
    expect(await stranger.get(`${migrations}/${token}`)).toMatchObject({ status: 404 });
    expect(await stranger.post(migrations, { previewToken: token })).toMatchObject({ status: 404 });
  });
});
