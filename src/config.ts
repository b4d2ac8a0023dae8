import { z } from 'zod';

export interface Config {
  /** As the role that the product runs as; it may neither migrate nor change what is append-only. */
  readonly databaseUrl: string;
  /** As the database's owner; only migrations use it. */
  readonly migrationDatabaseUrl: string | undefined;
  /** As the role that reads everything: a worker proves the books with it every night. */
  readonly auditDatabaseUrl: string | undefined;
  readonly temporal: {
    readonly address: string;
    readonly namespace: string;
    readonly taskQueue: string;
  };
  readonly stripe: {
    readonly secretKey: string;
    /** Two while a secret is being rotated: a webhook signed with either is accepted. */
    readonly webhookSecrets: readonly string[];
    /** Where the emulator answers; nothing means Stripe itself. */
    readonly apiBase: string | undefined;
  };
  /** How notices to customers go out. */
  readonly mail: { readonly smtpUrl: string; readonly from: string };
  readonly http: {
    /** Where the API listens: this machine alone, unless something in front of it has to reach it. */
    readonly host: string;
    readonly port: number;
    readonly publicUrl: string;
  };
  readonly catalogDirectory: string;
  readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error';
  /** A bundle that the build made; nothing means that the worker bundles the workflows itself. */
  readonly workflowBundle: string | undefined;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Every mistake in the environment at once, as sentences that say what to write instead. */
export class ConfigMistakes extends Error {
  override readonly name = 'ConfigMistakes';
  readonly mistakes: readonly string[];

