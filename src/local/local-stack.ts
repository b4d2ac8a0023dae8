import path from 'node:path';
import { checkSettings, localSender } from './check-settings.ts';
import { ensureDatabase, migrate } from './migrate.ts';
import { SupervisedPart } from './part.ts';
import type { RunningPart } from './part.ts';
import {
  CHILD_NAMES,
  childAsPart,
  logFileOf,
  pidFileOf,
  postgresAsPart,
  startTypeScriptChild,
} from './parts.ts';
import type { ChildName } from './parts.ts';
import { dataPath } from './paths.ts';
import { RememberedPorts, requireFreePort } from './ports.ts';
import { startPostgres } from './postgres.ts';
import type { LocalPostgres } from './postgres.ts';
import { keepLocalSecrets } from './secrets.ts';
import { StackProblem } from './stack-problem.ts';
import { obtainTemporal } from './temporal-obtain.ts';
import { startTemporal } from './temporal.ts';
import { buildWorkflowBundle } from './workflow-bundle.ts';

export interface LocalStackOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly say: (line: string) => void;
  /** Aborted when the person at the keyboard wants to stop. */
  readonly signal: AbortSignal;
  /** Everything that the stack keeps; two stacks at once need two. */
  readonly directory: string;
  /** Disposable data may be lost in a crash of the machine, and is written faster in return. */
  readonly durability: 'durable' | 'disposable';
}

/** What people open or connect to, by the name they know it by. */
export type Addresses = readonly (readonly [part: string, address: string])[];

type PartName = ChildName | 'postgres';

/** What a part gives to the others (environment variables) and shows to people. */
interface Provision {
  readonly settings: Readonly<Record<string, string>>;
  readonly addresses: Addresses;
}

/** A stack that answers, and what else to know of it. */
export interface StartedStack {
  readonly publicUrl: string;
  readonly databaseUrl: string;
  /** The emulator's address; nothing means Stripe itself. */
  readonly stripeUrl: string | undefined;
  readonly catalogDirectory: string;
  readonly addresses: Addresses;
}

const DATABASE = 'tollgate';
const STOP_ORDER: readonly PartName[] = [...CHILD_NAMES, 'postgres'];

/** The whole product on this machine: each part is started here, or is the user's own. */
export class LocalStack {
  private readonly options: LocalStackOptions;
  private readonly parts = new Map<PartName, SupervisedPart>();
  private readonly ports: RememberedPorts;

  constructor(options: LocalStackOptions) {
    this.options = options;
    this.ports = new RememberedPorts(this.pathOf('ports.json'));
  }

  async start(): Promise<StartedStack> {
    const { env, signal } = this.options;
    const checked = checkSettings(env);
    await requireFreePort(checked.http.port);
    const webhookUrl = `http://127.0.0.1:${checked.http.port}/webhooks/stripe`;
    const provisions = await Promise.all([
      this.provideDatabase(),
      this.provideTemporal(),
      this.provideStripe(webhookUrl),
      this.provideMail(),
      this.provideBundle(),
    ]);
    signal.throwIfAborted();
    const { MIGRATION_DATABASE_URL: _ownersOnly, ...inherited } = env;
    const childEnv: NodeJS.ProcessEnv = { ...inherited };
    for (const { settings } of provisions) Object.assign(childEnv, settings);
    await Promise.all([
      this.startProcess({ name: 'worker', file: 'src/worker.ts', env: childEnv }),
      this.startProcess({ name: 'api', file: 'src/server.ts', env: childEnv }),
    ]);
    const { publicUrl } = checked.http;
    const own = provisions.flatMap(({ addresses }) => addresses);
    return {
      publicUrl,
      databaseUrl: childEnv['DATABASE_URL'] ?? checked.databaseUrl,
      stripeUrl: childEnv['STRIPE_API_BASE'],
      catalogDirectory: checked.catalogDirectory,
      addresses: [...own, ['API', publicUrl]],
    };
  }

  /** Askers before the asked, so that everybody can finish what was begun. */
  async stop(): Promise<void> {
    for (const name of STOP_ORDER) {
      const part = this.parts.get(name);
      if (part === undefined) continue;
      await part.stop();
      this.options.say(`${name} stopped`);
    }
  }

  kill(): void {
    for (const part of this.parts.values()) part.kill();
  }

  private pathOf(...names: string[]): string {
    return path.join(this.options.directory, ...names);
  }

  private async run(name: PartName, launch: () => Promise<RunningPart>): Promise<void> {
    const { say, signal } = this.options;
    signal.throwIfAborted();
    const startedAt = performance.now();
    const part = new SupervisedPart({ name, launch, say });
    this.parts.set(name, part);
    await part.start();
    say(`${name} is ready (${((performance.now() - startedAt) / 1000).toFixed(1)} s)`);
  }

  private startProcess({ name, file, env }: ProcessPlan): Promise<void> {
    const readiness = { kind: 'message' } as const; // the literal kind
    const { directory } = this.options;
    const plan = { directory, name, file, args: [], env, readiness };
    return this.run(name, () => startTypeScriptChild(plan));
  }

