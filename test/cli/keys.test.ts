import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadCatalogs } from '../../src/catalog/load.ts';
import { apiKeys } from '../../src/store/api-keys.ts';
import { connect, type Sql } from '../../src/store/connect.ts';
import { publishTerms } from '../../src/store/publish-terms.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { runCommand, type Outcome } from './run-command.ts';

let database: TestDatabase;
let sql: Sql;
beforeAll(async () => {
  database = await createTestDatabase();
  sql = connect(database.appUrl, { max: 1 });
  await publishTerms(sql, loadCatalogs('catalogs'));
});
afterAll(async () => {
  await sql.end();
  await database.drop();
});

const keys = (...args: readonly string[]): Promise<Outcome> =>
  runCommand('src/cli/tollgate.ts', ['keys', ...args], { DATABASE_URL: database.appUrl });

test('issues a key that opens its product, lists it without its secret, revokes it', async () => {
  const issued = await keys('issue', '--product', 'studio', '--scopes', 'debit,read');
  const [, key = '', id = ''] = /^(tg_live_\S+)\n\(id (\S+); .*\)\n$/.exec(issued.stdout) ?? [];
  expect(await apiKeys(sql).find(key)).toMatchObject({
    keyId: id,
    product: 'studio',
    scopes: ['debit', 'read'],
  });
  const listed = await keys('list', '--product', 'studio');
  expect(listed.stdout).toContain(`${id}  studio  ${key.slice(0, 16)}  debit,read  made `);
  expect(listed.stdout).not.toContain(key);
  expect((await keys('list', '--product', 'team')).stdout).toBe('\n');
  expect((await keys('revoke', '--id', id)).stdout).toBe(
    `revoked ${id}; every process refuses it within five seconds\n`,
  );
  expect((await keys('list')).stdout).toMatch(/ {2}revoked \d{4}-/);
  expect(await apiKeys(sql).find(key)).toBeUndefined();
});

test.each([
  [[], /tollgate keys issue --product/],
  [['issue', '--product', 'studio'], /--scopes is missing/],
  [['issue', '--product', 'studioo', '--scopes', 'read'], /there are: .*studio/],
  [['issue', '--product', 'studio', '--scopes', 'write'], /"write" is no scope; there are: debit/],
  [['issue', '--product', 'team', '--scopes', 'read', '--mode', 'x'], /live or test/],
  [['revoke', '--id', 'nobody'], /no key with the id "nobody"/],
  [['list', '--all'], /--all/],
])('says what to do when it is asked %j', async (args, says) => {
  const { status, stdout, stderr } = await keys(...args);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(says);
});
