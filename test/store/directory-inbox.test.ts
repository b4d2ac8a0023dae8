import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LedgerAccount } from '../../src/ports/ledger.ts';
import { books as moneyBooks } from '../../src/store/books.ts';
import { atOnce, openDirectory, type DirectoryBooks } from './directory-books.ts';

let books: DirectoryBooks;
beforeAll(async () => {
  books = await openDirectory();
});
afterAll(() => books.close());

const customerOf = async (name: string): Promise<LedgerAccount> => {
  const account = await books.workspace('studio', name);
  const of = { product: 'studio', workspace: name };
  await moneyBooks(books.sql).setCustomer(of, `cus_${name}`);
  return account;
};

const hint = (id: string, customer: string | null) => ({
  id,
  type: 'payment_intent.succeeded',
  objectId: 'pi_1',
  customer,
  concernsBooks: true,
});

test("an event is stored once, and its customer's workspace is rung for", async () => {
  const account = await customerOf('once');
  const answers = await atOnce(8, () =>
    books.directory.storeStripeEvent(hint('evt_once', 'cus_once')),
  );
  expect(answers).toContainEqual({ product: 'studio', workspace: 'once' });
  expect(await books.isRung(account)).toBe(true);
  const of = { product: 'studio', workspace: 'once' };
  expect(await moneyBooks(books.sql).inbox(of)).toEqual([
    { id: 'evt_once', type: 'payment_intent.succeeded', objectId: 'pi_1' },
  ]);
});

test('an event whose ring was lost is rung for when it is delivered again', async () => {
  const account = await customerOf('lost');
  await books.directory.storeStripeEvent(hint('evt_lost', 'cus_lost'));
  // The process ended between storing the event and noting the ring.
  await books.owner`update workspace set rung_at = null
    where id = ${account.workspaceId.toString()}`;
  expect(await books.directory.storeStripeEvent(hint('evt_lost', 'cus_lost'))).toEqual({
    product: 'studio',
    workspace: 'lost',
  });
  expect(await books.isRung(account)).toBe(true);
});

test('an event that was looked into rings nobody when it is delivered again', async () => {
  const account = await customerOf('handled');
  await books.directory.storeStripeEvent(hint('evt_handled', 'cus_handled'));
  await moneyBooks(books.sql).inboxHandled(['evt_handled']);
  await books.owner`update workspace set rung_at = null
    where id = ${account.workspaceId.toString()}`;
  const again = await books.directory.storeStripeEvent(hint('evt_handled', 'cus_handled'));
  expect(again).toBeUndefined();
  expect(await books.isRung(account)).toBe(false);
});

test('an event of nobody, or of nobody known here, is stored and rings nobody', async () => {
  expect(await books.directory.storeStripeEvent(hint('evt_nobody', null))).toBeUndefined();
  expect(await books.directory.storeStripeEvent(hint('evt_other', 'cus_other'))).toBeUndefined();
  const rows = await books.owner`select id from stripe_event
    where id in ('evt_nobody', 'evt_other') order by id`;
  expect([...rows]).toEqual([{ id: 'evt_nobody' }, { id: 'evt_other' }]);
});

test('an event that concerns no books is kept as looked into, and rings nobody', async () => {
  const account = await customerOf('idle');
  const idle = { ...hint('evt_idle', 'cus_idle'), type: 'customer.updated', concernsBooks: false };
  expect(await books.directory.storeStripeEvent(idle)).toBeUndefined();
  expect(await books.isRung(account)).toBe(false);
  const of = { product: 'studio', workspace: 'idle' };
  expect(await moneyBooks(books.sql).inbox(of)).toEqual([]);
});
