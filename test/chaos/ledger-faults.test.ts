import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { LedgerAccount, LedgerRefusal, Receipt } from '../../src/ports/ledger.ts';
import type { Outcome } from '../../src/domain/values/outcome.ts';
import { longSeed } from '../support/drawing.ts';
import { available, debitOf, give, openBooks, value, type Books } from '../store/ledger/books.ts';
import { limitDisk } from './limited-disk.ts';

let books: Books;
let account: LedgerAccount;
beforeAll(async () => {
  books = await openBooks();
  await books.admin`create sequence attempts`;
  await books.admin.unsafe(`grant usage on sequence attempts to public;
    create function fail_at_first() returns trigger language plpgsql as $$
    begin
      if nextval('public.attempts') <= tg_argv[0]::int then
        raise exception 'injected' using errcode = tg_argv[1];
      end if;
      return null;
    end $$`);
});
afterAll(() => books.close());
beforeEach(async () => {
  account = await books.workspace();
  await give(books, account, { kind: 'topUp', amount: 10_000 });
});
afterEach(async () => {
  await books.admin`drop trigger if exists fault on request_key`;
  expect(await books.audit()).toEqual([]);
});

/** The first attempts to store a key fail with this error, whoever makes them. */
async function inject(attempts: number, code: string): Promise<void> {
  await books.admin`alter sequence attempts restart`;
  await books.admin.unsafe(`create trigger fault before insert on request_key
    for each statement execute function fail_at_first('${attempts}', '${code}')`);
}

const twenty = () => Array.from({ length: 20 }, () => debitOf(account, 10));

const post = (debits: readonly ReturnType<typeof debitOf>[]) =>
  Promise.allSettled(debits.map((debit) => books.ledger.debit(debit)));

const bookedOf = (answers: PromiseSettledResult<Outcome<Receipt, LedgerRefusal>>[]): number =>
  answers.filter((answer) => answer.status === 'fulfilled' && answer.value.ok).length;

test.each([
  ['a deadlock', '40P01'],
  ['a failed serialization', '40001'],
  ['a lock that took too long', '55P03'],
])(
  '%s is not the caller’s business: the batch is sent again and booked once',
  async (_name, code) => {
    await inject(2, code);
    const debits = twenty();
    expect(bookedOf(await post(debits))).toBe(20);
    expect(bookedOf(await post(debits))).toBe(20);
    expect(await available(books, account)).toBe(9_800n);
  },
);

test.each([
  ['a statement that took too long', '57014'],
  ['a disk that is full', '53100'],
])('%s fails the whole batch, moves nothing, and leaves its keys free', async (_name, code) => {
  await inject(1, code);
  const debits = twenty();
  const failed = await post(debits);
  expect(failed.map(({ status }) => status)).toEqual(debits.map(() => 'rejected'));
  expect(await available(books, account)).toBe(10_000n);
  expect(bookedOf(await post(debits))).toBe(20);
  expect(await available(books, account)).toBe(9_800n);
});

const toldExhausted = async (): Promise<number> => {
  const rows = await books.admin`select from event_feed
    where workspace_id = ${account.workspaceId.toString()} and kind = 'thresholdCrossed'`;
  return rows.length;
};

test('a threshold is told with the debit that crosses it: not where that fails, once where it is sent again', async () => {
  const all = debitOf(account, 10_000);
  await inject(1, '57014');
  await expect(books.ledger.debit(all)).rejects.toThrow('injected');
  expect(await toldExhausted()).toBe(0);
  await books.admin`drop trigger fault on request_key`;
  await inject(1, '40P01');
  expect(value(await books.ledger.debit(all)).crossed).toContain('pool:0%');
  expect(await toldExhausted()).toBe(1);
  await give(books, account, { kind: 'topUp', amount: 10, sourceKey: 'more' });
  value(await books.ledger.debit(debitOf(account, 10)));
  expect(await toldExhausted()).toBe(2);
});

test('a real deadlock with another session ends with every debit booked once', async () => {
  const blocker = await books.admin.reserve();
  try {
    await blocker`begin`;
    await blocker`select from pool where workspace_id = ${account.workspaceId.toString()} for update`;
    const posting = post(twenty());
    // The batch holds its lane and waits for the pool's row: now this session wants the lane.
    const waits = () => books.admin`
      select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    while ((await waits()).length === 0) await pause(5);
    const rival = blocker.unsafe(`select pg_advisory_xact_lock(l.classid::int, l.objid::int)
      from pg_locks l where l.locktype = 'advisory' and l.granted
        and l.database = (select oid from pg_database where datname = current_database())`);
    await rival.catch(() => undefined);
    await blocker`rollback`;
    expect(bookedOf(await posting)).toBe(20);
  } finally {
    blocker.release();
  }
  expect(await available(books, account)).toBe(9_800n);
});

test('a full disk refuses debits, loses none, and they go on when there is room', async () => {
  const disk = await limitDisk(books);
  try {
    const acknowledged: string[] = [];
    let failures = 0;
    while (failures === 0) {
      const answers = await post(
        Array.from({ length: 200 }, () => ({ ...debitOf(account, 1), runId: 'x'.repeat(60) })),
      );
      for (const answer of answers) {
        if (answer.status === 'rejected') failures += 1;
        else acknowledged.push(value(answer.value).id);
      }
      if (acknowledged.length > 8_000) throw new Error('the disk was never full');
    }
    await disk.makeRoom();
    value(await books.ledger.debit(debitOf(account, 1)));
    const rows = await books.admin`select distinct id from usage_entry
      where workspace_id = ${account.workspaceId.toString()}`;
    expect(rows).toHaveLength(acknowledged.length + 1);
    expect(await available(books, account)).toBe(9_999n - BigInt(acknowledged.length));
  } finally {
    await disk.release();
  }
});

test('a workspace that floods its lane does not keep the others waiting', async () => {
  const cold = await Promise.all(
    Array.from({ length: longSeed() === undefined ? 40 : 10_000 }, () => books.workspace()),
  );
  for (const one of cold) await give(books, one, { kind: 'topUp', amount: 10 });
  let flooded = 0;
  const flood = Promise.all(
    Array.from({ length: 3_000 }, async () => {
      value(await books.ledger.debit(debitOf(account, 1)));
      flooded += 1;
    }),
  );
  for (const answer of await Promise.all(cold.map((one) => books.ledger.debit(debitOf(one, 1))))) {
    value(answer);
  }
  // All came after the flood, and were answered when most of it still waited.
  if (longSeed() === undefined) expect(flooded).toBeLessThan(1_500);
  await flood;
  expect(await available(books, account)).toBe(7_000n);
});
