import { afterAll, beforeAll, expect, test } from 'vitest';
import { findBreaches, identities, proveBooks } from '../../src/cli/audit/prove-books.ts';
import type { Finding } from '../../src/cli/audit/identity.ts';
import { areBooksProved, tableOf } from '../../src/cli/audit/report.ts';
import { connect, type Sql } from '../../src/store/connect.ts';
import { openWorld, type World } from '../support/world.ts';
import { liveForAudit } from './audited-lives.ts';
import { plantedBreaches } from './planted-breaches.ts';

let world: World;
let owner: Sql;
beforeAll(async () => {
  world = await openWorld();
  const ownerUrl = world.config.databaseUrl.replace('tollgate_app@', 'tollgate@');
  owner = connect(ownerUrl, { max: 1, role: 'tollgate_audit' });
});
afterAll(async () => {
  await owner.end();
  await world.stop();
});

const known = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}/g;

/** Every broken row as one line, without the names and ids that differ from run to run. */
const told = (findings: readonly Finding[]): string[] =>
  findings.flatMap(({ name, rows }) =>
    rows.map(({ product, what, expected, actual }) =>
      `${name}: ${product}, ${what}: expected ${expected}, is ${actual}`.replaceAll(known, '<id>'),
    ),
  );

/** What the audit tells of books in which this was changed; nothing is kept. */
async function auditAfter(plant: string): Promise<string[]> {
  const undone = new Error('the breach is not kept');
  let lines: string[] = [];
  const planted = owner.begin(async (tx) => {
    await tx.unsafe(`set local role none; set local session_replication_role = replica; ${plant}`);
    await tx`set local role tollgate_audit`;
    lines = told(await findBreaches(tx));
    throw undone;
  });
  await expect(planted).rejects.toBe(undone);
  return lines;
}

test('books that were only lived add up', async () => {
  await liveForAudit(world);
  const findings = await proveBooks(world.audit);
  expect(told(findings)).toEqual([]);
  expect(areBooksProved(findings)).toBe(true);
  expect(findings.filter(({ checked }) => checked === 0).map(({ name }) => name)).toEqual([
    // None of these lives is refunded; test/lives/credit-note.test.ts proves the books of those that are.
    'credit note lines',
    'credit note numbers',
    'waiting commands',
  ]);
  expect(tableOf(findings)).toContain('The books add up: 29 identities hold.');
});

test.each(plantedBreaches)('names a breach of $identity: $plant', async (breach) => {
  const lines = await auditAfter(breach.plant);
  const expected = breach.told.map((line): unknown =>
    line instanceof RegExp ? expect.stringMatching(line) : line,
  );
  expect(lines).toEqual(expected);
  expect(lines.some((line) => line.startsWith(`${breach.identity}: `))).toBe(true);
});

test('every identity has a breach that it finds', () => {
  const found = new Set(plantedBreaches.map(({ identity }) => identity));
  expect(identities.map(({ name }) => name).filter((name) => !found.has(name))).toEqual([]);
});

test('the audit may write nothing', async () => {
  await expect(world.audit`update invoice set total_minor = 0`).rejects.toThrow(
    /permission denied/,
  );
});
