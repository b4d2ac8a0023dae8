import { ledgerStore } from '../src/store/ledger.ts';
import type { Benchmark } from './benchmark.ts';
import { hold, type Measure } from './contest.ts';
import { openBooks, type Books } from './debit/books.ts';
import { closedLoop, debits } from './debit/load.ts';

const millions = 20;
const inFlight = 256;

/** So many entries and keys as that many debits would have left, a million in one statement. */
async function fill({ admin }: Books, say: (line: string) => void): Promise<void> {
  for (let done = 0; done < millions; done += 1) {
    await admin.unsafe(`
      with made as (
        insert into usage_entry (lane, ordinal, grant_no, workspace_id, id, at,
          window_start, amount_micro, balance_after_micro, terms_version, rate_version, kind,
          target, grant_kind, line, model, member, space, tokens)
        select lane, 0, 1, id, uuidv7(), now(), '2026-01-01', 4200, 1000000, 1, 1, 'debit',
          'grant', 'topUp', 'llm', 'sonnet-4.6', 'm' || 1 + n % 10, 's' || 1 + n % 4, 1200
        from generate_series(1, 100) n cross join (select * from workspace order by id limit 10000) w
        returning lane, id
      )
      insert into request_key (lane, month, body_hash, key_hash, operation_id)
      select lane, date_trunc('month', now() at time zone 'UTC')::date, 1, gen_random_uuid(), id
      from made`);
    say(`${done + 1} of ${millions} million entries`);
  }
  await admin`vacuum analyze`;
}

const loadOf = (books: Books): Measure =>
  closedLoop(inFlight, debits(ledgerStore(books.sql, books.lines), books, 'wide'));

/** Debits on books that are full beside debits on books that are empty, both open at once. */
export const million: Benchmark = {
  name: 'million',
  onRequest: true,
  run: async (effort) => {
    const full = await openBooks();
    const empty = await openBooks();
    try {
      await fill(full, (line) => process.stderr.write(`bench: ${line}\n`));
      const figure = await hold(
        {
          name: `debit: at ${millions} M entries, in process`,
          unit: 'debits/s',
          ours: loadOf(full),
          baseline: { name: 'at none', measure: loadOf(empty) },
          aim: { of: 'ratio', better: 'more', goal: 0.85, floor: 0.7 },
        },
        effort,
      );
      return [figure];
    } finally {
      await full.close();
      await empty.close();
    }
  },
};
