import path from 'node:path';
import { ensureDatabase, migrate } from '../../src/local/migrate.ts';
import { dataPath } from '../../src/local/paths.ts';
import { findFreePort } from '../../src/local/ports.ts';
import { startPostgres } from '../../src/local/postgres.ts';
import type { LocalPostgres } from '../../src/local/postgres.ts';
import { identifyProcess } from '../../src/local/process.ts';
import type { Child } from '../../src/local/child.ts';
import { obtainTemporal } from '../../src/local/temporal-obtain.ts';
import { startTemporal } from '../../src/local/temporal.ts';
import { openTestRun, removeTestRun } from '../../src/local/test-runs.ts';
import { buildWorkflowBundle } from '../../src/local/workflow-bundle.ts';
import type { StackParts } from './stack.ts';

const TEMPLATE = 'tollgate_template';
const say = (line: string): boolean => process.stderr.write(`test set-up: ${line}\n`);

/** The parts of one test run, in a directory of its own. Each is started once, when first asked for. */
export class TestStack {
  private readonly run = openTestRun();
  private readonly parts = new Map<keyof StackParts, Promise<unknown>>();
  private postgres: LocalPostgres | undefined;
  private temporal: Child | undefined;
  private readonly leaving = new AbortController();

  request(name: keyof StackParts): Promise<unknown> {
    const part = this.parts.get(name) ?? this.start(name);
    this.parts.set(name, part);
    return part;
  }

  async stop(): Promise<void> {
    this.leaving.abort();
    await Promise.allSettled(this.parts.values());
    await Promise.all([this.postgres?.stop('immediate'), this.temporal?.stop(5_000)]);
    removeTestRun(this.run);
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
      directory: this.run.postgres,
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
    const found = await obtainTemporal({ env: process.env, say, signal: this.leaving.signal });
    if (found.kind === 'server') return { address: found.address };
    const port = await findFreePort();
    this.temporal = await startTemporal({
      program: found.path,
      version: found.version,
      directory: this.run.temporal,
      port,
      uiPort: undefined,
      durability: 'disposable',
      logFile: path.join(this.run.directory, 'temporal.log'),
      pidFile: this.run.temporalPidFile,
    });
    return { address: `127.0.0.1:${port}` };
  }

  private async buildBundle(): Promise<StackParts['workflowBundle']> {
    const file = dataPath('workflow-bundle.js');
    await buildWorkflowBundle(file);
    return { path: file };
  }
}
