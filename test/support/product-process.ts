import path from 'node:path';
import type { Config } from '../../src/config.ts';
import { startChild, type Child } from '../../src/local/child.ts';
import { lastLines } from '../../src/local/files.ts';
import { signalProcess } from '../../src/local/process.ts';
import type { Mortal } from './mortal.ts';

const files = { worker: 'src/worker.ts', api: 'src/server.ts' } as const;

/** A process of the product, started as `npm start` starts it. */
export async function startProductProcess(
  name: keyof typeof files,
  config: Config,
  directory: string,
): Promise<Mortal> {
  const logFile = path.join(directory, `${name}.log`);
  const start = () =>
    startChild({
      name,
      program: process.execPath,
      args: ['--import', 'tsx', files[name]],
      env: { ...process.env, ...settingsOf(config) },
      logFile,
      pidFile: path.join(directory, `${name}.pid.json`),
      readiness: { kind: 'message' },
      readyLimitMs: 60_000,
    });
  let running = watch(await start());
  return {
    kill: async () => {
      running.mayEnd();
      signalProcess(running.child.identity, 'SIGKILL');
      await running.child.ended;
    },
    restart: async () => {
      running = watch(await start());
    },
    stop: async () => {
      running.mayEnd();
      await running.child.stop(15_000);
      if (running.fell() === undefined) return;
      throw new Error(`the ${name} ended by itself: ${running.fell()}\n${lastLines(logFile)}`);
    },
  };
}

/** Tells whether a process ended although nobody ended it: the death of another part must not do that. */
function watch(child: Child) {
  let isExpected = false;
  let fell: string | undefined;
  void child.ended.then((how) => {
    if (!isExpected) fell = how;
  });
  return {
    child,
    mayEnd: () => {
      isExpected = true;
    },
    fell: () => fell,
  };
}

const settingsOf = (config: Config): NodeJS.ProcessEnv => ({
  DATABASE_URL: config.databaseUrl,
  TEMPORAL_ADDRESS: config.temporal.address,
  TEMPORAL_TASK_QUEUE: config.temporal.taskQueue,
  STRIPE_SECRET_KEY: config.stripe.secretKey,
  STRIPE_WEBHOOK_SECRETS: config.stripe.webhookSecrets.join(','),
  STRIPE_API_BASE: config.stripe.apiBase,
  SMTP_URL: config.mail.smtpUrl,
  MAIL_FROM: config.mail.from,
  TOLLGATE_HOST: config.http.host,
  TOLLGATE_PORT: String(config.http.port),
  TOLLGATE_PUBLIC_URL: config.http.publicUrl,
  CATALOG_DIR: config.catalogDirectory,
  LOG_LEVEL: config.logLevel,
  WORKFLOW_BUNDLE: config.workflowBundle,
});
