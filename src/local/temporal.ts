import fs from 'node:fs';
import path from 'node:path';
import { startChild } from './child.ts';
import type { Child } from './child.ts';
import { readIfPresent, writeWhole } from './files.ts';
import { listensOn } from './listening.ts';
import { isFreePort } from './ports.ts';
import { StackProblem } from './stack-problem.ts';

export interface TemporalOptions {
  readonly program: string;
  readonly version: string;
  readonly directory: string;
  readonly port: number;
  /** No port, no UI. */
  readonly uiPort: number | undefined;
  /** A disposable server may lose its data in a crash, and does twice the work in return. */
  readonly durability: 'durable' | 'disposable';
  readonly logFile: string;
  readonly pidFile: string;
}

/** What a namespace has to know before a workspace's workflow can run in it, each with its type. */
export const SEARCH_ATTRIBUTES = {
  TollgateProduct: 'Keyword',
  TollgatePlan: 'Keyword',
  TollgateStatus: 'Keyword',
  TollgateNextDeadline: 'Datetime',
  TollgateNextDeadlineKind: 'Keyword',
} as const;

/** The default polls its queues a few times a second, which costs each activity about 75 ms. */
const DYNAMIC_CONFIG = [
  'history.transferProcessorMaxPollRPS=2000',
  'history.timerProcessorMaxPollRPS=2000',
];

const DISPOSABLE_PRAGMAS = ['synchronous=off', 'journal_mode=wal'];

/** Starts a development server and makes sure that the port's answers come from it. */
export async function startTemporal(options: TemporalOptions): Promise<Child> {
  for (const port of [options.port, options.uiPort]) {
    if (port === undefined || (await isFreePort(port))) continue;
    throw new StackProblem(`Port ${port}, meant for Temporal, is in use by another program.`);
  }
  dropDatabaseOfOtherVersion(options);
  const child = await startChild({
    name: 'Temporal server',
    program: options.program,
    args: serverArgs(options),
    env: process.env,
    logFile: options.logFile,
    pidFile: options.pidFile,
    readiness: { kind: 'output', pattern: /Server:\s+\S+:\d+/ },
    readyLimitMs: 60_000,
  });
  if (listensOn(child.identity.pid, options.port)) return child;
  await child.stop(5_000);
  throw new StackProblem(
    `Port ${options.port}, meant for Temporal, was taken by another program. Start again.`,
  );
}

const databaseFile = (directory: string): string => path.join(directory, 'temporal.db');

function serverArgs(options: TemporalOptions): string[] {
  const repeat = (flag: string, values: readonly string[]): string[] =>
    values.flatMap((value) => [flag, value]);
  const searchAttributes = Object.entries(SEARCH_ATTRIBUTES).map((pair) => pair.join('='));
  return [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(options.port)],
    ...(options.uiPort === undefined ? ['--headless'] : ['--ui-port', String(options.uiPort)]),
    ...['--db-filename', databaseFile(options.directory), '--log-level', 'warn'],
    ...repeat('--search-attribute', searchAttributes),
    ...repeat('--dynamic-config-value', DYNAMIC_CONFIG),
    ...(options.durability === 'disposable' ? repeat('--sqlite-pragma', DISPOSABLE_PRAGMAS) : []),
  ];
}

/**
 * The development server never migrates its file, so one of another version is dropped. Nothing is
 * lost by that: every workspace's life is resumed from Postgres.
 */
function dropDatabaseOfOtherVersion({ directory, version }: TemporalOptions): void {
  const stamp = path.join(directory, 'server-version');
  if (readIfPresent(stamp) === version) return;
  for (const suffix of ['', '-wal', '-shm', '-journal']) {
    fs.rmSync(`${databaseFile(directory)}${suffix}`, { force: true });
  }
  writeWhole(stamp, version);
}
