import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import postgres from 'postgres';
import { readCatalog } from '../../src/catalog/load.ts';
import type { Command } from '../../src/domain/life/commands.ts';
import type { Terms } from '../../src/domain/terms/terms.ts';
import type { Directory } from '../../src/ports/directory.ts';
import type { SentCommand } from '../../src/ports/sent-command.ts';
import type { LedgerAccount } from '../../src/ports/ledger.ts';
import { connect, type Sql } from '../../src/store/connect.ts';
import { directory } from '../../src/store/directory.ts';
import { publishTerms } from '../../src/store/publish-terms.ts';
import { createTestDatabase } from '../support/postgres.ts';

export const start = '2026-01-01T00:00:00.000Z';

/** The directory on a database of its own, with the catalogs of `studio` and `team` published. */
export interface DirectoryBooks {
  readonly sql: Sql;
  /** Sees every product's rows. */
  readonly owner: postgres.Sql;
  readonly directory: Directory;
  /** A workspace of `ada`, on a test clock that stands at `start`; nobody has rung for it. */
  workspace(product: 'studio' | 'team', name: string): Promise<LedgerAccount>;
  /** Facts of membership that the lifecycle was told, in their order. */
  facts(of: LedgerAccount): Promise<readonly string[]>;
  /** Whether something waits for the workspace's workflow. */
  isRung(of: LedgerAccount): Promise<boolean>;
  close(): Promise<void>;
}

export async function openDirectory(): Promise<DirectoryBooks> {
  const database = await createTestDatabase();
  const sql = connect(database.appUrl, { max: 8 });
  const owner = postgres(database.adminUrl, { max: 1, onnotice: () => undefined });
  await publishTerms(sql, [termsOf('studio'), termsOf('team')]);
  const store = directory(sql);
  return {
    sql,
    owner,
    directory: store,
    workspace: async (product, name) => {
      const of = { product, workspace: name };
      const made = await store.createWorkspace(of, fresh, sent('start', startFree));
      if (!made.ok) throw new Error(`${name} exists`);
      await owner`update workspace set rung_at = null
        where product_id = ${product} and external_id = ${name}`;
      const record = await store.workspace(of);
      if (record === undefined) throw new Error(`${name} was not made`);
      return record.account;
    },
    facts: async ({ workspaceId }) => {
      const rows = await owner<{ told: string }[]>`
        select kind || ' ' || (data ->> 'member') as told from event_feed
        where workspace_id = ${workspaceId.toString()} and kind like 'member%' order by seq`;
      return rows.map(({ told }) => told);
    },
    isRung: async ({ workspaceId }) => {
      const rows = await owner`select 1 from workspace
        where id = ${workspaceId.toString()} and rung_at is not null`;
      return rows.length > 0;
    },
    close: async () => {
      await Promise.all([sql.end(), owner.end()]);
      await database.drop();
    },
  };
}

export function termsOf(product: 'studio' | 'team'): Terms {
  const file = `catalogs/${product}.yaml`;
  const { terms, mistakes } = readCatalog(readFileSync(file, 'utf8'), file);
  if (terms === undefined) throw new Error(mistakes.join('\n'));
  return terms;
}

export const fresh = {
  owner: 'ada',
  currency: 'usd',
  timeZone: 'Europe/Berlin',
  termsVersion: 1,
  testClockAt: start,
} as const;

export const startFree: Command = { kind: 'start', plan: 'free', interval: 'month' };

/** A command as a client sends it under a key; the same command has the same hash. */
export const sent = (key: string, command: Command): SentCommand => ({
  key,
  bodyHash: createHash('sha256').update(JSON.stringify(command)).digest(),
  actor: 'key:test',
  command,
});

/** What a refusal or a value is, in one word. */
export const kindOf = (outcome: {
  readonly ok: boolean;
  readonly refusal?: { readonly kind: string };
}): string => outcome.refusal?.kind ?? 'ok';

/** The same call many times at once. */
export const atOnce = <Result>(times: number, call: () => Promise<Result>): Promise<Result[]> =>
  Promise.all(Array.from({ length: times }, call));
