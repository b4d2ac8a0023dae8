import { expect, test } from 'vitest';
import { micro } from '../../../src/domain/values/money.ts';
import type { OrderedRollover } from '../../../src/domain/credits/rollover.ts';
import type { LedgerAccount } from '../../../src/ports/ledger.ts';
import { placeOrder } from '../../../src/store/ledger-writes.ts';
import { available, debitOf, give, holdOf, useBooks, value } from './books.ts';

const books = useBooks();

const february = '2026-02-01T00:00:00.000Z';
const march = '2026-03-01T00:00:00.000Z';
const april = '2026-04-01T00:00:00.000Z';

const half = { minMicro: micro(0), maxMicro: micro(30), percent: 50 };

const order = (
  account: LedgerAccount,
  window: { readonly startsAt: string; readonly endsAt: string; readonly label: string },
  rollover: OrderedRollover | null,
) =>
  books.write(account, (tx) =>
    placeOrder(tx, account.workspaceId, {
      startsAt: window.startsAt,
      endsAt: window.endsAt,
      amountMicro: micro(100),
      termsVersion: 1,
      sourceKey: `included:${window.label}`,
      rollover,
    }),
  );

const inFebruary = { startsAt: february, endsAt: march, label: '2026-02' };

/** January's 100, of which so much was used. */
async function used(amount: number): Promise<LedgerAccount> {
  const account = await books.workspace();
  const january = { amount: 100, sourceKey: 'included:2026-01', expiresAt: february };
  await give(books, account, { kind: 'included', ...january });
  await give(books, account, { kind: 'topUp', amount: 7 });
  value(await books.ledger.debit(debitOf(account, amount)));
  return account;
}

test('a share of what is left goes on at the very instant of the reset, with nobody awake', async () => {
  const account = await used(60);
  await order(account, inFebruary, { ...half, endsAt: march });
  await books.at(account, '2026-01-31T23:59:59.999Z');
  expect(await available(books, account)).toBe(47n);
  await books.at(account, february);
  expect(await available(books, account)).toBe(127n); // 100 anew, half of 40, and the top-up
});

test('what a hold gave back before the reset goes on too, with nobody awake', async () => {
  const account = await used(60);
  value(await books.ledger.hold(holdOf(account, 30)));
  await order(account, inFebruary, { ...half, endsAt: march });
  await books.at(account, february);
  expect(await available(books, account)).toBe(127n);
});

test('no more goes on than the bound, and nothing without a rule', async () => {
  const bounded = await used(10);
  await order(bounded, inFebruary, { ...half, endsAt: march });
  await books.at(bounded, february);
  expect(await available(books, bounded)).toBe(137n);
  const none = await used(10);
  await order(none, inFebruary, null);
  await books.at(none, february);
  expect(await available(books, none)).toBe(107n);
});

test('what has gone on once ends, and does not go on again', async () => {
  const account = await used(60);
  await order(account, inFebruary, { ...half, endsAt: march });
  await books.at(account, february);
  value(await books.ledger.debit(debitOf(account, 100)));
  const inMarch = { startsAt: march, endsAt: april, label: '2026-03' };
  await order(account, inMarch, { ...half, endsAt: april });
  await books.at(account, march);
  // February's grant was used; the 20 that had come over ended with it.
  expect(await available(books, account)).toBe(107n);
});
