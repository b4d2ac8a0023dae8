import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommand, type Outcome } from '../cli/run-command.ts';
import type { Json } from '../support/http-client.ts';
import { startLife, type Life } from '../support/life.ts';
import { openWorld, type World } from '../support/world.ts';

const name = (word: string): string => `${word}-${randomUUID().slice(0, 8)}`;
const acme = { product: 'studio', workspace: name('acme') };
const bella = { product: 'studio', workspace: name('bella') };
let world: World;
let paying: Life;
let costless: Life;
let folder: string;

beforeAll(async () => {
  world = await openWorld();
  folder = mkdtempSync(path.join(os.tmpdir(), 'terms-'));
  const opening = { owner: 'ada', timeZone: 'UTC', testClock: '2026-01-10T12:00:00.000Z' };
  paying = await startLife(world, acme, { ...opening, plan: 'pro' });
  await paying.addCard();
  costless = await startLife(world, bella, { ...opening, owner: 'bob', plan: 'free' });
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await world.stop();
});

const tollgate = (...args: readonly string[]): Promise<Outcome> =>
  runCommand('src/cli/tollgate.ts', args, { DATABASE_URL: world.config.databaseUrl });

/** The catalog of the product studio with a dearer Pro that includes more. */
function nextStudio(): string {
  const file = path.join(folder, 'studio.yaml');
  const text = readFileSync('catalogs/studio.yaml', 'utf8')
    .replace('version: 1\n', 'version: 2\n')
    .replace("perSeat: '30.00'", "perSeat: '36.00'")
    .replace("perSeat: '45'", "perSeat: '60'");
  writeFileSync(file, text);
  return file;
}

const preview = async (body: object): Promise<Json> => {
  const { status, body: shown } = await paying.api.post('/api/catalog/migrations', body);
  expect({ status, shown }).toMatchObject({ status: 200 });
  return shown;
};

function seenOf(shown: Json, { workspace }: { readonly workspace: string }): Json {
  const rows: readonly Json[] = shown['workspaces'] ?? [];
  const row = rows.find((each) => each['workspace'] === workspace);
  if (row === undefined) throw new Error(`${workspace} is not in the preview`);
  return row;
}

