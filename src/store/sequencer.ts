import type { Sql } from './connect.ts';

const everyMs = 200;
const rowsAtOnce = 1_000;

/**
 * Numbers committed feed rows for readers with a cursor. Every worker tries; one at a time does it, so that
 * a cursor once read never misses a row.
 */
export function startSequencer(
  sql: Sql,
  report: (problem: unknown) => void,
): { stop(): Promise<void> } {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const round = async (): Promise<void> => {
    try {
      await numberAll(sql);
    } catch (error) {
      report(error);
    }
    if (!stopped) timer = setTimeout(startRound, everyMs);
  };
  let running = round();
  const startRound = (): void => {
    running = round();
  };
  return {
    stop: () => {
      stopped = true;
      clearTimeout(timer);
      return running;
    },
  };
}

/** Until fewer rows than a full batch were left, or another worker is at it. */
async function numberAll(sql: Sql): Promise<void> {
  for (;;) {
    const [row] = await sql<{ numbered: number | null }[]>`
      select feed_sequence(${rowsAtOnce}) as numbered`;
    if ((row?.numbered ?? 0) < rowsAtOnce) return;
  }
}
