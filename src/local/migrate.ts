import { pathToFileURL } from 'node:url';
import { runner } from 'node-pg-migrate';
import postgres from 'postgres';
import { migrationsDirectory } from './paths.ts';

/**
 * Runs the migrations that this database has not seen, in order, each in its own transaction, and
 * returns their names. Several may call it at once: one migrates, the others wait and find nothing.
 */
export async function migrate(ownerUrl: string): Promise<readonly string[]> {
  const done = await runner({
    databaseUrl: ownerUrl,
    dir: migrationsDirectory,
    direction: 'up',
    migrationsTable: 'schema_migration',
    singleTransaction: false,
    checkOrder: true,
    advisoryLockMode: 'wait',
    log: () => undefined,
  });
  return done.map(({ name }) => name);
}

/** Creates the database when the cluster has none of this name. */
export async function ensureDatabase(clusterUrl: string, name: string): Promise<void> {
  const sql = postgres(clusterUrl, { max: 1, onnotice: () => undefined });
  try {
    const found = await sql`select 1 from pg_database where datname = ${name}`;
    if (found.length === 0) await sql`create database ${sql(name)}`;
  } finally {
    await sql.end();
  }
}

export async function migrateFromEnvironment(): Promise<void> {
  const url = process.env['MIGRATION_DATABASE_URL'];
  if (url === undefined || url === '') {
    console.error(
      'migrate: set MIGRATION_DATABASE_URL to the database as its owner, ' +
        'for example postgres://owner:password@db.example:5432/tollgate',
    );
    process.exitCode = 1;
    return;
  }
  const names = await migrate(url);
  console.log(names.length === 0 ? 'Nothing to migrate.' : `Migrated: ${names.join(', ')}`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await migrateFromEnvironment();
