import { ledgerStore } from '../../src/store/ledger.ts';
import { asFigure, type Figure } from '../contest.ts';
import type { Books } from './books.ts';
import { debits } from './load.ts';

const sample = 20_000;
const inFlight = 256;

/** What a debit adds to all tables and indexes together; nothing else writes meanwhile. */
export async function diskPerDebit(books: Books): Promise<Figure> {
  const debit = debits(ledgerStore(books.sql), books, 'wide');
  const size = async (): Promise<number> => {
    const [row] = await books.admin<{ bytes: string }[]>`
      select sum(pg_total_relation_size(oid)) as bytes from pg_class
      where relkind = 'r' and relnamespace in ('public'::regnamespace, 'ledger'::regnamespace)`;
    return Number(row?.bytes);
  };
  const before = await size();
  for (let done = 0; done < sample; done += inFlight) {
    await Promise.all(Array.from({ length: inFlight }, debit));
  }
  const value = ((await size()) - before) / (Math.ceil(sample / inFlight) * inFlight);
  return asFigure({
    name: 'debit: disk, heap and indexes',
    value,
    unit: 'B/debit',
    aim: { of: 'value', better: 'less', goal: 280, floor: 400 },
  });
}
