import { setTimeout as delay } from 'node:timers/promises';
import { ledgerStore } from '../../src/store/ledger.ts';
import { asFigure, type Figure } from '../contest.ts';
import type { Books } from './books.ts';
import { debitOf, pick } from './load.ts';

const crashes = 3;
const loadMs = 700;
const inFlight = 64;

/** PostgreSQL is killed under load, again and again: acknowledged debits that are not there afterwards. */
export async function lostByCrashes(books: Books): Promise<Figure> {
  const acknowledged: string[] = [];
  for (let crash = 0; crash < crashes; crash += 1) {
    const stopping = new AbortController();
    const ledger = ledgerStore(books.sql, books.lines);
    const call = async (): Promise<void> => {
      while (!stopping.signal.aborted) {
        const told = await ledger
          .debit(debitOf(pick(books, 'wide'), 'wide'))
          .catch(() => undefined);
        if (told?.ok === true) acknowledged.push(told.value.id);
      }
    };
    const load = Array.from({ length: inFlight }, call);
    await delay(loadMs);
    await books.crash();
    await delay(loadMs);
    stopping.abort();
    await Promise.all(load);
  }
  const [row] = await books.admin<{ found: string }[]>`
    select count(distinct id) as found from usage_entry where id = any(${acknowledged}::uuid[])`;
  const lost = acknowledged.length - Number(row?.found);
  const audit = await books.admin`select rule from ledger_audit() limit 1`;
  if (audit.length > 0) throw new Error('the books do not add up after a crash');
  return asFigure({
    name: `debit: acknowledged and lost, ${crashes} SIGKILLs of PostgreSQL`,
    unit: `of ${acknowledged.length} debits`,
    value: lost,
    aim: { of: 'value', better: 'less', goal: 0, floor: 0 },
  });
}
