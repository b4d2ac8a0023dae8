import postgres from 'postgres';
import { ensureDatabase } from '../../src/local/migrate.ts';
import type { Measure } from '../contest.ts';
import type { Books } from './books.ts';
import { closedLoop } from './load.ts';
import { openLoop } from './open-loop.ts';
import { findPgbench, pgbench, pgbenchAt } from './pgbench.ts';

/** What one transaction per debit could reach at most: bare updates of one row each. */
export interface Peers {
  readonly program: string;
  /** One of ten thousand rows, 32 clients. */
  readonly wide: Measure;
  /** Always the same row, with as many clients as do it fastest. */
  readonly hot: Measure;
  /** The p99 of the wide updates at so many a second, in milliseconds. */
  readonly p99At: (perSecond: number) => Measure;
  readonly close: () => Promise<void>;
}

const rows = 10_000;
const wideClients = 32;
const hotClients = [1, 2, 4, 8, 32];
const trialMs = 1_000;

export async function openPeers(books: Books): Promise<Peers> {
  const { server } = books;
  await ensureDatabase(server.urlOf('postgres'), 'peer');
  const sql = postgres(server.urlOf('peer'), { max: wideClients, onnotice: () => undefined });
  await sql`create table balance (id int primary key, value bigint) with (fillfactor = 50)`;
  await sql`insert into balance select n, 0 from generate_series(1, ${rows}::int) n`;
  const program = findPgbench();
  const update = async (id: Row): Promise<void> => {
    const row = id === 'same' ? 1 : 1 + Math.floor(Math.random() * rows);
    await sql`update balance set value = value + 1 where id = ${row}`;
  };
  const load = (clients: number, id: Row): Measure =>
    program === undefined
      ? closedLoop(clients, () => update(id))
      : pgbench(program, books, scriptOf(clients, id));
  return {
    program: program === undefined ? 'bare updates by our driver' : 'pgbench',
    wide: load(wideClients, 'random'),
    hot: await fastest(hotClients.map((clients) => load(clients, 'same'))),
    p99At: (perSecond) =>
      program === undefined
        ? openLoop(
            perSecond,
            Array.from({ length: wideClients }, () => null),
            () => update('random'),
          )
        : pgbenchAt(program, books, { ...scriptOf(wideClients, 'random'), perSecond }),
    close: () => sql.end(),
  };
}

type Row = 'random' | 'same';

const scriptOf = (clients: number, id: Row) => ({
  name: `${id}-${clients}`,
  clients,
  script:
    `\\set id ${id === 'same' ? '1' : `random(1, ${rows})`}\n` +
    'update balance set value = value + 1 where id = :id;\n',
});

async function fastest(loads: readonly Measure[]): Promise<Measure> {
  let best: { readonly load: Measure; readonly rate: number } | undefined;
  for (const load of loads) {
    const rate = await load(trialMs);
    if (best === undefined || rate > best.rate) best = { load, rate };
  }
  if (best === undefined) throw new RangeError('there is nothing to choose from');
  return best.load;
}