describe('a product’s terms get another version', () => {
  test('which nobody is on but who comes from then on', async () => {
    await paying.advance('2026-01-24T12:00:00.000Z');
    await paying.becomes('active');
    const published = await tollgate('catalog', 'publish', nextStudio());
    expect(published).toMatchObject({ status: 0 });
    expect(published.stdout).toContain('studio, version 2: published, 2 changes since version 1');
    const { body } = await paying.api.get('/api/catalog/versions');
    expect(body['versions']).toMatchObject([
      { version: 2, workspaces: 0 },
      { version: 1, workspaces: 2 },
    ]);
    const late = await startLife(
      world,
      { product: 'studio', workspace: name('late') },
      { owner: 'cyd', plan: 'free', timeZone: 'UTC', testClock: '2026-01-10T12:00:00.000Z' },
    );
    const shown = await tollgate('workspace', 'show', `studio/${late.path.split('/').at(-1)}`);
    expect(shown.stdout).toContain('Terms: version 2.');
  });

  test('a preview shows what each pays, gains and loses, and changes nothing', async () => {
    const shown = await preview({ to: 2 });
    expect(shown).toMatchObject({ appliedAt: null, counts: { seen: 2, cannot: 0, moved: 0 } });
    expect(seenOf(shown, acme)).toMatchObject({
      state: 'seen',
      plan: { from: 'pro', to: 'pro' },
      at: '2026-02-24T12:00:00.000Z',
      pays: 'more',
      nextInvoice: {
        before: { at: '2026-02-24T12:00:00.000Z', total: { amount: '30.00' } },
        after: { at: '2026-02-24T12:00:00.000Z', total: { amount: '36.00' } },
      },
      included: { before: '45.000000', after: '60.000000' },
    });
    expect(seenOf(shown, bella)).toMatchObject({ pays: 'the same', plan: { from: 'free' } });
    const seen = await tollgate('workspace', 'show', `studio/${acme.workspace}`);
    expect(seen.stdout).toContain('Terms: version 1 (the newest is 2).');
  });

  test('a token of before something changed moves nobody', async () => {
    const { previewToken } = await preview({ to: 2 });
    expect(await paying.api.put(`${paying.path}/seats`, { purchased: 2 })).toMatchObject({
      status: 200,
    });
    const stale = await paying.api.post('/api/catalog/migrations', { previewToken });
    expect(stale).toMatchObject({ status: 409, body: { code: 'previewStale' } });
    const again = await paying.api.get(`/api/catalog/migrations/${String(previewToken)}`);
    expect(again.body).toMatchObject({ appliedAt: null, counts: { seen: 2, moved: 0 } });
  });

  test('applied, it honours the period, and then charges what was shown', async () => {
    const shown = await preview({ to: 2, plan: 'pro' });
    expect(shown).toMatchObject({ counts: { seen: 1 } });
    const { previewToken } = shown;
    const { total } = seenOf(shown, acme)['nextInvoice']['after'];
    for (const _twice of [1, 2]) {
      const applied = await paying.api.post('/api/catalog/migrations', { previewToken });
      expect(applied.status).toBe(200);
    }
    const isMoved = async () =>
      (await paying.api.get(`/api/catalog/migrations/${String(previewToken)}`)).body['counts'];
    await expect.poll(isMoved, { timeout: 30_000 }).toMatchObject({ moved: 1, waiting: 0 });
    const before = await tollgate('workspace', 'show', `studio/${acme.workspace}`);
    expect(before.stdout).toContain('Terms: version 2 from 2026-02-24T12:00:00.000Z on.');

    await paying.advance('2026-02-24T13:00:00.000Z');
    await expect
      .poll(async () => (await paying.invoices())[0], { timeout: 30_000 })
      .toMatchObject({ total, status: 'paid' });
    const after = await tollgate('workspace', 'show', `studio/${acme.workspace}`, '--json');
    expect(JSON.parse(after.stdout)).toMatchObject({ termsVersion: 2, newestVersion: 2 });
    await paying.advance('2026-03-01T13:00:00.000Z');
    expect(await paying.balance()).toMatchObject({ available: '120.000000' });
  });

  test('at a prompt it is previewed and applied too, and says who was moved', async () => {
    const seen = await tollgate('catalog', 'migrate', 'studio', '--to', '2');
    expect(seen).toMatchObject({ status: 0 });
    expect(seen.stdout).toContain(`${bella.workspace} (free), from `);
    const [, token = ''] = /--apply --token (\S+)/.exec(seen.stdout) ?? [];
    const moved = await tollgate('catalog', 'migrate', 'studio', '--apply', '--token', token);
    expect(moved).toMatchObject({ status: 0 });
    expect(moved.stdout).toContain('1 moved, or will be at its period’s end');
    const nobody = await tollgate('catalog', 'migrate', 'studio', '--to', '2', '--apply');
    expect(nobody.stdout).toContain('nobody is to be moved');
    expect(await costless.show()).toMatchObject({ status: 'free' });
  });

  test('who cannot be moved is named with what to do', async () => {
    const file = path.join(folder, 'studio.yaml');
    const text = readFileSync(file, 'utf8')
      .replace('version: 2\n', 'version: 3\n')
      .replace('- id: pro\n', '- id: professional\n');
    writeFileSync(file, text);
    expect(await tollgate('catalog', 'publish', file)).toMatchObject({ status: 0 });
    const seen = await tollgate('catalog', 'migrate', 'studio', '--to', '3', '--plan', 'pro');
    expect(seen).toMatchObject({ status: 1 });
    expect(seen.stdout).toContain(
      `${acme.workspace} (pro): The version has no such plan. Name one of its plans for it`,
    );
    const named = await tollgate(
      ...['catalog', 'migrate', 'studio', '--to', '3', '--plan', 'pro=professional', '--at', 'now'],
      '--apply',
    );
    expect(named).toMatchObject({ status: 0 });
    await expect
      .poll(async () => (await paying.show())['plan'], { timeout: 30_000 })
      .toMatchObject({ id: 'professional' });
  });
});
