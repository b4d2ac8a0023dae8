import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { lastLines, writeWhole } from './files.ts';
import { projectRoot } from './paths.ts';
import { identifyProcess, stopProcess } from './process.ts';
import type { ProcessIdentity } from './process.ts';
import { StackProblem } from './stack-problem.ts';

/** Told what the child has written since its start; true when it is ready for work. */
export type Readiness =
  { readonly kind: 'message' } | { readonly kind: 'output'; readonly pattern: RegExp };

export interface ChildPlan {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly logFile: string;
  /** Where the identity stands while it runs, so that a later start finds a leftover. */
  readonly pidFile: string;
  readonly readiness: Readiness;
  readonly readyLimitMs: number;
}

export interface Child {
  readonly identity: ProcessIdentity;
  /** Settles when the process has ended, with its exit status or the signal that ended it. */
  readonly ended: Promise<string>;
  readonly stop: (graceMs: number) => Promise<void>;
}

/** Starts a process in a group of its own and waits until it says that it is ready. */
export async function startChild(plan: ChildPlan): Promise<Child> {
  fs.mkdirSync(path.dirname(plan.logFile), { recursive: true });
  const log = fs.openSync(plan.logFile, 'a');
  const logStart = fs.fstatSync(log).size;
  const process_ = spawn(plan.program, plan.args, {
    cwd: projectRoot,
    env: plan.env,
    // An own group: Ctrl-C at the terminal reaches only the parent, which stops the parts in order.
    detached: true,
    stdio: ['ignore', log, log, ...(plan.readiness.kind === 'message' ? ['ipc' as const] : [])],
  });
  fs.closeSync(log);
  const ended = describeEnd(process_);
  const identity = process_.pid === undefined ? undefined : identifyProcess(process_.pid);
  if (identity === undefined) throw failedStart(plan, await ended);
  writeWhole(plan.pidFile, JSON.stringify(identity));
  const cleared = ended.finally(() => fs.rmSync(plan.pidFile, { force: true }));
  const child: Child = {
    identity,
    ended: cleared,
    stop: async (graceMs) => {
      await stopProcess(identity, graceMs);
      await cleared; // the system knows of the end a moment before this process is told
    },
  };
  await waitUntilReady(plan, { process: process_, child, logStart });
  return child;
}

function describeEnd(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (status, signal) => resolve(signal ?? `status ${String(status)}`));
  });
}

interface Starting {
  readonly process: ChildProcess;
  readonly child: Child;
  readonly logStart: number;
}

async function waitUntilReady(plan: ChildPlan, starting: Starting): Promise<void> {
  const abandon = new AbortController();
  const { signal } = abandon;
  const outcome = await Promise.race([
    isReady(plan, starting, signal).then(() => ({ kind: 'ready' as const })),
    starting.child.ended.then((how) => ({ kind: 'ended' as const, how })),
    delay(plan.readyLimitMs, { kind: 'late' as const }, { signal }),
  ]).finally(() => abandon.abort());
  if (outcome.kind === 'ready') return;
  if (outcome.kind === 'ended') throw failedStart(plan, outcome.how);
  await starting.child.stop(2_000);
  throw failedStart(plan, `not ready within ${plan.readyLimitMs / 1000} s`);
}

async function isReady(plan: ChildPlan, starting: Starting, signal: AbortSignal): Promise<void> {
  if (plan.readiness.kind === 'message') {
    await ignoreAbort(once(starting.process, 'message', { signal }));
    return;
  }
  const { pattern } = plan.readiness;
  while (!signal.aborted && !pattern.test(readFrom(plan.logFile, starting.logStart))) {
    await ignoreAbort(delay(40, undefined, { signal }));
  }
}

/** The race is decided by then, so nobody listens for this answer any more. */
async function ignoreAbort(waiting: Promise<unknown>): Promise<void> {
  try {
    await waiting;
  } catch (error) {
    if (!(error instanceof Error && error.name === 'AbortError')) throw error;
  }
}

const readFrom = (file: string, start: number): string =>
  fs.readFileSync(file).subarray(start).toString('utf8');

const failedStart = (plan: ChildPlan, how: string): StackProblem =>
  new StackProblem(
    `The ${plan.name} did not start (${how}). The end of its log, ${plan.logFile}:\n` +
      `${lastLines(plan.logFile)}\n` +
      'Put right what it names and start again. If the data in .data/ is at fault: npm run reset',
  );
