/** The worker: lives the workspaces' workflows and does their work in Postgres and at Stripe. */
import { fileURLToPath, pathToFileURL } from 'node:url';
import { NativeConnection, Runtime, Worker } from '@temporalio/worker';
import pino, { type Logger } from 'pino';
import { outsideWork } from './activities/outside-work.ts';
import { adoptEvents } from './booking/adopt.ts';
import { startNightlyAudit } from './cli/audit/nightly.ts';
import { loadConfig, type Config } from './config.ts';
import { smtpMailer } from './mail/smtp-mailer.ts';
import { drainOnSignals, runMain } from './main-process.ts';
import { books } from './store/books.ts';
import { connect, type Sql } from './store/connect.ts';
import { startMonthKeeper } from './store/ledger-months.ts';
import { lifecycleStore } from './store/lifecycle-store.ts';
import { noticeBooks } from './store/notice-books.ts';
import type { Rounds } from './store/rounds.ts';
import { startSequencer } from './store/sequencer.ts';
import { waiters } from './store/waiters.ts';
import { stripePayments } from './stripe/payments.ts';
import { connectClient, connectionOptions } from './temporal/connect.ts';
import { startSweeper } from './temporal/sweeper.ts';
import { workspaceClient } from './temporal/workspace-client.ts';

const connectionsMost = 8;

const pace = {
  maxCachedWorkflows: 500,
  maxConcurrentActivityTaskExecutions: 50,
  stickyQueueScheduleToStartTimeout: '2s',
  shutdownGraceTime: '10s',
} as const;

export type RunningWorker = {
  /** Finishes what is in hand, then lets go of everything. */
  drain(): Promise<void>;
  /** Ends when the worker does; rejects if it failed. */
  readonly ended: Promise<void>;
};

export async function startWorker(config: Config, log: Logger): Promise<RunningWorker> {
  const sql = connect(config.databaseUrl, { max: connectionsMost });
  const client = connectClient(config.temporal);
  const report = (problem: unknown): void => log.warn({ err: problem }, 'will be tried again');
  const desk = workspaceClient(client, { taskQueue: config.temporal.taskQueue, report });
  const payments = stripePayments({
    secretKey: config.stripe.secretKey,
    apiBase: config.stripe.apiBase ?? null,
    publicUrl: config.http.publicUrl,
  });
  const ports = { books: books(sql), payments };
  const mailer = smtpMailer({ url: config.mail.smtpUrl, from: config.mail.from });
  const connection = await NativeConnection.connect(connectionOptions(config.temporal));
  const worker = await Worker.create({
    connection,
    namespace: config.temporal.namespace,
    taskQueue: config.temporal.taskQueue,
    ...workflowCode(config),
    activities: {
      ...lifecycleStore(sql),
      ...outsideWork({
        ...ports,
        notices: noticeBooks(sql),
        desk,
        mailer,
        publicUrl: config.http.publicUrl,
      }),
    },
    ...pace,
  });
  const keepers = [
    startSweeper({ waiters: waiters(sql), adoptEvents: () => adoptEvents(ports), desk, report }),
    startSequencer(sql, report),
    startMonthKeeper(sql, report),
    ...keepProving(config, sql, log),
  ];
  const ended = worker.run();
  return {
    ended,
    drain: async () => {
      await Promise.all(keepers.map((keeper) => keeper.stop()));
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await ended;
      mailer.close();
      await connection.close();
      await client.connection.close();
      await sql.end({ timeout: 5 });
    },
  };
}

/** The nightly audit, where the worker may look as the auditor. */
function keepProving({ auditDatabaseUrl }: Config, app: Sql, log: Logger): Rounds[] {
  if (auditDatabaseUrl === undefined) {
    log.warn('nobody proves the books at night: AUDIT_DATABASE_URL is not set');
    return [];
  }
  const audit = connect(auditDatabaseUrl, { max: 1, role: 'tollgate_audit' });
  const rounds = startNightlyAudit({ app, audit, log });
  return [
    {
      stop: async () => {
        await rounds.stop();
        await audit.end({ timeout: 5 });
      },
    },
  ];
}

const workflowCode = (config: Config) =>
  config.workflowBundle === undefined
    ? { workflowsPath: fileURLToPath(new URL('./workflows/index.ts', import.meta.url)) }
    : { workflowBundle: { codePath: config.workflowBundle } };

async function main(): Promise<void> {
  const config = loadConfig(process.env);
  const log = pino({ level: config.logLevel, name: 'worker' });
  Runtime.install({ shutdownSignals: [] });
  const running = await startWorker(config, log);
  drainOnSignals(running, log);
  log.info({ taskQueue: config.temporal.taskQueue }, 'worker is ready');
  process.send?.({ kind: 'ready' });
  await running.ended;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await runMain(main);
