import { execFile } from 'node:child_process';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { LocalPostgres } from '../../src/local/postgres.ts';
import type { Measure } from '../contest.ts';

const run = promisify(execFile);

/** The program, from PATH or from where Debian puts it. */
export function findPgbench(): string | undefined {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian) : [];
  const places = [
    ...(process.env['PATH'] ?? '').split(path.delimiter),
    ...versions.map((version) => path.join(debian, version, 'bin')),
  ];
  return places.map((place) => path.join(place, 'pgbench')).find((file) => existsSync(file));
}

/** Rounds of pgbench with a script; answers transactions per second. */
export function pgbench(
  program: string,
  server: LocalPostgres,
  load: { readonly name: string; readonly script: string; readonly clients: number },
): Measure {
  const file = path.join(os.tmpdir(), `tollgate-bench-${process.pid}-${load.name}.sql`);
  return async (roundMs) => {
    writeFileSync(file, load.script);
    const seconds = Math.max(1, Math.round(roundMs / 1_000));
    const { stdout } = await run(program, [
      ...['-n', '-M', 'prepared', '-f', file, '-T', `${seconds}`],
      ...['-c', `${load.clients}`, '-j', `${Math.min(2, load.clients)}`],
      ...['-h', '127.0.0.1', '-p', `${server.port}`, '-U', 'tollgate', 'peer'],
    ]);
    rmSync(file);
    const tps = /tps = ([\d.]+)/.exec(stdout)?.[1];
    if (tps === undefined) throw new Error(`pgbench told no rate: ${stdout}`);
    return Number(tps);
  };
}
