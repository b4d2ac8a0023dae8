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

async function rosterOf({ workspaceId }: LedgerAccount): Promise<number> {
  const [row] = await books.admin<{ roster: number }[]>`
    select roster from workspace where id = ${workspaceId.toString()}`;
  return row?.roster ?? -1;
}

const seen = async (account: LedgerAccount, version: number, member: string | null = null) => ({
  workspaceId: account.workspaceId,
  version,
  roster: await rosterOf(account),
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
  const debit = { ...debitOf(account, 10), seen: [await seen(account, 1, 'ada')] };
  expect(value(await books.ledger.debit(debit)).amountMicro).toBe(10n);
  expect(await available(books, account)).toBe(90n);
});

test('a call that was judged by an older version of its workspace moves nothing', async () => {
  const account = await rich();
  const debit = { ...debitOf(account, 10), seen: [await seen(account, 0)] };
  expect(await books.ledger.debit(debit)).toEqual({ ok: false, refusal: { kind: 'moved' } });
  expect(await available(books, account)).toBe(100n);
  // The key is free: judged anew, it is the same call.
  const again = { ...debit, seen: [await seen(account, 1)] };
  expect(value(await books.ledger.debit(again)).amountMicro).toBe(10n);
});

test.each(['invited', 'removed'])('a member who is %s is none', async (state) => {
  const account = await rich();
  await join(account, `someone-${state}`, state);
  const hold = { ...holdOf(account, 10), seen: [await seen(account, 1, `someone-${state}`)] };
  expect(await books.ledger.hold(hold)).toEqual({ ok: false, refusal: { kind: 'moved' } });
  expect(await available(books, account)).toBe(100n);
});

test.each(['removed', 'invited'])(
  'who was found among the members is looked for again once anybody is %s',
  async (state) => {
    const account = await rich();
    await join(account, 'ada', 'accepted');
    await join(account, 'bob', 'accepted');
    const found = { ...(await seen(account, 1, 'ada')), member: null };
    const debit = { ...debitOf(account, 10), seen: [found] };
    expect(value(await books.ledger.debit(debit)).amountMicro).toBe(10n);
    await books.admin`update membership set state = ${state}
      where workspace_id = ${account.workspaceId.toString()}`;
    const again = { ...debitOf(account, 10), seen: [found] };
    expect(await books.ledger.debit(again)).toEqual({ ok: false, refusal: { kind: 'moved' } });
    expect(await available(books, account)).toBe(90n);
  },
);

test('every change of a membership is another roster, of its workspace alone', async () => {
  const account = await rich();
  const other = await rich();
  const [before, others] = [await rosterOf(account), await rosterOf(other)];
  await join(account, 'ada', 'accepted');
  expect(await rosterOf(account)).toBe(before + 1);
  const id = account.workspaceId.toString();
  await books.admin`update membership set role = 'guest' where workspace_id = ${id}`;
  expect(await rosterOf(account)).toBe(before + 2);
  await books.admin`delete from membership where workspace_id = ${id}`;
  expect(await rosterOf(account)).toBe(before + 3);
  expect(await rosterOf(other)).toBe(others);
});

test('a member of another product’s workspace is none', async () => {
  const account = await rich();
  const other = await rich('team');
  await join(other, 'eve', 'accepted');
  const debit = { ...debitOf(account, 10), seen: [await seen(account, 1, 'eve')] };
  expect(await books.ledger.debit(debit)).toEqual({ ok: false, refusal: { kind: 'moved' } });
});

test('who pays for another is judged by both workspaces', async () => {
  const own = await rich();
  const crew = await rich();
  const debit = { ...debitOf(own, 10), onBehalfOf: crew.workspaceId };
  const moved = { ...debit, seen: [await seen(crew, 1), await seen(own, 2)] };
  expect(await books.ledger.debit(moved)).toEqual({ ok: false, refusal: { kind: 'moved' } });
  const right = { ...debit, seen: [await seen(crew, 1), await seen(own, 1)] };
  expect(value(await books.ledger.debit(right)).amountMicro).toBe(10n);
});

test('of a batch only those are judged anew that moved; the others are booked', async () => {
  const account = await rich();
  const [old, now] = [await seen(account, 0), await seen(account, 1)];
  const calls = Array.from({ length: 20 }, (_, n) => ({
    ...debitOf(account, 1),
    ...(n % 3 === 1 ? { counts: [{ limit: 'runs', subject: '', cap: 99, per: 'day' }] } : {}),
    seen: [n % 5 === 0 ? old : now],
  })) as Parameters<typeof books.ledger.debit>[0][]; // `limit` and `per` are the port's words
  const answers = await Promise.all(calls.map((call) => books.ledger.debit(call)));
  expect(answers.map(({ ok }) => ok)).toEqual(calls.map((_, n) => n % 5 !== 0));
  expect(await available(books, account)).toBe(84n);
  expect(await books.audit()).toEqual([]);
});
