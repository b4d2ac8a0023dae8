import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findFreePort } from '../../src/local/ports.ts';
import { startEmulator, type Emulator } from '../../src/local/stripe/emulator.ts';
import { issueApiKey } from '../../src/store/api-keys.ts';
import { connect } from '../../src/store/connect.ts';
import { httpClient } from '../support/http-client.ts';
import { requestTemporalAddress } from '../support/temporal.ts';
import { startProductionDatabase, type ProductionDatabase } from './production-database.ts';
import { run, stop, type Program } from './program.ts';

// What the Dockerfile does, as plain commands: the build, then a folder with nothing but what the
// image holds, and in it the programs of docker-compose.yml.

const passwords = {
  DB_OWNER_PASSWORD: 'owner1',
  DB_APP_PASSWORD: 'app1',
  DB_AUDIT_PASSWORD: 'audit1',
  DB_TEMPORAL_PASSWORD: 'temporal1',
};
const slow = { timeout: 30_000, interval: 200 };
const programs: Program[] = [];
let directory: string;
let app: string;
let database: ProductionDatabase;
let emulator: Emulator;
let env: Record<string, string>;
let api: Program;
let worker: Program;

const start = (args: readonly string[], settings: Readonly<Record<string, string>>): Program => {
  const program = run(app, args, settings);
  programs.push(program);
  return program;
};

function makeCleanFolder(): void {
  const npm = (args: readonly string[], cwd: string): void => {
    execFileSync('npm', [...args], { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
  };
  npm(['run', '--silent', 'build', '--', '--out', path.join(app, 'dist')], process.cwd());
  for (const name of ['package.json', 'package-lock.json', '.npmrc', 'catalogs']) {
    fs.cpSync(name, path.join(app, name), { recursive: true });
  }
  const production = ['--omit=dev', '--omit=optional', '--ignore-scripts'];
  npm(['ci', ...production, '--prefer-offline', '--no-audit', '--no-fund', '--silent'], app);
  fs.cpSync('scripts/patch-driver.mjs', path.join(app, 'scripts/patch-driver.mjs'));
  execFileSync(process.execPath, ['scripts/patch-driver.mjs'], { cwd: app });
}

beforeAll(async () => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'tollgate-production-'));
  fs.chmodSync(directory, 0o755); // PostgreSQL's own user enters it
  app = path.join(directory, 'app');
  makeCleanFolder();
  database = await startProductionDatabase(path.join(directory, 'postgres'), passwords);
  emulator = await startEmulator();
  const port = await findFreePort();
  env = {
    DATABASE_URL: database.urlOf('tollgate_app', 'app1'),
    TEMPORAL_ADDRESS: await requestTemporalAddress(),
    TEMPORAL_TASK_QUEUE: `production-${randomUUID()}`,
    STRIPE_SECRET_KEY: 'sk_test_production',
    STRIPE_WEBHOOK_SECRETS: 'whsec_production',
    STRIPE_API_BASE: emulator.url,
    SMTP_URL: 'smtp://127.0.0.1:25',
    MAIL_FROM: 'billing@tollgate.example',
    TOLLGATE_HOST: '0.0.0.0',
    TOLLGATE_PORT: String(port),
    CATALOG_DIR: path.join(app, 'catalogs'),
    WORKFLOW_BUNDLE: path.join(app, 'dist/workflow-bundle.js'),
  };
}, 300_000);

afterAll(async () => {
  for (const { child } of programs) if (child.exitCode === null) child.kill('SIGKILL');
  await emulator.stop();
  await database.stop();
  fs.rmSync(directory, { recursive: true, force: true });
});

test('the folder holds no package that only developers need', () => {
  const installed = fs.readdirSync(path.join(app, 'node_modules'));
  expect(installed).toContain('express');
  for (const name of ['typescript', 'vitest', 'oxlint', 'knip', 'fast-check']) {
    expect(installed).not.toContain(name);
  }
});

test('migrates a database whose roles the image made, without the right to make any', async () => {
  const owner = { MIGRATION_DATABASE_URL: database.urlOf('tollgate', 'owner1') };
  const first = await start(['dist/src/local/migrate.js'], owner).ended;
  expect(first.status).toBe(0);
  expect(first.output).toMatch(/^Migrated: 0001_/);
  const again = await start(['dist/src/local/migrate.js'], owner).ended;
  expect(again).toEqual({ status: 0, output: 'Nothing to migrate.\n' });
});

test('refuses the application’s role to migrate', async () => {
  const url = database.urlOf('tollgate_app', 'app1');
  const { status } = await start(['dist/src/local/migrate.js'], { MIGRATION_DATABASE_URL: url })
    .ended;
  expect(status).not.toBe(0);
});

test('API and worker say when they are well', async () => {
  api = start(['dist/src/server.js'], env);
  worker = start(['dist/src/worker.js'], env);
  await Promise.all([api.ready, worker.ready]);
  const check = (part: string): Promise<{ readonly status: number | null }> =>
    start(['dist/src/cli/check-health.js', part], env).ended;
  expect(await check('api')).toEqual({ status: 0, output: '' });
  await expect.poll(() => check('worker'), slow).toEqual({ status: 0, output: '' });
});

test('a health check names who is away', async () => {
  const port = String(await findFreePort());
  const away = { ...env, TOLLGATE_PORT: port, TEMPORAL_ADDRESS: `127.0.0.1:${port}` };
  expect(await start(['dist/src/cli/check-health.js', 'api'], away).ended).toMatchObject({
    status: 1,
  });
  expect(await start(['dist/src/cli/check-health.js', 'worker'], away).ended).toMatchObject({
    status: 1,
  });
  const unserved = { ...env, TEMPORAL_TASK_QUEUE: `nobody-${randomUUID()}` };
  expect(await start(['dist/src/cli/check-health.js', 'worker'], unserved).ended).toEqual({
    status: 1,
    output: '',
  });
});

test('lives a workspace with the bundle that the build made', async () => {
  const sql = connect(env['DATABASE_URL'] ?? '', { max: 1 });
  const scopes = ['read', 'manage', 'admin'] as const;
  const { key } = await issueApiKey(sql, { product: 'studio', scopes, mode: 'test' });
  await sql.end();
  const base = `http://127.0.0.1:${env['TOLLGATE_PORT']}`;
  const client = httpClient(base, { authorization: `Bearer ${key}` });
  const made = { owner: 'ada', plan: 'pro', timeZone: 'UTC' };
  expect(await client.put('/api/workspaces/acme', made)).toMatchObject({ status: 201 });
  await expect
    .poll(async () => (await client.get('/api/workspaces/acme')).body['status'], slow)
    .toBe('trialing');
});

test('the audit proves the books as its own role', async () => {
  const audit = { AUDIT_DATABASE_URL: database.urlOf('tollgate_audit', 'audit1') };
  const { status, output } = await start(['dist/src/cli/audit.js'], audit).ended;
  expect(status).toBe(0);
  expect(output).toContain('The books add up');
});

test('the application’s password opens nothing for the auditor', async () => {
  const wrong = { AUDIT_DATABASE_URL: database.urlOf('tollgate_audit', 'app1') };
  expect(await start(['dist/src/cli/audit.js'], wrong).ended).toMatchObject({ status: 2 });
});

test('both drain and leave with 0 on SIGTERM', async () => {
  expect(await stop(worker)).toMatchObject({ status: 0 });
  expect(await stop(api)).toMatchObject({ status: 0 });
});
