import { inProduct } from '../src/store/connect.ts';
import { ledgerStore } from '../src/store/ledger.ts';
import { tracing } from '../src/store/tracing.ts';
import type { Benchmark } from './benchmark.ts';
import { hold, type Contest, type Measure } from './contest.ts';
import { openBooks, terms, type Books } from './debit/books.ts';

const entries = 1_000_000;
const aim = { of: 'value', better: 'less', goal: 20, floor: 100 } as const;

/** One workspace with a million entries of a hundred runs a day, on twelve grants. */
async function fill({ admin, rich }: Books): Promise<void> {
  const [account] = rich;
  if (account === undefined) throw new RangeError('the bench has no workspace');
  const { workspaceId, lane } = account;
  await admin.unsafe(`
    insert into usage_entry (lane, ordinal, grant_no, workspace_id, id, at,
      window_start, amount_micro, balance_after_micro, terms_version, rate_version, kind, target,
      grant_kind, line, model, member, run_id)
    select ${lane}, 0, 2 + n * 12 / ${entries}, ${workspaceId},
      uuidv7(make_interval(secs => -(${entries} - n) / 10.0)), now() - make_interval(secs => (${entries} - n) / 10.0), '2026-01-01', 4200, 1000000, 1, 1, 'debit', 'grant',
      'included', 'llm', 'sonnet-4.6', 'm' || 1 + n % 10, 'run-' || n
    from generate_series(0, ${entries - 1}) n`);
  await admin.unsafe(`
    insert into grant_credit (lane, workspace_id, grant_no, kind, amount_micro, effective_at,
      source_key, terms_version, granted_at, remaining_micro, spent_micro)
    select lane, workspace_id, grant_no, 'included', 1e12,
      '2026-01-01'::timestamptz + grant_no * interval '1 month', 'included:' || grant_no, 1, now(),
      1e12 - sum(amount_micro), sum(amount_micro)
    from usage_entry where workspace_id = ${workspaceId} group by lane, workspace_id, grant_no`);
  await admin`vacuum analyze usage_entry`;
}

/** The milliseconds that one takes, one after another. */
const millisecondsEach =
  (work: () => Promise<unknown>): Measure =>
  async (roundMs) => {
    const startedAt = performance.now();
    let done = 0;
    do {
      await work();
      done += 1;
    } while (performance.now() - startedAt < roundMs);
    return (performance.now() - startedAt) / done;
  };

function contests({ sql, rich }: Books): Contest[] {
  const [account] = rich;
  if (account === undefined) throw new RangeError('the bench has no workspace');
  const { workspaceId } = account;
  const ledger = ledgerStore(sql);
  let run = 0;
  let instant = 0;
  const asked = (name: string, work: () => Promise<unknown>): Contest => ({
    ...{ name: `explain: ${name}, 1 M entries`, unit: 'ms', baseline: null, aim },
    ours: millisecondsEach(work),
  });
  return [
    asked('a month’s grant and what burned it', () =>
      inProduct(
        sql,
        terms.product,
        (tx) => tx`select * from ledger_paid_grants(${workspaceId}, 'included:7', '{}', '{}')`,
      ),
    ),
    asked('the entries before an instant', () =>
      ledger.entries(account, {
        limit: 100,
        to: new Date(Date.now() - 9 * 3_600_000).toISOString(),
      }),
    ),
    asked('the balance at an instant', () => {
      instant = (instant + 7_919_000) % (entries * 100);
      const asOf = new Date(Date.now() - instant).toISOString();
      return tracing(sql).balanceAt(account, asOf);
    }),
    asked('one run', () => {
      run += 7_919;
      return ledger.run(account, `run-${run % entries}`);
    }),
  ];
}

/** Answers about the past of a workspace that has much of it. */
export const explain: Benchmark = {
  name: 'explain',
  run: async (effort) => {
    const books = await openBooks();
    try {
      await fill(books);
      const figures = [];
      for (const contest of contests(books)) figures.push(await hold(contest, effort));
      return figures;
    } finally {
      await books.close();
    }
  },
};
