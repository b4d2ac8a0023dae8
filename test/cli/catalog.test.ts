import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { runCommand, type Outcome } from './run-command.ts';

let database: TestDatabase;
let folder: string;
beforeAll(async () => {
  database = await createTestDatabase();
  folder = mkdtempSync(path.join(os.tmpdir(), 'catalog-'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await database.drop();
});

const catalog = (...args: readonly string[]): Promise<Outcome> =>
  runCommand('src/cli/tollgate.ts', ['catalog', ...args], { DATABASE_URL: database.appUrl });

const original = readFileSync('catalogs/team.yaml', 'utf8');

/** The catalog of the product team with these texts exchanged, as a file of its own. */
function teamWith(...changes: readonly (readonly [string, string])[]): string {
  const text = changes.reduce((all, [from, to]) => {
    expect(all).toContain(from);
    return all.replace(from, to);
  }, original);
  const file = path.join(folder, 'team.yaml');
  writeFileSync(file, text);
  return file;
}

test('check tells every mistake at once, with its place and the nearest name', async () => {
  const file = teamWith(['anchor: restart', 'anchor: restrat'], ['holder: org', 'holders: org']);
  /** The line of this text in the file, from one. */
  const line = (text: string): number => {
    const before = readFileSync(file, 'utf8').split(text)[0] ?? '';
    return before.split('\n').length;
  };
  const { status, stdout } = await catalog('check', file);
  expect(status).toBe(1);
  const plan = `${file}:${line('- id: team')}:5: plans[2]`;
  const typo = `${file}:${line('holders: org')}:5: plans[2]`;
  const anchor = `${file}:${line('restrat')}:13: planChange.upgrade.anchor`;
  expect(stdout.split('\n')).toEqual([
    `${plan}.holder: is missing, expected org or user`,
    `${typo}.holders: there is no such policy; did you mean holder?`,
    `${anchor}: found "restrat", expected keep or restart; did you mean restart?`,
    '3 mistakes',
    '',
  ]);
});

test('check finds the catalogs of this repository in order', async () => {
  const { status, stdout } = await catalog('check');
  expect(status).toBe(0);
  expect(stdout).toContain('catalogs/team.yaml: version 1, in order\n');
});

test('publish adds a version, says what changed, and nothing when nothing did', async () => {
  expect(await catalog('publish', 'catalogs/team.yaml')).toMatchObject({
    status: 0,
    stdout: 'team, version 1: published, the first one\n',
  });
  const isSame = { status: 0, stdout: 'team: nothing changed, nothing was published\n' };
  expect(await catalog('publish', teamWith())).toMatchObject(isSame);
  const reordered = teamWith(['version: 1\ncurrency: usd\n', 'currency: usd\nversion: 2\n']);
  expect(await catalog('publish', reordered)).toMatchObject(isSame);

  const edited = await catalog('publish', teamWith(["base: '49.00'", "base: '59.00'"]));
  expect(edited).toMatchObject({ status: 1 });
  expect(edited.stdout).toContain('Raise "version" in the file to 2, then publish it again.');

  const raised = teamWith(
    ['version: 1\n', 'version: 2\n'],
    ["base: '49.00'", "base: '59.00'"],
    [
      'sso: false, dpa: false } # [2.34]; the rest: default\n  - id: enterprise',
      'sso: true } # [2.34]; the rest: default\n  - id: enterprise',
    ],
    ['graceDays: 14', 'graceDays: 21'],
  );
  expect(await catalog('publish', raised)).toMatchObject({
    status: 0,
    stdout: [
      'team, version 2: published, 4 changes since version 1',
      '  plan Team: features, sso: from no to yes',
      '  plan Team: features, dpa: gone, was no',
      '  plan Team: price, by the month, base: from 49.00 usd to 59.00 usd',
      '  past due, grace days: from 14 to 21',
      '',
    ].join('\n'),
  });

  const listed = await catalog('versions', 'team', '--json');
  expect(JSON.parse(listed.stdout)).toMatchObject([
    { version: 2, workspaces: 0 },
    { version: 1, workspaces: 0 },
  ]);
  const told = await catalog('diff', 'team');
  expect(told.stdout).toContain('plan Team: features, sso: from no to yes\n');
  expect((await catalog('diff', 'team', '2', '1')).stdout).toContain(
    'plan Team: price, by the month, base: from 59.00 usd to 49.00 usd\n',
  );
  expect((await catalog('diff', 'team', '1', 'catalogs/team.yaml')).stdout).toBe(
    'version 1 and version 1 say the same\n',
  );
});

test('publish publishes nothing where any file has a mistake', async () => {
  const file = teamWith(['currency: usd', 'currency: gold']);
  const { status, stdout } = await catalog('publish', 'catalogs/studio.yaml', file);
  expect(status).toBe(1);
  expect(stdout).toMatch(/currency: found "gold".*\nnothing was published\n$/);
  expect((await catalog('versions', 'studio')).stderr).toContain('nobody has published "studio"');
});

test.each([
  [[], /say what to do\nusage:\n {2}tollgate catalog check/],
  [['chekc'], /there is no verb "chekc"; did you mean check\?/],
  [['check', 'nowhere.yaml'], /there is no file nowhere.yaml/],
  [['diff'], /PRODUCT is missing/],
  [['versions', 'team', 'more'], /"more" is one name too many/],
  [['versions', '--al'], /--al/],
])('says what to do when it is asked %j', async (args, says) => {
  const { status, stdout, stderr } = await catalog(...args);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(says);
});
