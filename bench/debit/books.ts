import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import postgres from 'postgres';
import { parse } from 'yaml';
import { z } from 'zod';
import { readCatalog } from '../../src/catalog/load.ts';
import { newLifecycle } from '../../src/domain/life/new-lifecycle.ts';
import { toPlain } from '../../src/domain/values/plain.ts';
import type { Terms } from '../../src/domain/terms/terms.ts';
import { ensureDatabase, migrate } from '../../src/local/migrate.ts';
import type { LedgerAccount } from '../../src/ports/ledger.ts';
import { connect, type Sql } from '../../src/store/connect.ts';
import { connectLines } from '../../src/store/ledger.ts';
import type { Lines } from '../../src/store/ledger-lanes.ts';
import { publishTerms } from '../../src/store/publish-terms.ts';
import { startPostgresProcess, type PostgresProcess } from '../../test/support/postgres-process.ts';

export const richMost = 10_000;
const poorMost = 1_000;
const segments = 240; // of 16 MB: as many as `max_wal_size` keeps

/** A durable PostgreSQL of its own, with the books of ten thousand workspaces and a thousand poor ones. */
export interface Books {
  readonly server: PostgresProcess;
  readonly admin: postgres.Sql;
  readonly sql: Sql;
  readonly lines: Lines;
  /** With credits for ever. */
  readonly rich: readonly LedgerAccount[];
  /** Without any. */
  readonly poor: readonly LedgerAccount[];
  /** Ends PostgreSQL as a crash would, and starts it again in its place. */
  readonly crash: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** The first workspace, the hot one, has a hundred members and twenty Spaces, the others ten and four. */
export async function openBooks(): Promise<Books> {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'tollgate-bench-'));
  const closing: (() => Promise<unknown> | void)[] = [
    () => rmSync(directory, { recursive: true, force: true }),
  ];
  const close = async (): Promise<void> => {
    for (const step of closing.toReversed()) await step();
  };
  try {
    const server = await startPostgresProcess(directory);
    closing.push(() => server.stop());
    await setAsDeployed(server);
    await ensureDatabase(server.urlOf('postgres'), 'bench');
    await migrate(server.urlOf('bench'));
    const admin = postgres(server.urlOf('bench'), { max: 2, onnotice: () => undefined });
    closing.push(() => admin.end());
    const sql = connect(server.urlOf('bench', 'tollgate_app'), { max: 4 });
    const lines = connectLines(server.urlOf('bench', 'tollgate_app'));
    closing.push(() => Promise.all([sql.end(), lines.end()]));
    await arrange(admin, sql);
    await layInSegments(admin);
    await touchBuffers(admin);
    return { ...booksOn(server), admin, sql, lines, ...(await readAccounts(admin)), close };
  } catch (error) {
    // Nobody else could end what was begun here.
    await close();
    throw error;
  }
}

const booksOn = (server: PostgresProcess): Pick<Books, 'server' | 'crash'> => ({
  server,
  crash: async () => {
    await server.kill();
    await server.restart();
  },
});

/** Gives the server the settings that the compose file gives it in production. */
async function setAsDeployed(server: PostgresProcess): Promise<void> {
  const admin = postgres(server.urlOf('postgres'), { max: 1 });
  for (const [name, value] of deployedSettings()) {
    await admin`alter system set ${admin(name)} = ${admin.unsafe(`'${value}'`)}`;
  }
  await admin.end();
  await server.kill();
  await server.restart();
}

function deployedSettings(): [name: string, value: string][] {
  const file = 'docker-compose.yml';
  const told: unknown = parse(readFileSync(file, 'utf8'));
  const { services } = z
    .object({ services: z.object({ postgres: z.object({ command: z.array(z.string()) }) }) })
    .parse(told);
  return services.postgres.command
    .map((part) => /^(\w+)=(\w+)$/.exec(part))
    .flatMap((found) => (found === null ? [] : [[found[1] ?? '', found[2] ?? '']]));
}

/**
 * A server that has run for a while writes its log over old segments; a new one makes each, which takes tens of
 * milliseconds, and in the middle of somebody's transaction.
 */
