import { ledgerStore } from '../../src/store/ledger.ts';
import { asFigure, type Figure } from '../contest.ts';
import { openBooks, type Books } from './books.ts';
import { debits } from './load.ts';

const sample = 65_536;
const inFlight = 256;

/**
 * What a debit adds to all tables and indexes together, on books of its own. It is measured while their
 * number doubles: keys come in no order, so the pages of an index split at about the same time, and by less
 * than a doubling the figure tells how near that time is.
 */
export async function diskPerDebit(): Promise<Figure> {
  const books = await openBooks();
  try {
    return await growth(books);
  } finally {
    await books.close();
  }
}

async function growth(books: Books): Promise<Figure> {
  const debit = debits(ledgerStore(books.sql, books.lines), books, 'wide');
  const size = async (): Promise<number> => {
    const [row] = await books.admin<{ bytes: string }[]>`
      select sum(pg_total_relation_size(oid)) as bytes from pg_class
      where relkind = 'r' and relnamespace in ('public'::regnamespace, 'ledger'::regnamespace)`;
    return Number(row?.bytes);
  };
  const charge = async (): Promise<void> => {
    for (let done = 0; done < sample; done += inFlight) {
      await Promise.all(Array.from({ length: inFlight }, debit));
    }
  };
  await charge();
  const before = await size();
  await charge();
  const value = ((await size()) - before) / sample;
  return asFigure({
    name: 'debit: disk, heap and indexes',
    value,
    unit: 'B/debit',
    aim: { of: 'value', better: 'less', goal: 280, floor: 400 },
  });
}
