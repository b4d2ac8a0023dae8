import fs from 'node:fs';
import path from 'node:path';
import postgres from 'postgres';
import { findFreePort } from '../../src/local/ports.ts';
import { startPostgres } from '../../src/local/postgres.ts';

export type ProductionDatabase = {
  urlOf(role: string, password: string): string;
  stop(): Promise<void>;
};

/** A PostgreSQL of its own, made by the very script that the image runs, and as strict. */
export async function startProductionDatabase(
  directory: string,
  passwords: Readonly<Record<string, string>>,
): Promise<ProductionDatabase> {
  const server = await startPostgres({
    directory,
    choosePort: () => findFreePort(),
    durability: 'disposable',
    say: () => undefined,
  });
  await makeImageSuperuser(server.urlOf('postgres'));
  const superuser = connectOnce(server.urlOf('postgres', 'postgres'));
  // The image's superuser has another name than that of a local cluster.
  await superuser`alter role tollgate rename to local_owner`;
  for (const statement of readScript(passwords)) await superuser.unsafe(statement);
  const [place] = await superuser<{ file: string }[]>`select current_setting('hba_file') as file`;
  if (place === undefined) throw new Error('PostgreSQL does not say where its access rules are');
  fs.writeFileSync(place.file, 'host all all 127.0.0.1/32 scram-sha-256\n');
  await superuser`select pg_reload_conf()`;
  await superuser.end();
  return {
    urlOf: (role, password) => `postgres://${role}:${password}@127.0.0.1:${server.port}/tollgate`,
    stop: () => server.stop('immediate'),
  };
}

const connectOnce = (url: string): postgres.Sql =>
  postgres(url, { max: 1, onnotice: () => undefined });

async function makeImageSuperuser(url: string): Promise<void> {
  const sql = connectOnce(url);
  await sql`create role postgres superuser login`;
  await sql.end();
}

/** What psql makes of the script: its variables come from the environment, quoted. */
function readScript(passwords: Readonly<Record<string, string>>): string[] {
  const file = path.resolve('deploy/postgres/10-roles.sql');
  const lines = fs.readFileSync(file, 'utf8').split('\n');
  const variables = new Map(
    lines.flatMap((line): [string, string][] => {
      const [, name, variable] = /^\\getenv (\w+) (\w+)$/.exec(line) ?? [];
      return name === undefined ? [] : [[name, passwords[variable ?? ''] ?? '']];
    }),
  );
  return lines
    .filter((line) => !line.startsWith('\\') && !line.startsWith('--'))
    .join('\n')
    .replaceAll(/:'(\w+)'/g, (_match, name: string) => `'${variables.get(name) ?? ''}'`)
    .split(';')
    .filter((statement) => statement.trim() !== '');
}