async function layInSegments(admin: postgres.Sql): Promise<void> {
  await admin`alter system set min_wal_size = '4GB'`;
  await admin`select pg_reload_conf()`;
  for (let segment = 0; segment < segments; segment += 1) {
    await admin`select pg_logical_emit_message(true, 'bench', 'a segment'), pg_switch_wal()`;
  }
  await admin`checkpoint`;
}

/**
 * Likewise has it touched all of its buffers: the first touch of each page of memory is a fault, which costs a hot
 * debit a sixteenth.
 */
async function touchBuffers(admin: postgres.Sql): Promise<void> {
  await admin.unsafe(`
    create unlogged table touched (page text storage plain);
    insert into touched
    select repeat('x', 8000) from pg_settings, generate_series(1, setting::int)
    where name = 'shared_buffers';
    drop table touched`);
}

async function readAccounts(admin: postgres.Sql): Promise<Pick<Books, 'rich' | 'poor'>> {
  const rows = await admin<{ id: string; lane: number }[]>`
    select id, lane from workspace order by id`;
  const accounts = rows.map(({ id, lane }) => ({
    product: terms.product,
    workspaceId: BigInt(id),
    lane,
  }));
  return { rich: accounts.slice(0, richMost), poor: accounts.slice(richMost) };
}

/** What every workspace of the bench is rated by: the catalog's, as they are published. */
export const terms = readTerms('catalogs/studio.yaml');

function readTerms(file: string): Terms {
  const { terms: read, mistakes } = readCatalog(readFileSync(file, 'utf8'), file);
  if (read === undefined) throw new Error(mistakes.join('\n'));
  return read;
}

/** Workspaces without a plan that were granted credits: the ledger does not care, and the API charges them. */
async function arrange(admin: postgres.Sql, sql: Sql): Promise<void> {
  await publishTerms(sql, [terms]);
  const { product, version, rates, currency } = terms;
  await admin`insert into app_user (product_id, external_id)
    select ${product}, 'm' || n from generate_series(1, 100) n`;
  const at = new Date().toISOString();
  const life = newLifecycle({
    ...{ product, workspace: 'w', owner: 'm1', timeZone: 'UTC', currency },
    ...{ termsVersion: version, at, clock: 'real' },
  });
  const all = richMost + poorMost;
  await admin`
    insert into workspace (lane, product_id, external_id, owner_id, personal, currency, time_zone,
      terms_version, test_clock, lifecycle, version, status)
    select ledger_lane(${product}, 'w' || n), ${product}, 'w' || n,
      (select min(id) from app_user), false, ${currency}, 'UTC', ${version}::int, false,
      ${JSON.stringify(toPlain(life))}::text::jsonb, 0, 'none'
    from generate_series(1, ${all}::int) n`;
  await admin`
    insert into membership (workspace_id, user_id, product_id, role, state, invited_at, accepted_at)
    select w.id, u.id, ${product}, 'member', 'accepted', ${at}, ${at}
    from workspace w
    join app_user u on substr(u.external_id, 2)::int <= case w.external_id when 'w1' then 100 else 10 end`;
  await admin.begin(async (tx) => {
    await tx`select set_config('tollgate.product', ${product}, true)`;
    await tx`select count(ledger_open(id, null)) from workspace`;
    await tx`select count(ledger_set_terms(id, ${version}::int, ${rates.version}::int, '{oldest}',
      'carry', true, '{pool:20%}', '{}', '{}')) from workspace`;
    await tx`select count(ledger_grant(id, 'topUp', 1000000000000000, '2026-01-01', null, 0, null,
      'bench')) from (select id from workspace order by id limit ${richMost}) rich`;
  });
  // Capped as ledger_set_cap would: nothing was used yet.
  await admin`
    insert into limit_counter (lane, workspace_id, scope, subject, cap_micro, window_start)
    select p.lane, p.workspace_id, c.scope, left(c.scope, 1) || n, 1000000000000000, p.window_start
    from pool p
    cross join (values ('member', 10, 100), ('space', 4, 20)) c(scope, many, hot)
    cross join lateral generate_series(1, case
      when p.workspace_id = (select min(id) from workspace) then c.hot else c.many end) n`;
  await admin`vacuum analyze`;
}
