import { describe, expect, test } from 'vitest';
import type { LedgerAccount } from '../../../src/ports/ledger.ts';
import { connect, inProduct } from '../../../src/store/connect.ts';
import { placeOrder, setCap, setGate, writeFeed } from '../../../src/store/ledger-writes.ts';
import { micro } from '../../../src/domain/values/money.ts';
import { debitOf, give, line, useBooks, race, request, start, value } from './books.ts';

const books = useBooks();

const february = '2026-02-01T00:00:00.000Z';

/** What the feed tells of a workspace, without grants. */
const told = async (account: LedgerAccount): Promise<string[]> => {
  const rows = await books.admin<{ told: string }[]>`
    select concat_ws(' ', kind, data ->> 'limit', data ->> 'code', data ->> 'percent') as told
    from event_feed
    where workspace_id = ${account.workspaceId.toString()} and kind <> 'granted' order by seq`;
  return rows.map((row) => row.told);
};

test('the first denial of each limit in a window is told once', async () => {
  const account = await books.workspace();
  await give(books, account, { kind: 'topUp', amount: 50 });
  await books.write(account, async (tx) => {
    const cap = { scope: 'member', subject: 'ada', capMicro: micro(10) } as const;
    await setCap(tx, account.workspaceId, cap);
    await placeOrder(tx, account.workspaceId, {
      startsAt: february,
      endsAt: '2026-03-01T00:00:00.000Z',
      amountMicro: micro(10),
      termsVersion: 1,
      sourceKey: 'included:2026-02',
    });
  });
  const tooMuch = () =>
    books.ledger.debit({ ...debitOf(account, 11), request: request(), member: 'ada' });
  await tooMuch();
  await tooMuch();
  await books.ledger.debit(debitOf(account, 51));
  await books.ledger.debit(debitOf(account, 52));
  expect(await told(account)).toEqual(['limitReached member', 'limitReached pool']);
  await books.at(account, february);
  await tooMuch();
  expect(await told(account)).toEqual([
    'limitReached member',
    'limitReached pool',
    'limitReached member',
  ]);
});

test('the first denial of a gate is told once, until it closes anew', async () => {
  const account = await books.workspace();
  await give(books, account, { kind: 'topUp', amount: 50 });
  const close = (code: string) =>
    books.write(account, (tx) => setGate(tx, account.workspaceId, { closesAt: start, code }));
  const denied = async () => {
    for (const _ of [1, 2]) expect((await books.ledger.debit(debitOf(account, 1))).ok).toBe(false);
  };
  await close('trialEnded');
  await denied();
  expect(await told(account)).toEqual(['limitReached gate trialEnded']);
  await close('pastDue');
  await denied();
  expect(await told(account)).toEqual([
    'limitReached gate trialEnded',
    'limitReached gate pastDue',
  ]);
});

describe('a threshold', () => {
  test('is told once when the balance falls below it, then exhaustion, until a top-up', async () => {
    const account = await books.workspace();
    await give(books, account, { kind: 'included', amount: 100, expiresAt: february });
    const spend = async (amount: number) =>
      value(await books.ledger.debit(debitOf(account, amount))).crossed;
    expect(await spend(80)).toEqual([]); // 20 left is not below 20 %
    expect(await spend(1)).toEqual(['pool:20%']);
    expect(await spend(1)).toEqual([]);
    expect(await spend(18)).toEqual(['pool:0%']);
    await give(books, account, { kind: 'topUp', amount: 30 });
    expect(await spend(11)).toEqual(['pool:20%']);
    expect(await told(account)).toEqual([
      'thresholdCrossed 20',
      'thresholdCrossed 0',
      'thresholdCrossed 20',
    ]);
  });

  test('is told again in the next window', async () => {
    const account = await books.workspace();
    await give(books, account, { kind: 'included', amount: 100, expiresAt: february });
    await books.write(account, (tx) =>
      placeOrder(tx, account.workspaceId, {
        startsAt: february,
        endsAt: '2026-03-01T00:00:00.000Z',
        amountMicro: micro(100),
        termsVersion: 1,
        sourceKey: 'included:2026-02',
      }),
    );
    value(await books.ledger.debit(debitOf(account, 90)));
    await books.at(account, february);
    value(await books.ledger.debit(debitOf(account, 90)));
    expect(await told(account)).toEqual(['thresholdCrossed 20', 'thresholdCrossed 20']);
  });

  test('crossed by a replayed debit is not told again', async () => {
    const account = await books.workspace();
    await give(books, account, { kind: 'included', amount: 100 });
    const debit = { ...debitOf(account, 0), lines: [line(100)] };
    expect(value(await books.ledger.debit(debit)).crossed).toEqual(['pool:0%', 'pool:20%']);
    expect(value(await books.ledger.debit(debit)).crossed).toEqual([]);
  });
});

