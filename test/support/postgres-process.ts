import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { hasCode } from '../../src/local/files.ts';
import { findFreePort } from '../../src/local/ports.ts';
import { startPostgres } from '../../src/local/postgres.ts';
import { identifyProcess, signalProcess, stopProcess } from '../../src/local/process.ts';
import type { Mortal } from './mortal.ts';

export type PostgresProcess = Mortal & {
  urlOf(database: string, role?: string): string;
};

/** A PostgreSQL of the test's own, whose kill is a crash: the postmaster and every backend at once. */
export async function startPostgresProcess(directory: string): Promise<PostgresProcess> {
  const port = await findFreePort();
  const start = () =>
    startPostgres({
      directory,
      choosePort: async () => port,
      // What was acknowledged has to be there after the crash.
      durability: 'durable',
      say: () => undefined,
    });
  let server = await start();
  return {
    urlOf: server.urlOf,
    kill: () => killFamily(server.pid),
    restart: async () => {
      server = await start();
    },
    stop: () => server.stop('immediate'),
  };
}

async function killFamily(postmaster: number): Promise<void> {
  const family = [postmaster, ...childrenOf(postmaster)]
    .map(identifyProcess)
    .filter((identity) => identity !== undefined);
  for (const member of family) signalProcess(member, 'SIGKILL');
  // Each has to be gone: a backend that lives on would keep the next postmaster from starting.
  await Promise.all(family.map((member) => stopProcess(member)));
}

function childrenOf(parent: number): number[] {
  const rows = process.platform === 'linux' ? readLinuxFamilies() : readFamiliesFromPs();
  return rows.filter(([, itsParent]) => itsParent === parent).map(([pid]) => pid);
}

type PidAndParent = readonly [pid: number, parent: number];

function readLinuxFamilies(): PidAndParent[] {
  const pids = fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    const stat = readIfAlive(`/proc/${pid}/stat`);
    // Behind the command in brackets, which may hold spaces, stand the state and the parent.
    const [, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return parent === undefined ? [] : [[Number(pid), Number(parent)] as const];
  });
}

function readIfAlive(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    // It ended between the listing and the reading.
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ESRCH')) return '';
    throw error;
  }
}

function readFamiliesFromPs(): PidAndParent[] {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .map(([pid = 0, parent = 0]) => [pid, parent] as const);
}
