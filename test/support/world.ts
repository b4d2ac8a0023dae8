import { randomUUID } from 'node:crypto';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import pino from 'pino';
import Stripe from 'stripe';
import type { Config } from '../../src/config.ts';
import { startCatcher } from '../../src/local/mail/catcher.ts';
import type { CaughtMail } from '../../src/local/mail/mailbox.ts';
import { findFreePort } from '../../src/local/ports.ts';
import type { WorkspaceRef } from '../../src/ports/workspace-ref.ts';
import { startEmulator } from '../../src/local/stripe/emulator.ts';
import { startServer } from '../../src/server.ts';
import { issueApiKey } from '../../src/store/api-keys.ts';
import { books } from '../../src/store/books.ts';
import { connect, type Sql } from '../../src/store/connect.ts';
import type { TemporalAddress } from '../../src/temporal/connect.ts';
import { startWorker } from '../../src/worker.ts';
import { httpClient, type HttpClient } from './http-client.ts';
import { createTestDatabase } from './postgres.ts';
import { openTemporalNamespace, requestWorkflowBundle } from './temporal.ts';

/** The whole product on the real stack, for one test file: its own database, namespace and Stripe. */
export type World = {
  readonly config: Config;
  /** Reads everything, over all products. */
  readonly audit: Sql;
  /** As the product's own role. */
  readonly app: Sql;
  readonly stripe: HttpClient;
  /** What an operator does at Stripe's own dashboard. */
  readonly dashboard: Stripe;
  /** Every mail that was sent, oldest first. */
  mails(): readonly CaughtMail[];
  /** The API with a key of this product. */
  api(product: string): HttpClient;
  /** The workspace's customer at Stripe. */
  customerOf(of: WorkspaceRef): Promise<string | null>;
  stop(): Promise<void>;
};

const webhookSecret = 'whsec_world';
const quiet = pino({ level: 'silent' });

/** `worker: 'none'` for a test that starts, and kills, worker processes of its own. */
export async function openWorld(
  options: {
    readonly worker?: 'none';
    /** A server of the test's own, instead of a namespace on the run's. */
    readonly temporal?: TemporalAddress;
    /** A mail server of the test's own, instead of the world's. */
    readonly smtpUrl?: string;
  } = {},
): Promise<World> {
  Runtime.install({ shutdownSignals: [], logger: new DefaultLogger('ERROR') });
  const database = await createTestDatabase();
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  const webhook = { url: `${url}/webhooks/stripe`, secrets: [webhookSecret] };
  const emulator = await startEmulator({ webhook });
  const catcher = await startCatcher();
  const config: Config = {
    databaseUrl: database.appUrl,
    migrationDatabaseUrl: undefined,
    auditDatabaseUrl: undefined,
    temporal: {
      ...(options.temporal ?? (await openTemporalNamespace())),
      taskQueue: `world-${randomUUID()}`,
    },
    stripe: {
      secretKey: 'sk_test_world',
      webhookSecrets: [webhookSecret],
      apiBase: emulator.url,
    },
    mail: {
      smtpUrl: options.smtpUrl ?? catcher.smtpUrl,
      from: 'Billing <billing@tollgate.example>',
    },
    http: { host: '127.0.0.1', port, publicUrl: url },
    catalogDirectory: 'catalogs',
    logLevel: 'error',
    workflowBundle: await requestWorkflowBundle(),
  };
  const server = await startServer(config, quiet);
  const worker = options.worker === 'none' ? undefined : await startWorker(config, quiet);
  const audit = connect(database.adminUrl, { max: 2, role: 'tollgate_audit' });
  const app = connect(database.appUrl, { max: 1 });
  const accounts = books(app);
  const keys = await issueKeys(config);
  return {
    config,
    audit,
    app,
    stripe: httpClient(emulator.url, {}),
    dashboard: openDashboard(emulator.url),
    mails: catcher.mails,
    api: (product) => httpClient(url, { authorization: `Bearer ${keys.get(product) ?? ''}` }),
    customerOf: async (of) => (await accounts.account(of)).customer,
    stop: async () => {
      await server.drain();
      await worker?.drain();
      await Promise.all([audit.end(), app.end()]);
      await Promise.all([emulator.stop(), catcher.stop()]);
      await database.drop();
    },
  };
}

export function openDashboard(stripeUrl: string): Stripe {
  const { hostname: host, port } = new URL(stripeUrl);
  return new Stripe('sk_test_world', { host, port, protocol: 'http' });
}

export async function issueKeys(config: Config): Promise<Map<string, string>> {
  const sql = connect(config.databaseUrl, { max: 1 });
  const keys = new Map<string, string>();
  for (const { id: product } of await sql<{ id: string }[]>`select id from product`) {
    const scopes = ['debit', 'record', 'read', 'manage', 'admin'] as const;
    const { key } = await issueApiKey(sql, { product, scopes, mode: 'test' });
    keys.set(product, key);
  }
  await sql.end();
  return keys;
}