  private async provideDatabase(): Promise<Provision> {
    const { DATABASE_URL, MIGRATION_DATABASE_URL } = this.options.env;
    if (DATABASE_URL) {
      if (!MIGRATION_DATABASE_URL) throw missingOwnerUrl();
      await this.migrateDatabase(MIGRATION_DATABASE_URL);
      // Without user and password.
      return {
        settings: { DATABASE_URL },
        addresses: [['PostgreSQL', new URL(DATABASE_URL).host]],
      };
    }
    const postgres = await this.startPostgres();
    const ownerUrl = postgres.urlOf(DATABASE);
    await ensureDatabase(postgres.urlOf('postgres'), DATABASE);
    await this.migrateDatabase(ownerUrl);
    return {
      settings: {
        DATABASE_URL: postgres.urlOf(DATABASE, 'tollgate_app'),
        AUDIT_DATABASE_URL: postgres.urlOf(DATABASE, 'tollgate_audit'),
      },
      addresses: [['PostgreSQL', ownerUrl]],
    };
  }

  private async startPostgres(): Promise<LocalPostgres> {
    let latest: LocalPostgres | undefined;
    await this.run('postgres', async () => {
      latest = await startPostgres({
        directory: this.pathOf('postgres'),
        // A restart keeps the port: the other parts were told it when they started.
        choosePort: async () => latest?.port ?? (await this.ports.take('postgres')),
        durability: this.options.durability,
        say: this.options.say,
      });
      return postgresAsPart(latest);
    });
    if (latest === undefined) throw new Error('PostgreSQL is ready but was never launched');
    return latest;
  }

  private async migrateDatabase(ownerUrl: string): Promise<void> {
    const names = await migrate(ownerUrl);
    if (names.length > 0) this.options.say(`migrated the database: ${names.join(', ')}`);
  }

  private async provideTemporal(): Promise<Provision> {
    const { env, say, signal, directory, durability } = this.options;
    const found = await obtainTemporal({ env, say, signal });
    if (found.kind === 'server') return temporalProvision(found.address);
    const port = await this.ports.take('temporal');
    const uiPort = await this.ports.take('temporalUi');
    await this.run('temporal', async () => {
      const child = await startTemporal({
        program: found.path,
        version: found.version,
        directory: this.pathOf('temporal'),
        port,
        uiPort,
        durability,
        logFile: logFileOf(directory, 'temporal'),
        pidFile: pidFileOf(directory, 'temporal'),
      });
      return childAsPart('temporal', child);
    });
    return temporalProvision(`127.0.0.1:${port}`, `http://127.0.0.1:${uiPort}`);
  }

  private async provideStripe(webhookUrl: string): Promise<Provision> {
    if (this.options.env['STRIPE_SECRET_KEY']) return { settings: {}, addresses: [] };
    const secrets = keepLocalSecrets(this.pathOf('secrets.json'));
    const port = await this.ports.take('stripe');
    await this.run('stripe', () =>
      startTypeScriptChild({
        directory: this.options.directory,
        name: 'stripe',
        file: 'src/local/stripe/main.ts',
        args: [
          ...['--port', String(port), '--snapshot', this.pathOf('stripe', 'snapshot.json')],
          ...['--webhook-url', webhookUrl, '--webhook-secret', secrets.stripeWebhookSecret],
        ],
        env: this.options.env,
        readiness: { kind: 'output', pattern: /^ready\b/m },
      }),
    );
    const apiBase = `http://127.0.0.1:${port}`;
    return {
      settings: {
        STRIPE_SECRET_KEY: secrets.stripeSecretKey,
        STRIPE_WEBHOOK_SECRETS: secrets.stripeWebhookSecret,
        STRIPE_API_BASE: apiBase,
      },
      addresses: [['Stripe emulator', apiBase]],
    };
  }

  private async provideMail(): Promise<Provision> {
    const { directory, env } = this.options;
    if (env['SMTP_URL']) return { settings: {}, addresses: [] };
    const smtpPort = await this.ports.take('smtp');
    const pagePort = await this.ports.take('mail');
    await this.run('mail', () =>
      startTypeScriptChild({
        directory,
        name: 'mail',
        file: 'src/local/mail/main.ts',
        args: [
          ...['--smtp-port', String(smtpPort), '--page-port', String(pagePort)],
          ...['--file', this.pathOf('mail', 'mails.jsonl')],
        ],
        env,
        readiness: { kind: 'output', pattern: /^ready\b/m },
      }),
    );
    return {
      settings: {
        SMTP_URL: `smtp://127.0.0.1:${smtpPort}`,
        MAIL_FROM: env['MAIL_FROM'] || localSender,
      },
      addresses: [['Mail', `http://127.0.0.1:${pagePort}`]],
    };
  }

  private async provideBundle(): Promise<Provision> {
    const given = this.options.env['WORKFLOW_BUNDLE'];
    if (given) return { settings: { WORKFLOW_BUNDLE: given }, addresses: [] };
    const file = dataPath('workflow-bundle.js');
    await buildWorkflowBundle(file);
    return { settings: { WORKFLOW_BUNDLE: file }, addresses: [] };
  }
}

const temporalProvision = (address: string, uiUrl?: string): Provision => ({
  settings: { TEMPORAL_ADDRESS: address },
  addresses: [
    ['Temporal', address],
    ...(uiUrl === undefined ? [] : [['Temporal UI', uiUrl] as const]),
  ],
});

interface ProcessPlan {
  readonly name: ChildName;
  readonly file: string;
  readonly env: NodeJS.ProcessEnv;
}

const missingOwnerUrl = (): StackProblem =>
  new StackProblem(
    'DATABASE_URL is set, so your own database is used, but MIGRATION_DATABASE_URL is not, so it ' +
      'cannot be migrated. Set it to the same database as its owner, ' +
      'for example MIGRATION_DATABASE_URL=postgres://tollgate:password@db.example:5432/tollgate',
  );
