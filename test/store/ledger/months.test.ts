import { afterAll, beforeAll, expect, test } from 'vitest';
import { keepMonths } from '../../../src/store/ledger-months.ts';
import { available, debitOf, give, openBooks, value, type Books } from './books.ts';

let books: Books;
beforeAll(async () => {
  books = await openBooks();
});
afterAll(() => books.close());

const partitionsOf = async (table: string): Promise<readonly string[]> => {
  const rows = await books.admin<{ name: string }[]>`
    select inhrelid::regclass::text as name from pg_inherits
    where inhparent = ${table}::regclass order by 1`;
  return rows.map(({ name }) => name);
};

/** How this month and the next two are called, counted as the database counts them. */
const monthsOf = async (table: string): Promise<readonly string[]> => {
  const rows = await books.admin<{ name: string }[]>`
    select 'ledger.' || ${table} || to_char(
      date_trunc('month', now() at time zone 'UTC') + make_interval(months => n), '_YYYY_MM') as name
    from generate_series(0, 2) n`;
  return rows.map(({ name }) => name);
};

test.each(['usage_entry', 'request_key'])(
  '%s has this month and two that follow',
  async (table) => {
    const months = await monthsOf(table);
    expect(await partitionsOf(table)).toEqual([...months, `${table}_default`]);
  },
);

test('a debit lies in its month, and is found there by its key', async () => {
  const account = await books.workspace();
  await give(books, account, { kind: 'topUp', amount: 100 });
  const debit = debitOf(account, 10);
  const receipt = value(await books.ledger.debit(debit));
  expect(value(await books.ledger.debit(debit)).id).toBe(receipt.id);
  const [row] = await books.admin<{ entry: string; key: string }[]>`
    select e.tableoid::regclass::text as entry, k.tableoid::regclass::text as key
    from usage_entry e join request_key k on k.operation_id = e.id where e.id = ${receipt.id}`;
  const [entries] = await monthsOf('usage_entry');
  const [keys] = await monthsOf('request_key');
  expect(row).toEqual({ entry: entries, key: keys });
});

test('months that are there are not made again', async () => {
  expect(await keepMonths(books.sql)).toEqual({ made: 0, dropped: 0 });
});

test('a month that nobody made refuses nothing, and stays where it began', async () => {
  const account = await books.workspace();
  await give(books, account, { kind: 'topUp', amount: 100 });
  const [entries = ''] = await monthsOf('usage_entry');
  const [keys = ''] = await monthsOf('request_key');
  // As if the worker had been away since before the month began.
  await books.admin`drop table ${books.admin(entries)}`;
  await books.admin`drop table ${books.admin(keys)}`;
  const debit = debitOf(account, 10);
  const receipt = value(await books.ledger.debit(debit));
  expect(await keepMonths(books.sql)).toEqual({ made: 0, dropped: 0 });
  expect(value(await books.ledger.debit(debit)).id).toBe(receipt.id);
  expect(await available(books, account)).toBe(90n);
});

test('keys older than 35 days are dropped by the month, and the entries stay', async () => {
  await books.admin`create table ledger.request_key_2026_01 (like request_key including all)`;
  await books.admin`alter table request_key attach partition ledger.request_key_2026_01
    for values from ('2026-01-01') to ('2026-02-01')`;
  await books.admin`alter table ledger.request_key_2026_01 owner to tollgate_ledger`;
  const old = { lane: 0, body_hash: 1 };
  await books.admin`insert into request_key ${books.admin([
    { ...old, month: '2026-01-01', key_hash: '00000000-0000-0000-0000-000000000001' },
    { ...old, month: '2025-12-01', key_hash: '00000000-0000-0000-0000-000000000002' },
  ])}`;
  expect(await keepMonths(books.sql)).toEqual({ made: 0, dropped: 1 });
  const left = await books.admin`select key_hash from request_key where month < '2026-02-01'`;
  expect(left).toHaveLength(0);
});
