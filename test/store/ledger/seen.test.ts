import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LedgerAccount } from '../../../src/ports/ledger.ts';
import { available, debitOf, give, holdOf, openBooks, value, type Books } from './books.ts';

let books: Books;
beforeAll(async () => {
  books = await openBooks();
});
afterAll(() => books.close());

async function rich(product = 'studio'): Promise<LedgerAccount> {
  const account = await books.workspace({}, product);
  await give(books, account, { kind: 'topUp', amount: 100 });
  return account;
}

const seen = ({ workspaceId }: LedgerAccount, version: number, member: string | null = null) => ({
  workspaceId,
  version,
  member,
});

async function join(account: LedgerAccount, member: string, state: string): Promise<void> {
  await books.admin`
    with joined as (
      insert into app_user (product_id, external_id) values (${account.product}, ${member})
      on conflict (product_id, external_id) do update set external_id = excluded.external_id
      returning id
    )
    insert into membership (workspace_id, user_id, product_id, role, state, invited_at)
    select ${account.workspaceId.toString()}, id, ${account.product}, 'member', ${state}, now()
    from joined`;
}

test('a call that was judged by what is so is booked', async () => {
  const account = await rich();
  await join(account, 'ada', 'accepted');
  const debit = { ...debitOf(account, 10), seen: [seen(account, 1, 'ada')] };
  expect(value(await books.ledger.debit(debit)).amountMicro).toBe(10n);
  expect(await available(books, account)).toBe(90n);
});

test('a call that was judged by an older version of its workspace moves nothing', async () => {
  const account = await rich();
  const debit = { ...debitOf(account, 10), seen: [seen(account, 0)] };
  expect(await books.ledger.debit(debit)).toEqual({ ok: false, refusal: { kind: 'moved' } });
  expect(await available(books, account)).toBe(100n);
  // The key is free: judged anew, it is the same call.
  const again = { ...debit, seen: [seen(account, 1)] };
  expect(value(await books.ledger.debit(again)).amountMicro).toBe(10n);
});

test.each(['invited', 'removed'])('a member who is %s is none', async (state) => {
  const account = await rich();
  await join(account, `someone-${state}`, state);
  const hold = { ...holdOf(account, 10), seen: [seen(account, 1, `someone-${state}`)] };
  expect(await books.ledger.hold(hold)).toEqual({ ok: false, refusal: { kind: 'moved' } });
  expect(await available(books, account)).toBe(100n);
});

test('a member of another product’s workspace is none', async () => {
  const account = await rich();
  const other = await rich('team');
  await join(other, 'eve', 'accepted');
  const debit = { ...debitOf(account, 10), seen: [seen(account, 1, 'eve')] };
  expect(await books.ledger.debit(debit)).toEqual({ ok: false, refusal: { kind: 'moved' } });
});

test('who pays for another is judged by both workspaces', async () => {
  const own = await rich();
  const crew = await rich();
  const debit = { ...debitOf(own, 10), onBehalfOf: crew.workspaceId };
  const moved = { ...debit, seen: [seen(crew, 1), seen(own, 2)] };
  expect(await books.ledger.debit(moved)).toEqual({ ok: false, refusal: { kind: 'moved' } });
  const right = { ...debit, seen: [seen(crew, 1), seen(own, 1)] };
  expect(value(await books.ledger.debit(right)).amountMicro).toBe(10n);
});

test('of a batch only those are judged anew that moved; the others are booked', async () => {
  const account = await rich();
  const calls = Array.from({ length: 20 }, (_, n) => ({
    ...debitOf(account, 1),
    ...(n % 3 === 1 ? { counts: [{ limit: 'runs', subject: '', cap: 99, per: 'day' }] } : {}),
    seen: [seen(account, n % 5 === 0 ? 0 : 1)],
  })) as Parameters<typeof books.ledger.debit>[0][]; // `limit` and `per` are the port's words
  const answers = await Promise.all(calls.map((call) => books.ledger.debit(call)));
  expect(answers.map(({ ok }) => ok)).toEqual(calls.map((_, n) => n % 5 !== 0));
  expect(await available(books, account)).toBe(84n);
  expect(await books.audit()).toEqual([]);
});
