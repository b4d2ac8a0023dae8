import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { hasCode, readIfPresent } from './files.ts';

/**
 * A process as a file can remember it. The pid alone is not enough: the system gives it to another
 * process later, so the moment of its start goes with it.
 */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startedAt: string;
}

/** The process that has this pid now, or nothing. A process that ended but was not reaped is nothing. */
export function identifyProcess(pid: number): ProcessIdentity | undefined {
  const startedAt = process.platform === 'linux' ? readLinuxStart(pid) : readStartFromPs(pid);
  return startedAt === undefined ? undefined : { pid, startedAt };
}

export const isRunning = (identity: ProcessIdentity): boolean =>
  identifyProcess(identity.pid)?.startedAt === identity.startedAt;

function readLinuxStart(pid: number): string | undefined {
  const stat = readProcFile(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // The second field is the command in brackets and may hold spaces, so count from its end:
  // the state is the third field of the line, the start (in ticks since boot) the 22nd.
  const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (state === 'Z' || state === 'X') return undefined;
  const boot = readIfPresent('/proc/sys/kernel/random/boot_id')?.trim() ?? '';
  return `${boot}:${rest[18] ?? ''}`;
}

function readProcFile(file: string): string | undefined {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    // ESRCH: the process ended between the opening and the reading.
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ESRCH')) return undefined;
    throw error;
  }
}

function readStartFromPs(pid: number): string | undefined {
  const { stdout } = spawnSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  });
  const [state = '', ...start] = stdout.trim().split(/\s+/);
  return state === '' || state.startsWith('Z') ? undefined : start.join(' ');
}

/** The name of the program that has this pid now, or nothing when it has ended. */
export function readProgramName(pid: number): string | undefined {
  if (identifyProcess(pid) === undefined) return undefined;
  if (process.platform === 'linux') return readProcFile(`/proc/${pid}/comm`)?.trim();
  return spawnSync('ps', ['-o', 'comm=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim();
}

/** Sends the signal to this very process, never to another one that has its pid by now. */
export function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): void {
  if (!isRunning(identity)) return;
  try {
    process.kill(identity.pid, signal);
  } catch (error) {
    if (!hasCode(error, 'ESRCH')) throw error;
  }
}

/** Asks it to end (SIGTERM), waits, and kills it when it has not ended in time. */
export async function stopProcess(identity: ProcessIdentity, graceMs = 10_000): Promise<void> {
  signalProcess(identity, 'SIGTERM');
  if (await hasEndedWithin(identity, graceMs)) return;
  signalProcess(identity, 'SIGKILL');
  if (await hasEndedWithin(identity, 5_000)) return;
  throw new Error(`process ${identity.pid} did not end, not even by SIGKILL`);
}

async function hasEndedWithin(identity: ProcessIdentity, limitMs: number): Promise<boolean> {
  const deadline = performance.now() + limitMs;
  while (isRunning(identity)) {
    if (performance.now() > deadline) return false;
    await delay(50);
  }
  return true;
}
