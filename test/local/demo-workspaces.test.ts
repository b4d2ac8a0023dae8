import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadDemoWorkspaces } from '../../src/local/demo-workspaces.ts';
import { httpClient } from '../support/http-client.ts';
import { openWorld, type World } from '../support/world.ts';

let world: World;
const directory = mkdtempSync(path.join(tmpdir(), 'demo-keys-'));
const keysFile = path.join(directory, 'demo-keys.json');

const load = () =>
  loadDemoWorkspaces({
    publicUrl: world.config.http.publicUrl,
    databaseUrl: world.config.databaseUrl,
    catalogDirectory: world.config.catalogDirectory,
    keysFile,
  });

const keys = () => JSON.parse(readFileSync(keysFile, 'utf8')) as Readonly<Record<string, string>>; // as written above

beforeAll(async () => {
  world = await openWorld();
  await load();
});
afterAll(async () => {
  rmSync(directory, { recursive: true, force: true });
  await world.stop();
});

describe('npm start has a demo workspace of every product', () => {
  test.each([
    ['studio', 'team', 'trialing'],
    ['team', 'pro', 'memberPaid'],
    ['tools', 'free', 'free'],
    ['agents', 'pro', 'trialing'],
  ])('%s: on %s, the biggest plan that runs without a card', async (product, plan, status) => {
    const api = httpClient(world.config.http.publicUrl, {
      authorization: `Bearer ${keys()[product] ?? ''}`,
    });
    expect(await api.get('/api/workspaces/demo')).toMatchObject({
      status: 200,
      body: { plan: { id: plan }, status },
    });
  });

  test('and keeps it, with its key, when it starts again', async () => {
    const before = keys();
    await load();
    expect(keys()).toEqual(before);
  });
});
