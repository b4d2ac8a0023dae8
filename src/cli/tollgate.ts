/**
 * `tollgate VERB …`: one program for everything that can be asked of Tollgate at a prompt. Each verb is a
 * program of its own, with the arguments behind its name; `npm run VERB` starts the same ones.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { nearest } from '../domain/values/nearest.ts';
import { projectRoot } from '../local/paths.ts';

type Program = {
  readonly name: string;
  readonly does: string;
  /** What may stand behind its name, where the program itself does not answer `--help`. */
  readonly takes?: string;
  /** Runs in this process, as if it had been started by itself. */
  readonly load?: () => Promise<unknown>;
  /** What only a checkout has: a program of its own, with Node's arguments. */
  readonly starts?: readonly string[];
};

const ts = ['--import', 'tsx'];

const migrateBooks = async (): Promise<void> =>
  (await import('../local/migrate.ts')).migrateFromEnvironment();

const operators: readonly Program[] = [
  {
    name: 'catalog',
    does: 'check, publish, compare and migrate to versions of terms',
    load: () => import('./catalog.ts'),
  },
  { name: 'keys', does: 'issue, list, revoke', load: () => import('./keys.ts') },
  { name: 'workspace', does: 'show one workspace', load: () => import('./workspace.ts') },
  {
    name: 'audit',
    does: "proves a database's books",
    takes: '[--json] [--last]',
    load: () => import('./audit.ts'),
  },
  {
    name: 'migrate',
    does: 'brings a database up to date',
    takes: '(MIGRATION_DATABASE_URL names it)',
    load: migrateBooks,
  },
];

const local: readonly Program[] = [
  {
    name: 'start',
    does: 'the whole product on this machine',
    takes: '(TOLLGATE_PORT moves it; Ctrl-C stops it)',
    load: () => import('../local/main.ts'),
  },
  {
    name: 'reset',
    does: 'forgets all local data',
    takes: '',
    load: () => import('../local/reset.ts'),
  },
  {
    name: 'demo',
    does: 'four stories, each a year long',
    takes: '[--json]',
    load: () => import('../demo/main.ts'),
  },
  {
    name: 'emulator',
    does: 'the Stripe emulator alone',
    takes: '--port N',
    load: () => import('../local/stripe/main.ts'),
  },
];

const foresight: readonly Program[] = [
  { name: 'simulate', does: 'lives a workspace in memory', load: () => import('./simulate.ts') },
  { name: 'backtest', does: 'the same usage on two catalogs', load: () => import('./backtest.ts') },
  {
    name: 'cases',
    does: "peers' numeric cases through the kernel",
    takes: 'FILE…',
    load: () => import('./cases.ts'),
  },
  {
    name: 'conformance',
    does: 'which test shows which rule',
    takes: '[--json] [--report FILE]',
    load: () => import('./conformance.ts'),
  },
  { name: 'test', does: 'every kind of test', starts: ['node_modules/vitest/vitest.mjs', 'run'] },
  {
    name: 'bench',
    does: 'the benchmarks, each beside its ceiling',
    takes: '[--quick] [NAME]',
    starts: [...ts, 'bench/main.ts'],
  },
  {
    name: 'check',
    does: 'types, lint, format, dead code',
    takes: '',
    starts: [...ts, 'scripts/check.ts'],
  },
];

const programs: readonly Program[] = [...operators, ...local, ...foresight];

const usage = (): string => {
  const width = Math.max(...programs.map(({ name }) => name.length));
  const lines = programs.map(({ name, does }) => `  tollgate ${name.padEnd(width)}  ${does}`);
  return ['usage: tollgate VERB …', ...lines, 'Each takes --help.'].join('\n');
};

function misasked(sentence: string): number {
  console.error(`tollgate: ${sentence}\n${usage()}`);
  return 2;
}

/** In this process: the program reads its arguments where it would find them otherwise. */
async function loadProgram(load: () => Promise<unknown>, args: readonly string[]): Promise<void> {
  const [node = process.execPath, self = ''] = process.argv;
  process.argv = [node, self, ...args];
  await load();
}

/** In a process of its own, which gets this one's terminal, and its signals from the terminal. */
function startProgram(starts: readonly string[], args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [...starts, ...args], {
    cwd: projectRoot,
    stdio: 'inherit',
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve(status ?? 1));
  });
}

async function main([name, ...args]: readonly string[]): Promise<void> {
  if (name === undefined || name === '--help' || name === 'help') {
    if (name === undefined) process.exitCode = misasked('say what to do');
    else console.log(usage());
    return;
  }
  const program = programs.find((known) => known.name === name);
  if (program?.takes !== undefined && args.includes('--help')) {
    console.log(`${`usage: tollgate ${name} ${program.takes}`.trim()}\n${program.does}`);
    return;
  }
  if (program?.load !== undefined) return loadProgram(program.load, args);
  if (program?.starts === undefined) {
    const guess = nearest(
      name,
      programs.map((known) => known.name),
    );
    const hint = guess === null ? '' : `; did you mean ${guess}?`;
    process.exitCode = misasked(`there is no verb "${name}"${hint}`);
    return;
  }
  const file = program.starts.find((part) => part.includes('/')) ?? '';
  process.exitCode = existsSync(path.join(projectRoot, file))
    ? await startProgram(program.starts, args)
    : misasked(`"${name}" needs a checkout of the sources with its packages: run npm ci there`);
}

await main(process.argv.slice(2));
