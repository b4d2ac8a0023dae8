import path from 'node:path';
import type { Config } from '../../src/config.ts';
import { startChild, type Child } from '../../src/local/child.ts';

/** A worker in a process of its own, to be killed. */
export const startWorkerProcess = (
  config: Config,
  directory: string,
  name: string,
): Promise<Child> =>
  startChild({
    name: 'worker',
    program: process.execPath,
    args: ['--import', 'tsx', 'src/worker.ts'],
    env: {
      ...process.env,
      DATABASE_URL: config.databaseUrl,
      TEMPORAL_ADDRESS: config.temporal.address,
      TEMPORAL_TASK_QUEUE: config.temporal.taskQueue,
      STRIPE_SECRET_KEY: config.stripe.secretKey,
      STRIPE_WEBHOOK_SECRETS: config.stripe.webhookSecrets.join(','),
      STRIPE_API_BASE: config.stripe.apiBase,
      SMTP_URL: config.mail.smtpUrl,
      MAIL_FROM: config.mail.from,
      TOLLGATE_PUBLIC_URL: config.http.publicUrl,
      WORKFLOW_BUNDLE: config.workflowBundle,
    },
    logFile: path.join(directory, `${name}.log`),
    pidFile: path.join(directory, `${name}.json`),
    readiness: { kind: 'message' },
    readyLimitMs: 60_000,
  });
