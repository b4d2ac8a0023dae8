import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Measure } from '../contest.ts';
import { p99Of } from '../percentile.ts';
import type { Books } from './books.ts';
import { findProgram } from './find-program.ts';

const run = promisify(execFile);

/** The program, from PATH or from where Debian puts it. */
export function findPgbench(): string | undefined {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian) : [];
  return findProgram(
    'pgbench',
    versions.map((version) => path.join(debian, version, 'bin')),
  );
}

type Load = { readonly name: string; readonly script: string; readonly clients: number };

/** Rounds of pgbench with a script; answers transactions per second. */
export const pgbench =
  (program: string, { server }: Books, load: Load): Measure =>
  async (roundMs) => {
    const told = await runPgbench(program, server.urlOf('peer'), load, { roundMs, more: [] });
    const tps = /tps = ([\d.]+)/.exec(told)?.[1];
    if (tps === undefined) throw new Error(`pgbench told no rate: ${told}`);
    return Number(tps);
  };

/** The same at so many transactions a second; answers the p99 in milliseconds, lags included. */
export const pgbenchAt =
  (program: string, { server }: Books, load: Load & { readonly perSecond: number }): Measure =>
  async (roundMs) => {
    const directory = mkdtempSync(path.join(os.tmpdir(), 'tollgate-bench-log-'));
    const more = ['-R', `${load.perSecond}`, '-l', '--log-prefix', path.join(directory, 'log')];
    await runPgbench(program, server.urlOf('peer'), load, { roundMs, more });
    // Each line of a log: client, number, microseconds since it was due, …
    const times = readdirSync(directory).flatMap((name) =>
      readFileSync(path.join(directory, name), 'utf8')
        .trim()
        .split('\n')
        .map((line) => Number(line.split(' ')[2]) / 1_000),
    );
    rmSync(directory, { recursive: true });
    return p99Of(times);
  };

async function runPgbench(
  program: string,
  url: string,
  { name, script, clients }: Load,
  { roundMs, more }: { readonly roundMs: number; readonly more: readonly string[] },
): Promise<string> {
  const file = path.join(os.tmpdir(), `tollgate-bench-${process.pid}-${name}.sql`);
  writeFileSync(file, script);
  const seconds = Math.max(1, Math.round(roundMs / 1_000));
  const threads = Math.min(2, clients);
  const { stdout } = await run(program, [
    ...['-n', '-M', 'prepared', '-f', file, '-T', `${seconds}`],
    ...['-c', `${clients}`, '-j', `${threads}`, ...more, url],
  ]);
  rmSync(file);
  return stdout;
}