test('numbers have no gap under many writers, some of whom fail', async () => {
  const account = await books.workspace();
  await give(books, account, { kind: 'topUp', amount: 1 });
  await Promise.all([
    ...Array.from({ length: 30 }, (_, i) =>
      books
        .write(account, async (tx) => {
          const data = { number: i };
          await writeFeed(tx, account.workspaceId, { kind: 'stateChanged', at: february, data });
          if (i % 3 === 0) throw new Error('changed its mind');
        })
        .catch(() => undefined),
    ),
    race(books, { processes: 3, calls: 3 }, (ledger) => ledger.debit(debitOf(account, 5))),
  ]);
  const rows = await books.admin<{ seq: string }[]>`
    select seq from event_feed where workspace_id = ${account.workspaceId.toString()} order by seq`;
  // One grant, twenty changes that were kept, one first denial.
  expect(rows.map((row) => Number(row.seq))).toEqual(Array.from({ length: 22 }, (_, i) => i + 1));
});

test('the sequencer gives every row one cursor, without gaps, each workspace in its order', async () => {
  const accounts = await Promise.all([books.workspace(), books.workspace(), books.workspace()]);
  const sequencer = connect(books.appUrl.replace('tollgate_app', 'tollgate_sequencer'), {
    max: 2,
    role: 'tollgate_sequencer',
  });
  let writing = true;
  const written = Promise.all(
    Array.from({ length: 60 }, (_, i) => {
      const account = accounts[i % 3];
      if (account === undefined) throw new Error('no account');
      const event = { kind: 'stateChanged', at: february, data: { number: i } };
      return books.write(account, (tx) => writeFeed(tx, account.workspaceId, event));
    }),
  ).finally(() => {
    writing = false;
  });
  while (writing) await sequencer`select feed_sequence(7)`;
  await written;
  const counts = await Promise.all([
    sequencer`select feed_sequence(1000)`,
    sequencer`select feed_sequence(1000)`, // not the leader, or nothing left
  ]);
  expect(counts).toHaveLength(2);
  await sequencer`select feed_sequence(1000)`;
  const rows = await books.admin<{ cursor: string; workspace: string; seq: string }[]>`
    select cursor, workspace_id as workspace, seq from feed_cursor
    where product_id = 'studio' order by cursor`;
  expect(rows.map((row) => Number(row.cursor))).toEqual(rows.map((_, i) => i + 1));
  const [counted] = await books.admin<{ events: number }[]>`
    select count(*)::int as events from event_feed`;
  expect(rows).toHaveLength(counted?.events ?? -1);
  for (const account of accounts) {
    const seqs = rows
      .filter((row) => row.workspace === account.workspaceId.toString())
      .map((row) => Number(row.seq));
    expect(seqs).toEqual(seqs.map((_, i) => i + 1));
  }
  await sequencer.end();
});

test('a product reads its own feed only', async () => {
  const mine = await books.workspace();
  const theirs = await books.workspace({}, 'team');
  await give(books, mine, { kind: 'topUp', amount: 1 });
  await give(books, theirs, { kind: 'topUp', amount: 1 });
  const seen = await inProduct(
    books.sql,
    'team',
    (tx) => tx<{ workspace_id: bigint }[]>`select distinct workspace_id from event_feed`,
  );
  expect(seen.map((row) => row.workspace_id)).toEqual([theirs.workspaceId]);
});
