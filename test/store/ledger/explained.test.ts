import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LedgerAccount } from '../../../src/ports/ledger.ts';
import { inProduct } from '../../../src/store/connect.ts';
import { debitOf, give, openBooks, start, value, type Books } from './books.ts';

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
