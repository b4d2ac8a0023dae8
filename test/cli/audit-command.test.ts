import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { CannotAudit } from '../../src/cli/audit/cannot-audit.ts';
import { findDatabase } from '../../src/cli/audit/target.ts';
import { makeTemporaryDirectory } from '../local/temporary-directory.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { runCommand, type Outcome } from './run-command.ts';

let database: TestDatabase;
let auditUrl: string;
beforeAll(async () => {
  database = await createTestDatabase();
  auditUrl = database.appUrl.replace('tollgate_app@', 'tollgate_audit@');
});
afterAll(() => database.drop());

const audit = (url: string, ...args: readonly string[]): Promise<Outcome> =>
  runCommand('src/cli/audit.ts', args, { AUDIT_DATABASE_URL: url });

async function asOwner(statement: string): Promise<void> {
  const sql = postgres(database.adminUrl, { max: 1 });
  await sql.unsafe(statement);
  await sql.end();
}

test('answers 0 and a table of every identity when the books add up', async () => {
  const { status, stdout, stderr } = await audit(auditUrl);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(/^identity +checked +broken\nledger +0 +0\n/);
  expect(stdout).toMatch(/\nThe books add up: 29 identities hold\.\n$/);
});

test('answers 1 and the rows that break an identity, for people and for programs', async () => {
  await asOwner(`insert into product (id, name) values ('studio', 'Studio');
    insert into invoice_number (product_id, next_number) values ('studio', 2)`);
  const { status, stdout } = await audit(auditUrl);
  expect(status).toBe(1);
  expect(stdout).toContain('\n  studio, number 1: expected 1, is 0\n');
  expect(stdout).toMatch(/\nThe books do not add up: invoice numbers\.\n$/);
  const told = await audit(auditUrl, '--json');
  expect(told.status).toBe(1);
  // The command's own shape, which the assertions then check.
  const answer = JSON.parse(told.stdout) as { proved: boolean; identities: { name: string }[] };
  expect(answer.proved).toBe(false);
  expect(answer.identities.find(({ name }) => name === 'invoice numbers')).toEqual({
    name: 'invoice numbers',
    sentence: "Each product's invoices are numbered from 1, every number once.",
    checked: 1,
    broken: 1,
    rows: [{ product: 'studio', workspace: null, what: 'number 1', expected: '1', actual: '0' }],
  });
  await asOwner('delete from invoice_number');
});

const elsewhere = (name: string): string => {
  const url = new URL(auditUrl);
  url.pathname = `/${name}`;
  return url.href;
};

test.each([
  ['nobody listens', () => 'postgres://tollgate_audit@127.0.0.1:1/x', /does not answer/],
  ['it is the role of the API', () => database.appUrl, /log in as that role/],
  ['there is no such database', () => elsewhere('nowhere'), /migrate it first/],
  ['the database is empty', () => elsewhere('template1'), /migrate it first/],
])('answers 2 and says what to do when %s', async (_why, url, says) => {
  const { status, stdout, stderr } = await audit(url());
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(says);
});

test('answers 2 and its usage to an option that it does not know', async () => {
  const { status, stderr } = await audit(auditUrl, '--fast');
  expect(status).toBe(2);
  expect(stderr).toMatch(/--fast.*\nusage: npm run --silent audit/s);
});

test('takes the named database, and the auditor’s before the product’s', async () => {
  const env = { AUDIT_DATABASE_URL: 'postgres://a', DATABASE_URL: 'postgres://b' };
  expect(await findDatabase(env, 'none')).toBe('postgres://a');
  expect(await findDatabase({ ...env, AUDIT_DATABASE_URL: '' }, 'none')).toBe('postgres://b');
});

test('takes the local stack’s database while it runs, else says how to start it', async () => {
  const portsFile = path.join(makeTemporaryDirectory(), 'ports.json');
  await expect(findDatabase({}, portsFile)).rejects.toThrow(CannotAudit);
  const server = net.createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as net.AddressInfo; // a TCP server's address, never a pipe's
  fs.writeFileSync(portsFile, JSON.stringify({ postgres: port, temporal: 1 }));
  expect(await findDatabase({}, portsFile)).toBe(
    `postgres://tollgate_audit@127.0.0.1:${port}/tollgate`,
  );
  fs.writeFileSync(portsFile, 'damaged');
  await expect(findDatabase({}, portsFile)).rejects.toThrow(/npm start/);
});
