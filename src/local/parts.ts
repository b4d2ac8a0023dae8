import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startChild } from './child.ts';
import type { Child, Readiness } from './child.ts';
import type { RunningPart } from './part.ts';
import { projectRoot } from './paths.ts';
import { findRunningOwner } from './pid-file.ts';
import type { LocalPostgres } from './postgres.ts';
import { identifyProcess, isRunning, signalProcess, stopProcess } from './process.ts';

/** The children of `npm start`, in the order in which they are stopped: askers before the asked. */
export const CHILD_NAMES = ['api', 'worker', 'stripe', 'mail', 'temporal'] as const;
export type ChildName = (typeof CHILD_NAMES)[number];

const STOP_LIMIT_MS: Record<ChildName, number> = {
  api: 15_000,
  worker: 30_000,
  stripe: 5_000,
  mail: 5_000,
  temporal: 10_000,
};

export const logFileOf = (directory: string, name: ChildName): string =>
  path.join(directory, 'logs', `${name}.log`);
export const pidFileOf = (directory: string, name: ChildName): string =>
  path.join(directory, 'run', `${name}.json`);

export interface TypeScriptChild {
  /** The stack's, where the log and the pid file stand. */
  readonly directory: string;
  readonly name: ChildName;
  readonly file: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly readiness: Readiness;
}

/** A process of ours, run from its TypeScript source. */
export async function startTypeScriptChild(plan: TypeScriptChild): Promise<RunningPart> {
  const child = await startChild({
    name: plan.name,
    program: process.execPath,
    args: ['--import', 'tsx', path.join(projectRoot, plan.file), ...plan.args],
    env: plan.env,
    logFile: logFileOf(plan.directory, plan.name),
    pidFile: pidFileOf(plan.directory, plan.name),
    readiness: plan.readiness,
    readyLimitMs: 60_000,
  });
  return childAsPart(plan.name, child);
}

export const childAsPart = (name: ChildName, child: Child): RunningPart => ({
  ended: child.ended,
  stop: () => child.stop(STOP_LIMIT_MS[name]),
  kill: () => signalProcess(child.identity, 'SIGKILL'),
});

/** PostgreSQL is nobody's child (it outlives a killed start), so its end has to be looked for. */
export function postgresAsPart(postgres: LocalPostgres): RunningPart {
  const identity = identifyProcess(postgres.pid);
  return {
    ended: (async () => {
      while (identity !== undefined && isRunning(identity)) {
        await delay(250);
      }
      return `process ${postgres.pid} is gone`;
    })(),
    stop: () => postgres.stop('fast'),
    // PostgreSQL's immediate shutdown: the next start recovers from its log.
    kill: () => identity !== undefined && signalProcess(identity, 'SIGQUIT'),
  };
}

/** Ends what a killed stack of this directory left running, in the usual order. */
export async function stopLeftovers(directory: string, say: (line: string) => void): Promise<void> {
  for (const name of CHILD_NAMES) {
    const leftover = findRunningOwner(pidFileOf(directory, name));
    if (leftover !== undefined) {
      say(`stopping the ${name} that an earlier start left behind (process ${leftover.pid})`);
      await stopProcess(leftover, STOP_LIMIT_MS[name]);
    }
    fs.rmSync(pidFileOf(directory, name), { force: true });
  }
}

/** Each start writes new logs and keeps those of the start before. */
export function rotateLogs(directory: string): void {
  for (const name of CHILD_NAMES) {
    const log = logFileOf(directory, name);
    if (fs.existsSync(log)) fs.renameSync(log, `${log}.previous`);
  }
}
