import { expect, test } from 'vitest';
import { createTestDatabase } from '../support/postgres.ts';
import { runCommand, type Outcome } from './run-command.ts';

const tollgate = (args: readonly string[], settings = {}): Promise<Outcome> =>
  runCommand('src/cli/tollgate.ts', args, settings);

test('says what it can do, and what each verb takes', async () => {
  const { status, stdout } = await tollgate(['--help']);
  expect(status).toBe(0);
  const verbs = [...stdout.matchAll(/^ {2}tollgate (\w+)/gm)].map(([, verb]) => verb);
  const operators = ['catalog', 'keys', 'workspace', 'audit', 'migrate'];
  const local = ['start', 'reset', 'demo', 'emulator'];
  const others = ['simulate', 'backtest', 'cases', 'conformance', 'test', 'bench', 'check'];
  expect(verbs).toEqual([...operators, ...local, ...others]);
  for (const verb of ['start', 'audit', 'catalog', 'simulate', 'bench']) {
    const help = await tollgate([verb, '--help']);
    expect({ verb, status: help.status }).toEqual({ verb, status: 0 });
    expect(help.stdout).toMatch(/^usage:/);
  }
});

test('a verb that there is not ends with 2 and the nearest one', async () => {
  const { status, stdout, stderr } = await tollgate(['audti']);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain('there is no verb "audti"; did you mean audit?');
  expect((await tollgate([])).status).toBe(2);
});

test('runs a verb as its npm script does: the audit of empty books', async () => {
  const database = await createTestDatabase();
  const { status, stdout } = await tollgate(['audit', '--json'], {
    AUDIT_DATABASE_URL: database.adminUrl,
  });
  await database.drop();
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ proved: true });
});
