import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { connect, type Sql } from '../../src/store/connect.ts';
import { createTestDatabase } from '../support/postgres.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';

const connections = 4;
const rounds = 12;

async function openThroughProxy(): Promise<{ readonly sql: Sql; readonly proxy: TcpProxy }> {
  const database = await createTestDatabase();
  const { hostname: host, port } = new URL(database.appUrl);
  const proxy = await startTcpProxy({ host, port: Number(port) });
  const url = new URL(database.appUrl);
  url.port = String(proxy.port);
  const sql = connect(url.href, { max: connections });
  onTestFinished(async () => {
    await sql.end({ timeout: 1 });
    await proxy.stop();
    await database.drop();
  });
  return { sql, proxy };
}

/** Each statement depends on the one before, so that the cut meets some transactions half way. */
const transact = (sql: Sql): Promise<number> =>
  sql.begin(async (tx): Promise<number> => {
    for (let count = 1; count <= 5; count += 1) await tx`select ${count}::int as count`;
    return 5;
  });

const isConnectionLost = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  /^(?:CONNECTION_|ECONNRESET|EPIPE)/.test(String(error.code));

const settlesOrIsLost = async (work: Promise<unknown>): Promise<'settled' | 'lost'> => {
  try {
    await work;
    return 'settled';
  } catch (error) {
    if (isConnectionLost(error)) return 'lost';
    throw error;
  }
};

test.each(['end', 'reset'] as const)(
  'work whose connection is cut (%s) fails, whatever it was at, and the pool goes on',
  async (how) => {
    const { sql, proxy } = await openThroughProxy();
    const ends = new Set<string>();
    for (let round = 0; round < rounds; round += 1) {
      const work = Array.from({ length: connections * 2 }, (_, index) =>
        settlesOrIsLost(index % 2 === 0 ? transact(sql) : sql`select 1 as one`),
      );
      // Each round cuts one turn of the event loop later.
      for (let turn = 0; turn < round * 3; turn += 1) await nextTurn();
      proxy.cut(how);
      for (const end of await Promise.all(work)) ends.add(end);
    }
    expect(ends).toEqual(new Set(['settled', 'lost']));
    // The last cut may reach connections that were idle by then.
    const many = Array.from({ length: connections * 3 });
    await expect
      .poll(() => Promise.all(many.map(() => settlesOrIsLost(transact(sql)))))
      .toEqual(many.map(() => 'settled'));
  },
);
