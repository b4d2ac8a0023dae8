import { randomUUID } from 'node:crypto';
import type { Config } from '../../src/config.ts';
import { ensureDatabase, migrate } from '../../src/local/migrate.ts';
import { startCatcher } from '../../src/local/mail/catcher.ts';
import { findFreePort } from '../../src/local/ports.ts';
import { startEmulator, type Emulator } from '../../src/local/stripe/emulator.ts';
import { openTestRun, removeTestRun, type TestRun } from '../../src/local/test-runs.ts';
import { books } from '../../src/store/books.ts';
import { connect } from '../../src/store/connect.ts';
import { httpClient } from './http-client.ts';
import type { Mortal } from './mortal.ts';
import { startPostgresProcess, type PostgresProcess } from './postgres-process.ts';
import { startProductProcess } from './product-process.ts';
import { steadfastClient } from './steadfast-client.ts';
import { requestWorkflowBundle } from './temporal.ts';
import { startTemporalProcess } from './temporal-process.ts';
import { issueKeys, openDashboard, type World } from './world.ts';

export const partNames = ['postgres', 'temporal', 'worker', 'api'] as const;
export type PartName = (typeof partNames)[number];

/**
 * The whole product on parts of its own, each a real process that may be killed and started again. Only
 * the emulator lives in the test's process: it stands for Stripe, which forgets nothing.
 */
export type KillableWorld = World & {
  readonly parts: Readonly<Record<PartName, Mortal>>;
};

const webhookSecret = 'whsec_world';
const database = 'tollgate';

/** One at a time in a process. Its callers are steadfast: they try again until they are answered. */
export async function openKillableWorld(): Promise<KillableWorld> {
  const run = openTestRun();
  const opened: (() => Promise<void>)[] = [async () => removeTestRun(run)];
  const closeAll = async (): Promise<void> => {
    const troubles: unknown[] = [];
    // Askers before the asked, and all of them, whatever one of them says.
    for (const close of opened.splice(0).toReversed()) {
      await close().catch((error: unknown) => troubles.push(error));
    }
    if (troubles.length > 0) throw new AggregateError(troubles, troubles.map(String).join('\n'));
  };
  const keep: Keep = (starting) => {
    opened.push(async () => {
      const [started] = await Promise.allSettled([starting]);
      if (started.status === 'fulfilled') await started.value.stop();
    });
    return starting;
  };
  try {
    return { ...(await assemble(run, keep)), stop: closeAll };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

/** Notes what has to be stopped in the end, also while it starts and when another start fails. */
type Keep = <Part extends { stop(): Promise<void> }>(starting: Promise<Part>) => Promise<Part>;

async function assemble(run: TestRun, keep: Keep): Promise<Omit<KillableWorld, 'stop'>> {
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  const webhook = { url: `${url}/webhooks/stripe`, secrets: [webhookSecret] };
  const [postgres, temporal, stripe, catcher] = await Promise.all([
    keep(openDatabase(run.postgres)),
    keep(startTemporalProcess(run.directory)),
    keep(startEmulator({ webhook })),
    keep(startCatcher()),
  ]);
  const config: Config = {
    databaseUrl: postgres.urlOf(database, 'tollgate_app'),
    migrationDatabaseUrl: undefined,
    auditDatabaseUrl: undefined,
    temporal: {
      address: temporal.address,
      namespace: 'default',
      taskQueue: `world-${randomUUID()}`,
    },
    stripe: { secretKey: 'sk_test_world', webhookSecrets: [webhookSecret], apiBase: stripe.url },
    mail: { smtpUrl: catcher.smtpUrl, from: 'Billing <billing@tollgate.example>' },
    http: { host: '127.0.0.1', port, publicUrl: url },
    catalogDirectory: 'catalogs',
    logLevel: 'warn',
    workflowBundle: await requestWorkflowBundle(),
  };
  const [worker, api] = await Promise.all([
    keep(startProductProcess('worker', config, run.directory)),
    keep(startProductProcess('api', config, run.directory)),
  ]);
  return {
    parts: { postgres, temporal, worker, api },
    mails: catcher.mails,
    ...(await openOffices({ config, stripe, postgres }, keep)),
  };
}

/** What the test itself looks and acts through. */
async function openOffices(
  from: {
    readonly config: Config;
    readonly stripe: Emulator;
    readonly postgres: PostgresProcess;
  },
  keep: Keep,
): Promise<Omit<World, 'stop' | 'mails'>> {
  const { config, stripe, postgres } = from;
  const ofSql = (sql: World['app']): World['app'] => {
    void keep(Promise.resolve({ stop: () => sql.end({ timeout: 1 }) }));
    return sql;
  };
  const audit = ofSql(connect(postgres.urlOf(database), { max: 2, role: 'tollgate_audit' }));
  const app = ofSql(connect(config.databaseUrl, { max: 1 }));
  const keys = await issueKeys(config);
  const accounts = books(app);
  return {
    config,
    audit,
    app,
    stripe: httpClient(stripe.url, {}),
    dashboard: openDashboard(stripe.url),
    api: (product) =>
      steadfastClient(config.http.publicUrl, {
        authorization: `Bearer ${keys.get(product) ?? ''}`,
      }),
    customerOf: async (of) => (await accounts.account(of)).customer,
  };
}

async function openDatabase(directory: string): Promise<PostgresProcess> {
  const postgres = await startPostgresProcess(directory);
  try {
    await ensureDatabase(postgres.urlOf('postgres'), database);
    await migrate(postgres.urlOf(database));
    return postgres;
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}
