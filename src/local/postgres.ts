import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { lastLines, readIfPresent } from './files.ts';
import { answersOn, isFreePort } from './ports.ts';
import { choosePostgresHome } from './postgres-home.ts';
import type { PostgresHome } from './postgres-home.ts';
import { locatePostgresPrograms, runPostgresProgram } from './postgres-programs.ts';
import type { PostgresPrograms } from './postgres-programs.ts';
import { readProgramName } from './process.ts';
import { StackProblem } from './stack-problem.ts';

export interface PostgresOptions {
  readonly directory: string;
  /** Asked only when the server must be started; a running one keeps its port. */
  readonly choosePort: () => Promise<number>;
  /** A disposable server forgets acknowledged commits in a crash, and is faster for it. */
  readonly durability: 'durable' | 'disposable';
  readonly say: (line: string) => void;
}

export interface LocalPostgres {
  readonly port: number;
  readonly pid: number;
  readonly urlOf: (database: string, role?: string) => string;
  readonly stop: (mode: 'fast' | 'immediate') => Promise<void>;
}

interface Cluster {
  readonly home: PostgresHome;
  readonly programs: PostgresPrograms;
  readonly data: string;
  readonly log: string;
}

/** The role that owns everything in a local cluster. It listens on the loopback address only. */
const OWNER = 'tollgate';
const SERVER_MAJOR = '18';
const ANSWER_LIMIT_MS = 10_000;

/** Starts the cluster in this directory, or takes over the one that runs there already. */
export async function startPostgres(options: PostgresOptions): Promise<LocalPostgres> {
  const cluster = openCluster(options.directory, options.say);
  if (!fs.existsSync(cluster.data)) await initialise(cluster, options.durability);
  requireKnownVersion(cluster);
  const running = await findRunning(cluster, options.say);
  if (running !== undefined) return describe(cluster, running);
  return describe(cluster, await launch(cluster, options));
}

/** Stops the server of this directory, if one runs. */
export async function stopPostgres(directory: string): Promise<void> {
  const cluster = openCluster(directory, () => undefined);
  await stop(cluster, 'fast');
}

function openCluster(directory: string, say: (line: string) => void): Cluster {
  const home = choosePostgresHome(path.resolve(directory), say);
  const programs = locatePostgresPrograms(home);
  const at = (name: string): string => path.join(home.directory, name);
  return { home, programs, data: at('data'), log: at('postgres.log') };
}

const control = (cluster: Cluster, ...args: string[]) =>
  runPostgresProgram(cluster.home, path.join(cluster.programs.bin, 'pg_ctl'), [
    '-D',
    cluster.data,
    ...args,
  ]);

/**
 * Into a draft directory, renamed when it is whole: an initdb that was killed half way leaves a
 * draft that nobody uses, and the next start removes it.
 */
async function initialise(cluster: Cluster, durability: PostgresOptions['durability']) {
  const { home, programs } = cluster;
  for (const name of fs.readdirSync(home.directory)) {
    if (name.startsWith('draft-')) fs.rmSync(path.join(home.directory, name), { recursive: true });
  }
  const draft = path.join(home.directory, `draft-${randomUUID()}`);
  const { status, output } = await runPostgresProgram(home, path.join(programs.bin, 'initdb'), [
    ...['-D', draft, '-U', OWNER, '--auth=trust', '--encoding=UTF8', '--locale=C.UTF-8'],
    '--no-instructions',
    ...(durability === 'disposable' ? ['--no-sync'] : []),
  ]);
  if (status !== 0) throw new StackProblem(`The database could not be created: ${output}`);
  fs.renameSync(draft, cluster.data);
}

function requireKnownVersion(cluster: Cluster): void {
  const major = readIfPresent(path.join(cluster.data, 'PG_VERSION'))?.trim();
  if (major === SERVER_MAJOR) return;
  if (major === undefined) {
    throw new StackProblem(
      `${cluster.data} is not a whole database: its file PG_VERSION is missing. ` +
        'Restore it from a copy, or start over with an empty database: npm run reset',
    );
  }
  throw new StackProblem(
    `${cluster.data} was written by PostgreSQL ${major}, and this is ${SERVER_MAJOR}. ` +
      'Start over with an empty database: npm run reset',
  );
}

