import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { ensureDatabase, migrate } from '../../src/local/migrate.ts';
import { dataPath } from '../../src/local/paths.ts';
import { findFreePort } from '../../src/local/ports.ts';
import { possibleHomes } from '../../src/local/postgres-home.ts';
import { startPostgres, stopPostgres } from '../../src/local/postgres.ts';
import type { LocalPostgres } from '../../src/local/postgres.ts';
import { identifyProcess, isRunning, stopProcess } from '../../src/local/process.ts';
import type { Child } from '../../src/local/child.ts';
import { obtainTemporal } from '../../src/local/temporal-obtain.ts';
import { startTemporal } from '../../src/local/temporal.ts';
import { buildWorkflowBundle } from '../../src/local/workflow-bundle.ts';
import type { StackParts } from './stack.ts';

const TEMPLATE = 'tollgate_template';
const testRuns = dataPath('test');
const say = (line: string): boolean => process.stderr.write(`test set-up: ${line}\n`);

/** The parts of one test run, in a directory of its own. Each is started once, when first asked for. */
export class TestStack {
  private readonly directory: string;
  private readonly parts = new Map<keyof StackParts, Promise<unknown>>();
  private postgres: LocalPostgres | undefined;
  private temporal: Child | undefined;

  constructor() {
    this.directory = path.join(testRuns, `run-${process.pid}`);
    fs.mkdirSync(this.directory, { recursive: true });
    const owner = JSON.stringify(identifyProcess(process.pid));
    fs.writeFileSync(path.join(this.directory, 'owner.json'), owner);
  }

  request(name: keyof StackParts): Promise<unknown> {
    const part = this.parts.get(name) ?? this.start(name);
    this.parts.set(name, part);
    return part;
  }

  async stop(): Promise<void> {
    await Promise.allSettled(this.parts.values());
    await Promise.all([this.postgres?.stop('immediate'), this.temporal?.stop(5_000)]);
    removeRun(this.directory);
  }

  /** For a test run that leaves in a hurry: nothing can be awaited any more. */
  killAtExit(): void {
    const pids = [this.postgres?.pid, this.temporal?.identity.pid];
    for (const pid of pids.filter((id) => id !== undefined)) {
      // SIGQUIT is PostgreSQL's immediate shutdown, and ends Temporal as well.
      if (identifyProcess(pid) !== undefined) process.kill(pid, 'SIGQUIT');
    }
  }

  private start(name: keyof StackParts): Promise<unknown> {
    switch (name) {
      case 'postgres':
        return this.startPostgres();
      case 'temporal':
        return this.startTemporal();
      case 'workflowBundle':
        return this.buildBundle();
    }
  }

  private async startPostgres(): Promise<StackParts['postgres']> {
    const postgres = await startPostgres({
      directory: path.join(this.directory, 'postgres'),
      choosePort: () => findFreePort(),
      durability: 'disposable',
      say,
    });
    this.postgres = postgres;
    await ensureDatabase(postgres.urlOf('postgres'), TEMPLATE);
    await migrate(postgres.urlOf(TEMPLATE));
    return { port: postgres.port, template: TEMPLATE };
  }

  private async startTemporal(): Promise<StackParts['temporal']> {
    const found = await obtainTemporal(process.env, say);
    if (found.kind === 'server') return { address: found.address };
    const port = await findFreePort();
    this.temporal = await startTemporal({
      program: found.path,
      version: found.version,
      directory: path.join(this.directory, 'temporal'),
      port,
      uiPort: undefined,
      durability: 'disposable',
      logFile: path.join(this.directory, 'temporal.log'),
      pidFile: path.join(this.directory, 'temporal.pid.json'),
    });
    return { address: `127.0.0.1:${port}` };
  }

  private async buildBundle(): Promise<StackParts['workflowBundle']> {
    const file = dataPath('workflow-bundle.js');
    await buildWorkflowBundle(file);
    return { path: file };
  }
}

const identity = z.object({ pid: z.int(), startedAt: z.string() });

/** Ends what killed test runs of this clone left behind. Runs that live are left alone. */
export async function sweepDeadRuns(): Promise<void> {
  const names = fs.existsSync(testRuns) ? fs.readdirSync(testRuns) : [];
  for (const directory of names.map((name) => path.join(testRuns, name))) {
    const owner = readIdentity(path.join(directory, 'owner.json'));
    if (owner !== undefined && isRunning(owner)) continue;
    await stopPostgres(path.join(directory, 'postgres'));
    const temporal = readIdentity(path.join(directory, 'temporal.pid.json'));
    if (temporal !== undefined) await stopProcess(temporal);
    removeRun(directory);
  }
}

function readIdentity(file: string): z.infer<typeof identity> | undefined {
  if (!fs.existsSync(file)) return undefined;
  const parsed = identity.safeParse(JSON.parse(fs.readFileSync(file, 'utf8')));
  return parsed.success ? parsed.data : undefined;
}

function removeRun(directory: string): void {
  const homes = possibleHomes(path.join(directory, 'postgres'));
  for (const place of [...homes, directory]) fs.rmSync(place, { recursive: true, force: true });
}
