import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LedgerAccount } from '../../../src/ports/ledger.ts';
import { inProduct } from '../../../src/store/connect.ts';
import { tracing } from '../../../src/store/tracing.ts';
import { debitOf, give, holdOf, line, openBooks, settleOf, start } from './books.ts';
import { value, type Books } from './books.ts';

let books: Books;
beforeAll(async () => {
  books = await openBooks();
});
afterAll(() => books.close());

const bookedOf = ({ product, workspaceId }: LedgerAccount) =>
  inProduct(books.sql, product, async (tx) => {
    const [row] = await tx<{ booked: Readonly<Record<string, string>> }[]>`
      select booked from ledger_paid_grants(${workspaceId}, 'topUp', '{}', '{}')`;
    return row?.booked;
  });

test('what entries took of a grant adds up at every moment that it is asked for', async () => {
  const account = await books.workspace();
  await give(books, account, { kind: 'topUp', amount: 100 });
  expect(await bookedOf(account)).toEqual({});
  const debit = value(await books.ledger.debit(debitOf(account, 10)));
  expect(await bookedOf(account)).toEqual({ debit: '10' });
  expect(await bookedOf(account)).toEqual({ debit: '10' });
  value(await books.ledger.debit(debitOf(account, 5)));
  const refund = { account, request: { key: 'back', body: '' }, receiptId: debit.id };
  value(await books.ledger.refund(refund));
  expect(await bookedOf(account)).toEqual({ debit: '15', refund: '-10' });
});

test('sums that do not add up with the grant are made again from the entries', async () => {
  const account = await books.workspace();
  await give(books, account, { kind: 'topUp', amount: 100 });
  value(await books.ledger.debit(debitOf(account, 10)));
  expect(await bookedOf(account)).toEqual({ debit: '10' });
  await books.admin`update ledger.booked_sum set micro = 11
    where workspace_id = ${account.workspaceId.toString()}`;
  expect(await bookedOf(account)).toEqual({ debit: '10' });
});

test('entries of a span are those booked in it, to the millisecond', async () => {
  const account = await books.workspace();
  await give(books, account, { kind: 'topUp', amount: 100 });
  const at = (day: number): string => `2026-01-0${day}T00:00:00.000Z`;
  for (const day of [1, 2, 3, 4]) {
    await books.at(account, at(day));
    value(await books.ledger.debit(debitOf(account, day)));
  }
  const amounts = async (page: { readonly from?: string; readonly to?: string }) =>
    (await books.ledger.entries(account, { limit: 10, ...page })).map(
      ({ amountMicro }) => amountMicro,
    );
  expect(await amounts({})).toEqual([4n, 3n, 2n, 1n]);
  expect(await amounts({ to: at(3) })).toEqual([2n, 1n]);
  expect(await amounts({ to: '2026-01-03T00:00:00.001Z' })).toEqual([3n, 2n, 1n]);
  expect(await amounts({ from: at(2), to: at(4) })).toEqual([3n, 2n]);
  expect(await amounts({ to: start })).toEqual([]);
  expect(await amounts({ from: '2026-02-01T00:00:00.000Z' })).toEqual([]);
});

test('what a refund gave in the place of a grant that had ended stands beside it', async () => {
  const account = await books.workspace({ refundOfExpired: { promoDays: 30 } });
  const expiresAt = '2026-02-01T00:00:00.000Z';
  await give(books, account, { kind: 'topUp', amount: 100, expiresAt });
  await give(books, account, { kind: 'promo', amount: 100 });
  const debit = value(await books.ledger.debit(debitOf(account, 10)));
  await books.at(account, expiresAt);
  const refund = { account, request: { key: 'late', body: '' }, receiptId: debit.id };
  value(await books.ledger.refund(refund));
  const rows = await inProduct(
    books.sql,
    account.product,
    (tx) =>
      tx<{ kind: string; amount_micro: bigint }[]>`
      select kind, amount_micro from ledger_paid_grants(${account.workspaceId}, 'topUp', '{}', '{}')`,
  );
  expect(rows.map((row) => `${row.kind} ${row.amount_micro}`)).toEqual(['topUp 100', 'promo 10']);
});

const balanceAt = async (account: LedgerAccount, asOf: string) => {
  const balance = await tracing(books.sql).balanceAt(account, asOf);
  if (balance === undefined) throw new Error('no such workspace');
  const { availableMicro, heldMicro, grants } = balance;
  return { availableMicro, heldMicro, booked: grants.map(({ booked }) => booked) };
};

test('a balance of the past is exact to the entry, however many there are', async () => {
  const account = await books.workspace();
  await give(books, account, { kind: 'topUp', amount: 100_000 });
  const lines = Array.from({ length: 200 }, (_, at) => line(1, `line-${at}`));
  const at = (minute: number): string => `2026-01-01T01:${String(minute).padStart(2, '0')}:00.000Z`;
  for (let run = 0; run < 60; run += 1) {
    await books.at(account, at(run));
    await Promise.all(
      [1, 2].map(async () => value(await books.ledger.debit({ ...debitOf(account, 0), lines }))),
    );
  }
  for (const run of [0, 1, 24, 25, 26, 49, 50, 59]) {
    const spent = run * 400;
    expect(await balanceAt(account, at(run))).toEqual({
      ...{ availableMicro: BigInt(100_000 - spent), heldMicro: 0n },
      booked: [spent === 0 ? {} : { debit: BigInt(spent) }],
    });
  }
  const [row] = await books.admin<{ parts: number }[]>`
    select count(*)::int as parts from ledger.booked_part
    where workspace_id = ${account.workspaceId.toString()}`;
  expect(row?.parts).toBe(3);
});

test('a balance of the past knows what long, extended and part-settled runs had set aside', async () => {
  const account = await books.workspace();
  await give(books, account, { kind: 'included', amount: 50 });
  await give(books, account, { kind: 'topUp', amount: 50 });
  const day = (date: number): string => `2026-01-0${date}T00:00:00.000Z`;
  const lifeMs = 24 * 3_600_000;
  const long = value(await books.ledger.hold({ ...holdOf(account, 60), lifeMs }));
  await books.at(account, '2026-01-01T12:00:00.000Z');
  const ask = { account, request: { key: 'extend', body: '' }, holdId: long.holdId, lifeMs };
  value(await books.ledger.extend(ask));
  const part = { ...settleOf(account, long.holdId, 55), rest: 'keep' as const };
  value(await books.ledger.settle(part));
  await books.at(account, '2026-01-02T06:00:00.000Z');
  value(await books.ledger.settle({ ...settleOf(account, long.holdId, 2) }));
  await books.at(account, day(3));
  const held = async (asOf: string) => {
    const balance = await tracing(books.sql).balanceAt(account, asOf);
    return balance?.grants.map(({ heldMicro, remainingMicro }) => [heldMicro, remainingMicro]);
  };
  expect(await held(start)).toEqual([]);
  expect(await held('2026-01-01T12:00:00.000Z')).toEqual([
    [50n, 0n],
    [10n, 40n],
  ]);
  const rest = [
    [0n, 0n],
    [5n, 40n],
  ];
  expect(await held('2026-01-01T12:00:00.001Z')).toEqual(rest);
  expect(await held('2026-01-02T06:00:00.000Z')).toEqual(rest);
  expect(await held('2026-01-02T06:00:00.001Z')).toEqual([
    [0n, 0n],
    [0n, 43n],
  ]);
});