interface RunningServer {
  readonly pid: number;
  readonly port: number;
}

function readPostmaster(cluster: Cluster): RunningServer | undefined {
  const lines = readIfPresent(path.join(cluster.data, 'postmaster.pid'))?.split('\n');
  return lines === undefined ? undefined : { pid: Number(lines[0]), port: Number(lines[3]) };
}

/**
 * The server that runs on this data. `pg_ctl status` says "running" as long as its pid exists: also
 * while a killed server waits to be reaped, and when another program has the pid by now. So only an
 * answering port counts, and the pid file of a live PostgreSQL is never removed: two servers on one
 * directory would destroy it.
 */
async function findRunning(
  cluster: Cluster,
  say: (line: string) => void,
): Promise<RunningServer | undefined> {
  const deadline = performance.now() + ANSWER_LIMIT_MS;
  while ((await control(cluster, 'status')).status === 0) {
    const server = readPostmaster(cluster);
    if (server === undefined) return undefined;
    const program = readProgramName(server.pid);
    if (program?.includes('postgres') === true && (await answersOn(server.port))) return server;
    const isLate = performance.now() > deadline;
    if (isForeign(program) || (program === undefined && isLate)) {
      fs.rmSync(path.join(cluster.data, 'postmaster.pid'), { force: true });
      say(`PostgreSQL (process ${server.pid}) did not end properly last time; it recovers`);
      return undefined;
    }
    if (isLate) throw silentServer(cluster, server);
    await delay(100);
  }
  return undefined;
}

const isForeign = (program: string | undefined): boolean =>
  program !== undefined && !program.includes('postgres');

const silentServer = (cluster: Cluster, { pid, port }: RunningServer): StackProblem =>
  new StackProblem(
    `PostgreSQL process ${pid} runs on ${cluster.data} but does not answer on port ${port}. ` +
      `End it (kill ${pid}) and start again.`,
  );

async function launch(cluster: Cluster, options: PostgresOptions): Promise<RunningServer> {
  const port = await options.choosePort();
  if (!(await isFreePort(port))) {
    throw new StackProblem(`Port ${port}, meant for PostgreSQL, is in use by another program.`);
  }
  const settings = settingsFor(port, options.durability).map((setting) => `-c ${setting}`);
  const { status, output } = await control(
    cluster,
    ...['-w', '-t', '60', '-l', cluster.log, '-o', settings.join(' '), 'start'],
  );
  const server = readPostmaster(cluster);
  if (status === 0 && server !== undefined) return server;
  throw new StackProblem(
    `PostgreSQL did not start: ${output}\n${lastLines(cluster.log)}\n` +
      'If its data is damaged, start over with an empty database: npm run reset',
  );
}

function settingsFor(port: number, durability: PostgresOptions['durability']): string[] {
  const isDurable = durability === 'durable' ? 'on' : 'off';
  return [
    ...['listen_addresses=127.0.0.1', 'unix_socket_directories=', `port=${port}`],
    ...['max_connections=200', 'timezone=UTC', 'jit=off', 'max_wal_size=4GB'],
    ...['fsync', 'synchronous_commit', 'full_page_writes'].map((name) => `${name}=${isDurable}`),
  ];
}

async function stop(cluster: Cluster, mode: 'fast' | 'immediate'): Promise<void> {
  const running = await control(cluster, 'status');
  if (running.status !== 0) return;
  const { status, output } = await control(cluster, '-m', mode, '-w', '-t', '60', 'stop');
  if (status !== 0) throw new Error(`PostgreSQL in ${cluster.data} did not stop: ${output}`);
}

function describe(cluster: Cluster, { pid, port }: RunningServer): LocalPostgres {
  return {
    pid,
    port,
    urlOf: (database, role = OWNER) => `postgres://${role}@127.0.0.1:${port}/${database}`,
    stop: (mode) => stop(cluster, mode),
  };
}
