import type { Sql } from './connect.ts';
import { startRounds, type Rounds } from './rounds.ts';

const everyMs = 200;
const rowsAtOnce = 1_000;

/**
 * Numbers committed feed rows for readers with a cursor. Every worker tries; one at a time does it, so that
 * a cursor once read never misses a row.
 */
export const startSequencer = (sql: Sql, report: (problem: unknown) => void): Rounds =>
  startRounds({ run: () => numberAll(sql), everyMs, report });

/** Until fewer rows than a full batch were left, or another worker is at it. */
async function numberAll(sql: Sql): Promise<void> {
  for (;;) {
    const [row] = await sql<{ numbered: number | null }[]>`
      select feed_sequence(${rowsAtOnce}) as numbered`;
    if ((row?.numbered ?? 0) < rowsAtOnce) return;
  }
}
