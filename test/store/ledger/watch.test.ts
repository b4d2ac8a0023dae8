import { expect, test } from 'vitest';
import { micro } from '../../../src/domain/values/money.ts';
import type { LedgerAccount } from '../../../src/ports/ledger.ts';
import { watchBalance } from '../../../src/store/ledger-writes.ts';
import { debitOf, give, useBooks, value } from './books.ts';

const books = useBooks();

const watch = (account: LedgerAccount, at: number | null) =>
  books.write(account, (tx) =>
    watchBalance(tx, account.workspaceId, at === null ? null : micro(at)),
  );

async function toldBalances(account: LedgerAccount): Promise<string[]> {
  const rows = await books.admin<{ available: string }[]>`
    select data ->> 'availableMicro' as available from event_feed
    where workspace_id = ${String(account.workspaceId)} and kind = 'balanceFell' order by seq`;
  return rows.map(({ available }) => available);
}

test('a balance is told once when a debit brings it to the threshold, and rings', async () => {
  const account = await books.workspace();
  await give(books, account, { kind: 'topUp', amount: 100 });
  await watch(account, 40);
  expect(value(await books.ledger.debit(debitOf(account, 59))).crossed).toEqual([]);
  expect(value(await books.ledger.debit(debitOf(account, 1))).crossed).toEqual(['balance']);
  expect(value(await books.ledger.debit(debitOf(account, 1))).crossed).toEqual([]);
  expect(await toldBalances(account)).toEqual(['40']);
});

test('a top-up that lifts the balance above the threshold makes it watched again', async () => {
  const account = await books.workspace();
  await give(books, account, { kind: 'topUp', amount: 100 });
  await watch(account, 40);
  value(await books.ledger.debit(debitOf(account, 70)));
  await give(books, account, { kind: 'topUp', amount: 20, sourceKey: 'again' });
  value(await books.ledger.debit(debitOf(account, 15)));
  expect(await toldBalances(account)).toEqual(['30', '35']);
});

test('a balance that is there already is told at once; none is after the watch was taken away', async () => {
  const account = await books.workspace();
  await give(books, account, { kind: 'topUp', amount: 30 });
  await watch(account, 40);
  await watch(account, null);
  value(await books.ledger.debit(debitOf(account, 20)));
  expect(await toldBalances(account)).toEqual(['30']);
});