  constructor(mistakes: readonly string[]) {
    super(`The environment has mistakes:\n${mistakes.map((line) => `  ${line}`).join('\n')}`);
    this.mistakes = mistakes;
  }
}

interface Help {
  readonly expected: string;
  readonly example: string;
}

const describeAs = <Schema extends z.ZodType>(schema: Schema, help: Help): Schema =>
  schema.meta({ ...help });

const databaseUrl = z.url({ protocol: /^postgres(ql)?$/ });
const httpUrl = z.url({ protocol: /^https?$/ });
const smtpUrl = z.url({ protocol: /^smtps?$/ });
// An address, with a name before it or not.
const sender = z.string().regex(/^(?:[^<>@\r\n]+ <[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/);
const secretList = z
  .string()
  .transform((text) => text.split(',').map((secret) => secret.trim()))
  .pipe(
    z
      .array(z.string().regex(/^whsec_\S+$/))
      .min(1)
      .max(2),
  );

const environmentSchema = z.object({
  DATABASE_URL: describeAs(databaseUrl, {
    expected: 'a PostgreSQL URL with the role tollgate_app',
    example: 'postgres://tollgate_app:password@db.example:5432/tollgate',
  }),
  MIGRATION_DATABASE_URL: describeAs(databaseUrl.optional(), {
    expected: "a PostgreSQL URL with the database's owner",
    example: 'postgres://tollgate:password@db.example:5432/tollgate',
  }),
  AUDIT_DATABASE_URL: describeAs(databaseUrl.optional(), {
    expected: 'a PostgreSQL URL with the role tollgate_audit',
    example: 'postgres://tollgate_audit:password@db.example:5432/tollgate',
  }),
  TEMPORAL_ADDRESS: describeAs(z.string().regex(/^[^\s/:]+:\d{1,5}$/), {
    expected: 'host:port of a Temporal server',
    example: '127.0.0.1:7233',
  }),
  TEMPORAL_NAMESPACE: describeAs(z.string().default('default'), {
    expected: "a namespace's name",
    example: 'default',
  }),
  TEMPORAL_TASK_QUEUE: describeAs(z.string().default('tollgate'), {
    expected: "a task queue's name",
    example: 'tollgate',
  }),
  STRIPE_SECRET_KEY: describeAs(z.string().regex(/^[rs]k_(test|live)_\w+$/), {
    expected: "a secret key of Stripe's",
    example: 'sk_test_...',
  }),
  STRIPE_WEBHOOK_SECRETS: describeAs(secretList, {
    expected: 'one webhook secret, or two with a comma between them while one is being rotated',
    example: 'whsec_...',
  }),
  STRIPE_API_BASE: describeAs(httpUrl.optional(), {
    expected: "the emulator's http URL, or nothing for Stripe itself",
    example: 'http://127.0.0.1:12111',
  }),
  SMTP_URL: describeAs(smtpUrl, {
    expected: "a mail server's smtp or smtps URL",
    example: 'smtps://user:password@mail.example:465',
  }),
  MAIL_FROM: describeAs(sender, {
    expected: 'the address that mails are from, with a name or without',
    example: 'Billing <billing@example.com>',
  }),
  TOLLGATE_HOST: describeAs(z.ipv4().default('127.0.0.1'), {
    expected: 'the IPv4 address to listen on, 0.0.0.0 for all',
    example: '127.0.0.1',
  }),
  TOLLGATE_PORT: describeAs(
    z.string().regex(/^\d+$/).transform(Number).pipe(z.int().min(1).max(65_535)).default(4000),
    { expected: 'a port from 1 to 65535', example: '4000' },
  ),
  TOLLGATE_PUBLIC_URL: describeAs(httpUrl.optional(), {
    expected: 'the http URL under which browsers reach the API',
    example: 'https://billing.example.com',
  }),
  CATALOG_DIR: describeAs(z.string().default('./catalogs'), {
    expected: "the directory of the products' catalog files",
    example: './catalogs',
  }),
  LOG_LEVEL: describeAs(z.enum(['trace', 'debug', 'info', 'warn', 'error']).default('info'), {
    expected: 'one of trace, debug, info, warn, error',
    example: 'info',
  }),
  WORKFLOW_BUNDLE: describeAs(z.string().optional(), {
    expected: 'the path of a bundle that was built before',
    example: './dist/workflow-bundle.js',
  }),
});

type VariableName = keyof typeof environmentSchema.shape;

/** Every variable that is read, in the order in which they are told. */
export const variableNames: readonly string[] = Object.keys(environmentSchema.shape);

const help = z.object({ expected: z.string(), example: z.string() });

/** The whole configuration, frozen. Throws `ConfigMistakes`; no message ever quotes a value. */
export function loadConfig(env: Environment): Config {
  // Compose files and shells set empty variables for absent ones.
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = environmentSchema.safeParse(given);
  const mistakes = [
    ...(parsed.success ? [] : describeIssues(parsed.error, given)),
    ...findUnknownNames(given),
    ...findExposedLiveKey(given),
  ];
  if (!parsed.success || mistakes.length > 0) throw new ConfigMistakes(mistakes);
  return freeze(parsed.data);
}

function describeIssues(error: z.ZodError, given: Environment): string[] {
  const names = new Set(error.issues.map((issue) => String(issue.path[0])));
  return [...names].map((name) => {
    // The issues' paths are the schema's own keys.
    const { expected, example } = help.parse(environmentSchema.shape[name as VariableName].meta());
    const complaint = given[name] === undefined ? 'is not set' : 'is not valid';
    return `${name} ${complaint}: expected ${expected}, for example ${name}=${example}`;
  });
}

/** A misspelt setting would silently leave the default in force. */
function findUnknownNames(given: Environment): string[] {
  const known = Object.keys(environmentSchema.shape).filter((name) => name.startsWith('TOLLGATE_'));
  return Object.keys(given)
    .filter((name) => name.startsWith('TOLLGATE_') && !known.includes(name))
    .map((name) => {
      const [nearest] = known.toSorted((a, b) => countEdits(name, a) - countEdits(name, b));
      return `${name} is not a setting: did you mean ${nearest}? Rename it, or remove it`;
    });
}

/** A live key belongs to Stripe alone: another base would receive it. */
const findExposedLiveKey = ({ STRIPE_SECRET_KEY, STRIPE_API_BASE }: Environment): string[] =>
  STRIPE_API_BASE !== undefined && /^[rs]k_live_/.test(STRIPE_SECRET_KEY ?? '')
    ? [
        'STRIPE_API_BASE is set together with a live STRIPE_SECRET_KEY, which would send the key ' +
          'to the emulator: unset STRIPE_API_BASE, or use a test key, for example sk_test_...',
      ]
    : [];

function freeze(env: z.infer<typeof environmentSchema>): Config {
  return Object.freeze({
    databaseUrl: env.DATABASE_URL,
    migrationDatabaseUrl: env.MIGRATION_DATABASE_URL,
    auditDatabaseUrl: env.AUDIT_DATABASE_URL,
    temporal: Object.freeze({
      address: env.TEMPORAL_ADDRESS,
      namespace: env.TEMPORAL_NAMESPACE,
      taskQueue: env.TEMPORAL_TASK_QUEUE,
    }),
    stripe: Object.freeze({
      secretKey: env.STRIPE_SECRET_KEY,
      webhookSecrets: Object.freeze(env.STRIPE_WEBHOOK_SECRETS),
      apiBase: env.STRIPE_API_BASE,
    }),
    mail: Object.freeze({ smtpUrl: env.SMTP_URL, from: env.MAIL_FROM }),
    http: Object.freeze({
      host: env.TOLLGATE_HOST,
      port: env.TOLLGATE_PORT,
      publicUrl: env.TOLLGATE_PUBLIC_URL ?? `http://127.0.0.1:${env.TOLLGATE_PORT}`,
    }),
    catalogDirectory: env.CATALOG_DIR,
    logLevel: env.LOG_LEVEL,
    workflowBundle: env.WORKFLOW_BUNDLE,
  });
}

/** Levenshtein's distance: letters to add, drop or change. */
function countEdits(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (const [row, letter] of from.split('').entries()) {
    const current = [row + 1];
    for (const [column, other] of to.split('').entries()) {
      const change = (previous[column] ?? 0) + (letter === other ? 0 : 1);
      current.push(Math.min(change, (previous[column + 1] ?? 0) + 1, (current[column] ?? 0) + 1));
    }
    previous = current;
  }
  return previous.at(-1) ?? 0;
}
