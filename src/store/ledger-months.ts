import type { Sql } from './connect.ts';
import { startRounds, type Rounds } from './rounds.ts';

const monthsAhead = 2;
const everyMs = 6 * 60 * 60 * 1_000;
/** After a round that failed: a month must not begin meanwhile. */
const againMs = 60_000;

/** What a round has done; 0: nothing was missing. */
export interface KeptMonths {
  readonly made: number;
  readonly dropped: number;
}

/**
 * Makes the months of entries and keys before they begin, in real time, and drops those of keys that no call
 * can repeat any more. Each table has a transaction of its own, so that two never wait for each other.
 */
export async function keepMonths(sql: Sql): Promise<KeptMonths> {
  const [entries] = await sql<{ made: number }[]>`
    select ledger_keep_entry_months(${monthsAhead}) as made`;
  const [keys] = await sql<KeptMonths[]>`
    select made, dropped from ledger_keep_key_months(${monthsAhead})`;
  return { made: (entries?.made ?? 0) + (keys?.made ?? 0), dropped: keys?.dropped ?? 0 };
}

/** Keeps the months at once and four times a day. Every worker tries; one at a time does it. */
export const startMonthKeeper = (sql: Sql, report: (problem: unknown) => void): Rounds =>
  startRounds({ run: () => keepMonths(sql), everyMs, againMs, report });
