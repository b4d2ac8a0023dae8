import postgres from 'postgres';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { auditTonight, startNightlyAudit } from '../../src/cli/audit/nightly.ts';
import type { Log } from '../../src/ports/log.ts';
import { connect, type Sql } from '../../src/store/connect.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { runCommand, type Outcome } from './run-command.ts';

let database: TestDatabase;
let auditUrl: string;
let owner: postgres.Sql;
let app: Sql;
let audit: Sql;
beforeAll(async () => {
  database = await createTestDatabase();
  auditUrl = database.appUrl.replace('tollgate_app@', 'tollgate_audit@');
  owner = postgres(database.adminUrl, { max: 1, onnotice: () => undefined });
  app = connect(database.appUrl, { max: 2 });
  audit = connect(auditUrl, { max: 2, role: 'tollgate_audit' });
});
afterAll(async () => {
  await Promise.all([owner.end(), app.end(), audit.end()]);
  await database.drop();
});
beforeEach(async () => {
  await owner`truncate audit_run, invoice_number, product cascade`;
});

/** A log that keeps its errors, without the sentences of what is well. */
function keepErrors(): { readonly log: Log; readonly errors: unknown[] } {
  const errors: unknown[] = [];
  const nothing = (): void => undefined;
  const error: Log['error'] = (facts, sentence) => void errors.push({ ...facts, sentence });
  return { log: { info: nothing, warn: nothing, error }, errors };
}

const breakNumbers = () =>
  owner.unsafe(`insert into product (id, name) values ('studio', 'Studio');
    insert into invoice_number (product_id, next_number) values ('studio', 2)`);

const last = (...args: readonly string[]): Promise<Outcome> =>
  runCommand('src/cli/audit.ts', ['--last', ...args], { AUDIT_DATABASE_URL: auditUrl });

test('proves the books once a night, and says what it found at a prompt', async () => {
  const { log, errors } = keepErrors();
  expect(await last()).toMatchObject({ status: 2, stdout: '' });
  expect(await auditTonight({ app, audit, log })).toBe(true);
  expect(await auditTonight({ app, audit, log })).toBe(false);
  expect(errors).toEqual([]);
  const { status, stdout } = await last();
  expect(status).toBe(0);
  expect(stdout).toMatch(/\nThe books add up: \d+ identities hold\.\n$/);
});

test('a breach is an error in the log that names its rows and what to do, and stays to be looked at', async () => {
  await breakNumbers();
  const { log, errors } = keepErrors();
  expect(await auditTonight({ app, audit, log })).toBe(true);
  const sentence =
    'The books do not add up. Keep a backup of this moment, look at "tollgate audit --last" and at ' +
    'docs/operating.md, The audit';
  const breaches = ['studio, number 1: expected 1, is 0'];
  expect(errors).toEqual([{ identities: ['invoice numbers'], breaches, sentence }]);
  await owner`delete from invoice_number`;
  const { status, stdout } = await last();
  expect(status).toBe(1);
  expect(stdout).toContain('\n  studio, number 1: expected 1, is 0\n');
});

test('one worker at a time proves the books, and the others leave it to it', async () => {
  const { log } = keepErrors();
  await owner.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(7438, 3)`;
    expect(await auditTonight({ app, audit, log })).toBe(false);
  });
  const both = [1, 2].map(() => auditTonight({ app, audit, log }));
  expect((await Promise.all(both)).filter(Boolean)).toHaveLength(1);
});

test('a night that was missed is told: the last audit is too old to say anything', async () => {
  await owner`insert into audit_run (night, started_at, ended_at, proved, findings)
    values ('2026-01-01', '2026-01-01T03:00:00Z', '2026-01-01T03:00:01Z', true, '[]')`;
  const { status, stderr } = await last();
  expect(status).toBe(2);
  expect(stderr).toContain(
    'The last nightly audit was made at 2026-01-01T03:00:01.000Z: ' +
      'a worker makes it every night where AUDIT_DATABASE_URL is set',
  );
});

test('a worker that cannot look says so as an error, and goes on', async () => {
  const { log, errors } = keepErrors();
  const nobody = connect(auditUrl.replace('tollgate_audit@', 'nobody@'), { max: 1 });
  const rounds = startNightlyAudit({ app, audit: nobody, log });
  await rounds.stop();
  await nobody.end();
  expect(errors).toMatchObject([{ sentence: 'The nightly audit could not run' }]);
});
