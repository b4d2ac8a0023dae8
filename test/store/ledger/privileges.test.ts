import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect, inProduct } from '../../../src/store/connect.ts';
import { grantCredits, lockLedger } from '../../../src/store/ledger-writes.ts';
import { micro } from '../../../src/domain/values/money.ts';
import { debitOf, give, openBooks, start, value, type Books } from './books.ts';

let books: Books;
beforeAll(async () => {
  books = await openBooks();
});
afterAll(() => books.close());

const ledgerTables = [
  'pool',
  'grant_credit',
  'grant_change',
  'standing_order',
  'limit_counter',
  'call_counter',
  'hold',
  'hold_part',
  'freeze_entry',
  'usage_entry',
  'request_key',
];

test.each(
  [...ledgerTables, 'event_feed', 'feed_cursor', 'feed_pending'].flatMap((table) => [
    [`update ${table} set lane = 1`],
    [`delete from ${table}`],
    [`insert into ${table} default values`],
    [`truncate ${table}`],
  ]),
)('the application may not %s', async (statement) => {
  await expect(books.sql.unsafe(statement)).rejects.toThrow(/permission denied/);
});

test.each(ledgerTables)('the application reads %s through functions only', async (table) => {
  await expect(books.sql.unsafe(`select * from ${table}`)).rejects.toThrow(/permission denied/);
});

test('the ledger’s internal functions are closed to the application', async () => {
  await expect(books.sql`select ledger.lock_lane(0::smallint)`).rejects.toThrow(
    /permission denied for schema ledger/,
  );
});

test('a connection works as the application even when its owner logs in', async () => {
  const asOwner = connect(books.appUrl.replace('tollgate_app', 'tollgate'), { max: 1 });
  const [row] = await asOwner<{ role: string; idle: string }[]>`
    select current_user::text as role,
      current_setting('idle_in_transaction_session_timeout') as idle`;
  await asOwner.end();
  expect(row).toEqual({ role: 'tollgate_app', idle: '2s' });
});

test('a product cannot write the books of another one’s workspace', async () => {
  const account = await books.workspace();
  await give(books, account, { kind: 'topUp', amount: 10 });
  const grant = {
    kind: 'promo',
    amountMicro: micro(5),
    effectiveAt: start,
    expiresAt: null,
    priority: 0,
    earmark: null,
    sourceKey: 'theft',
  } as const;
  await expect(
    inProduct(books.sql, 'team', (tx) => grantCredits(tx, account.workspaceId, grant)),
  ).rejects.toThrow(/is not of product "team"/);
  await expect(
    inProduct(books.sql, 'team', (tx) => lockLedger(tx, [account.workspaceId])),
  ).rejects.toThrow(/is not of product "team"/);
});

test('the audit names a balance that its entries do not explain', async () => {
  const account = await books.workspace();
  await give(books, account, { kind: 'topUp', amount: 10 });
  value(await books.ledger.debit(debitOf(account, 4)));
  expect(await books.audit()).toEqual([]);
  await books.admin`
    update grant_credit set remaining_micro = remaining_micro - 1, spent_micro = spent_micro + 1
    where workspace_id = ${account.workspaceId.toString()}`;
  expect(await books.audit()).toEqual([
    `${account.workspaceId}: available expected 5, is 6`,
    `${account.workspaceId}: identity expected 10, is 9`,
    `${account.workspaceId}: spent of grant 1 expected 4, is 5`,
  ]);
  await books.admin`
    update pool set head_spent_micro = head_spent_micro - 1
    where workspace_id = ${account.workspaceId.toString()}`;
  expect(await books.audit()).toEqual([]);
});

test('the auditor may audit and write nothing', async () => {
  const auditor = connect(books.appUrl.replace('tollgate_app', 'tollgate_audit'), {
    max: 1,
    role: 'tollgate_audit',
  });
  await expect(auditor`select count(*) from ledger_audit()`).resolves.toHaveLength(1);
  await expect(auditor`delete from usage_entry`).rejects.toThrow(/permission denied/);
  await auditor.end();
});
