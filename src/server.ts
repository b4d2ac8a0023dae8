/** The API: debits, and everything that a product or a person asks of a workspace. */
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { pathToFileURL } from 'node:url';
import pino, { type Logger } from 'pino';
import { createApp } from './api/app.ts';
import { loadCatalogs } from './catalog/load.ts';
import { loadConfig, type Config } from './config.ts';
import { printCreditNote, printInvoice } from './pdf/print-document.ts';
import { apiKeys } from './store/api-keys.ts';
import { books } from './store/books.ts';
import { connect } from './store/connect.ts';
import { directory } from './store/directory.ts';
import { connectLines, ledgerStore } from './store/ledger.ts';
import { storedCatalogs } from './store/directory-catalogs.ts';
import { publishTerms } from './store/publish-terms.ts';
import { tracing } from './store/tracing.ts';
import { stripePayments } from './stripe/payments.ts';
import { verifyWebhook } from './stripe/webhook.ts';
import { drainOnSignals, runMain } from './main-process.ts';
import { connectClient } from './temporal/connect.ts';
import { workspaceClient } from './temporal/workspace-client.ts';

const connectionsMost = 20;
const requestsPerMinute = 60_000;
const healthWaitMs = 1_000;
/** A request that has not come whole by then is given up, so that slow senders hold no connection. */
const receiveWaitMs = 30_000;

/** Shorter than an orchestrator waits before it kills: a caller that stalls is cut off then. */
const drainMostMs = 15_000;

export type RunningServer = {
  readonly url: string;
  /** Answers what it has begun, then lets go of everything. */
  drain(): Promise<void>;
};

export async function startServer(config: Config, log: Logger): Promise<RunningServer> {
  const sql = connect(config.databaseUrl, { max: connectionsMost });
  const lines = connectLines(config.databaseUrl);
  await publishTerms(sql, loadCatalogs(config.catalogDirectory));
  const client = connectClient(config.temporal);
  const report = (problem: unknown): void => log.warn({ err: problem }, 'will be tried again');
  const payments = stripePayments({
    secretKey: config.stripe.secretKey,
    apiBase: config.stripe.apiBase ?? null,
    publicUrl: config.http.publicUrl,
  });
  const app = createApp({
    directory: directory(sql),
    catalogs: storedCatalogs(sql),
    keys: apiKeys(sql),
    ledger: ledgerStore(sql, lines),
    tracing: tracing(sql),
    books: books(sql),
    desk: workspaceClient(client, { taskQueue: config.temporal.taskQueue, report }),
    payments,
    printInvoice,
    printCreditNote,
    verifyWebhook: (raw, signature) => verifyWebhook(raw, signature, config.stripe.webhookSecrets),
    health: {
      temporal: () =>
        answers(
          client.connection.withDeadline(Date.now() + healthWaitMs, () =>
            client.workflowService.getSystemInfo({}),
          ),
        ),
      stripe: () => answers(payments.check()),
    },
    log,
    publicUrl: config.http.publicUrl,
    requestsPerMinute,
  });
  const server = createServer({ requestTimeout: receiveWaitMs }, app);
  server.listen(config.http.port, config.http.host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // a TCP server's address, never a pipe's name
  return {
    url: `http://${config.http.host}:${port}`,
    drain: async () => {
      await closeGently(server);
      await client.connection.close();
      await Promise.all([sql.end({ timeout: 5 }), lines.end()]);
    },
  };
}

async function closeGently(server: Server): Promise<void> {
  const closed = once(server, 'close');
  // A caller that goes on asking over one connection would keep it open for ever.
  server.prependListener('request', (_request, response) => {
    response.shouldKeepAlive = false;
  });
  server.close();
  server.closeIdleConnections();
  const impatience = setTimeout(() => server.closeAllConnections(), drainMostMs);
  await closed;
  clearTimeout(impatience);
}

async function answers(asked: Promise<unknown>): Promise<boolean> {
  try {
    await asked;
    return true;
  } catch {
    return false; // away: which is the answer
  }
}

async function main(): Promise<void> {
  const config = loadConfig(process.env);
  const log = pino({ level: config.logLevel, name: 'api' });
  const running = await startServer(config, log);
  drainOnSignals(running, log);
  log.info({ url: running.url }, 'API is ready');
  process.send?.({ kind: 'ready' });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await runMain(main);
