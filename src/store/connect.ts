import postgres from 'postgres';

/** What parameters and rows may hold beside the driver's own types. */
interface Values extends Record<string, unknown> {
  bigint: bigint;
  instant: string;
  date: string;
}

/** A pool of connections to the books. */
export type Sql = postgres.Sql<Values>;
/** One open transaction. */
export type Transaction = postgres.TransactionSql<Values>;

/** The roles of migrations/0001_roles.sql that a process may work as. */
export type Role = 'tollgate_app' | 'tollgate_sweeper' | 'tollgate_sequencer' | 'tollgate_audit';

/** Integers of 64 bits are `bigint`s; an instant is always the string `2026-01-01T00:00:00.000Z`. */
const types = {
  bigint: { to: 20, from: [20], serialize: String, parse: (text: string) => BigInt(text) },
  instant: {
    to: 1184,
    from: [1184],
    serialize: (instant: string) => instant,
    // The session's time zone is UTC, so the text always ends in +00.
    parse: (text: string) => new Date(text.replace(' ', 'T').replace(/\+00$/, 'Z')).toISOString(),
  },
  date: {
    to: 1082,
    from: [1082],
    serialize: (date: string) => date,
    parse: (text: string) => text,
  },
};

const connectSecondsMost = 5;
const reconnectAfterSeconds = 0.1;

/**
 * Connects as a role of the books, by default the application's, whoever the address logs in. Statements and
 * idle transactions end by themselves, since a lane's lock stops every other workspace of that lane.
 */
export function connect(
  url: string,
  options: { readonly max: number; readonly role?: Role; readonly lockWaitMs?: number },
): Sql {
  return postgres(url, {
    max: options.max,
    types,
    onnotice: () => undefined, // notices are for people at a prompt
    connect_timeout: connectSecondsMost,
    // The driver's own pause grows with each connection of the pool that a crash took: to 20 s at once.
    backoff: () => reconnectAfterSeconds,
    connection: {
      application_name: 'tollgate',
      TimeZone: 'UTC',
      role: options.role ?? 'tollgate_app',
      statement_timeout: 30_000,
      lock_timeout: options.lockWaitMs ?? 0, // for none: as long as the statement may take
      idle_in_transaction_session_timeout: 2_000,
    },
  });
}

/**
 * One transaction on behalf of one product: row-level security shows it that product's rows and no others.
 * Keep it free of network calls; its first statement locks the ledger if it will touch it.
 */
export async function inProduct<Result>(
  sql: Sql,
  product: string,
  run: (transaction: Transaction) => Promise<Result>,
): Promise<Result> {
  // The driver would also unwrap a result that is an array of promises; an object keeps it as it is.
  const { result } = await sql.begin(async (transaction): Promise<{ result: Result }> => {
    await transaction`select set_config('tollgate.product', ${product}, true)`;
    return { result: await run(transaction) };
  });
  return result;
}
