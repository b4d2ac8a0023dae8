import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import postgres from 'postgres';
import { createApp } from '../../../src/api/app.ts';
import { loadCatalogs } from '../../../src/catalog/load.ts';
import type { Scope } from '../../../src/ports/directory.ts';
import type { LifecycleDesk } from '../../../src/ports/lifecycle-desk.ts';
import type { Payments } from '../../../src/ports/payments.ts';
import { startEmulator } from '../../../src/local/stripe/emulator.ts';
import { printCreditNote, printInvoice } from '../../../src/pdf/print-document.ts';
import { apiKeys, issueApiKey } from '../../../src/store/api-keys.ts';
import { books } from '../../../src/store/books.ts';
import { connect, type Sql } from '../../../src/store/connect.ts';
import { storedCatalogs } from '../../../src/store/directory-catalogs.ts';
import { directory } from '../../../src/store/directory.ts';
import { ledgerStore } from '../../../src/store/ledger.ts';
import { publishTerms } from '../../../src/store/publish-terms.ts';
import { tracing } from '../../../src/store/tracing.ts';
import { stripePayments } from '../../../src/stripe/payments.ts';
import { verifyWebhook } from '../../../src/stripe/webhook.ts';
import { httpClient, type HttpClient } from '../../support/http-client.ts';
import { createTestDatabase } from '../../support/postgres.ts';
import { deskInPlace } from './desk-in-place.ts';

/** The API over real HTTP, Postgres and the Stripe emulator; only Temporal is not there. */
export type Served = {
  readonly url: string;
  /** As the product's own role. */
  readonly sql: Sql;
  /** Sees and changes everything. */
  readonly owner: postgres.Sql;
  readonly webhookSecret: string;
  /** What the API itself asks of the emulator. */
  readonly payments: Payments;
  /** The emulator's own address, with its controls. */
  readonly stripe: HttpClient;
  /** A client with a fresh key of this product. */
  client(product: string, ...scopes: readonly Scope[]): Promise<HttpClient>;
  key(product: string, ...scopes: readonly Scope[]): Promise<string>;
  /** Waits until a workspace's lifecycle has taken in everything that it was told. */
  live(product: string, workspace: string): Promise<void>;
  stop(): Promise<void>;
};

const webhookSecret = 'whsec_served';

export async function serveApi(
  options: { readonly desk?: LifecycleDesk; readonly requestsPerMinute?: number } = {},
): Promise<Served> {
  const database = await createTestDatabase();
  const sql = connect(database.appUrl, { max: 8 });
  const owner = postgres(database.adminUrl, { max: 2, onnotice: () => undefined });
  await publishTerms(sql, loadCatalogs('catalogs'));
  const emulator = await startEmulator();
  const payments = stripePayments({
    secretKey: 'sk_test_served',
    apiBase: emulator.url,
    publicUrl: 'http://billing.test',
  });
  const desk = options.desk ?? deskInPlace(sql, payments);
  const answersAlways = (): Promise<boolean> => Promise.resolve(true);
  const app = createApp({
    directory: directory(sql),
    catalogs: storedCatalogs(sql),
    keys: apiKeys(sql),
    ledger: ledgerStore(sql),
    tracing: tracing(sql),
    books: books(sql),
    desk,
    payments,
    printInvoice,
    printCreditNote,
    verifyWebhook: (raw, signature) => verifyWebhook(raw, signature, [webhookSecret]),
    health: { temporal: answersAlways, stripe: answersAlways },
    log: { info: () => undefined, warn: () => undefined, error: console.error },
    publicUrl: 'http://billing.test',
    requestsPerMinute: options.requestsPerMinute ?? 100_000,
  });
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // a TCP server's address, never a pipe's name
  const url = `http://127.0.0.1:${port}`;
  const key: Served['key'] = async (product, ...scopes) =>
    (await issueApiKey(sql, { product, scopes, mode: 'test' })).key;
  return {
    url,
    sql,
    owner,
    webhookSecret,
    payments,
    stripe: httpClient(emulator.url, { authorization: 'Bearer sk_test_served' }),
    key,
    live: (product, workspace) => desk.ring({ product, workspace }),
    client: async (product, ...scopes) =>
      httpClient(url, { authorization: `Bearer ${await key(product, ...scopes)}` }),
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await Promise.all([sql.end(), owner.end(), emulator.stop()]);
      await database.drop();
    },
  };
}
