import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { micro } from '../../../src/domain/values/money.ts';
import type { Ledger, LedgerAccount } from '../../../src/ports/ledger.ts';
import { connect } from '../../../src/store/connect.ts';
import { ledgerStore } from '../../../src/store/ledger.ts';
import { setCap, setGate } from '../../../src/store/ledger-writes.ts';
import {
  available,
  burned,
  debitOf,
  give,
  holdOf,
  line,
  useBooks,
  race,
  refusal,
  request,
  settleOf,
  value,
} from './books.ts';

const books = useBooks();

async function withCredits(amount: number): Promise<LedgerAccount> {
  const account = await books.workspace();
  await give(books, account, { kind: 'topUp', amount });
  return account;
}

describe('operations that arrive together', () => {
  test('are answered each with its own balance, in the order in which they came', async () => {
    const account = await withCredits(1_000);
    const receipts = await Promise.all(
      [10, 20, 30].map((amount) => books.ledger.debit(debitOf(account, amount))),
    );
    expect(receipts.map((receipt) => value(receipt).balanceAfterMicro)).toEqual([990n, 970n, 940n]);
  });

  test('settles among them give back first, and each balance and cap follows', async () => {
    const account = await withCredits(1_000);
    const ada = { member: 'ada', space: 'lab' };
    const caps = [
      { scope: 'member', subject: 'ada' } as const,
      { scope: 'org', subject: '' } as const,
    ];
    for (const cap of caps) {
      const capMicro = micro(500);
      await books.write(account, (tx) => setCap(tx, account.workspaceId, { ...cap, capMicro }));
    }
    const holds = await Promise.all(
      [100, 200].map((amount) => books.ledger.hold({ ...holdOf(account, amount), ...ada })),
    );
    const [first, second] = holds.map((hold) => value(hold).holdId);
    const [debit, settled, unsettled, more] = await Promise.all([
      books.ledger.debit({ ...debitOf(account, 7), ...ada }),
      books.ledger.settle(settleOf(account, first ?? '', 40)),
      books.ledger.settle(settleOf(account, second ?? '', 150)),
      books.ledger.debit({ ...debitOf(account, 3), ...ada }),
    ]);
    expect([settled, unsettled].map((one) => value(one).balanceAfterMicro)).toEqual([760n, 810n]);
    expect([debit, more].map((one) => value(one).balanceAfterMicro)).toEqual([803n, 800n]);
    expect(value(more).limitsLeft).toEqual([
      { limit: 'member', subject: 'ada', leftMicro: 300n },
      { limit: 'org', subject: '', leftMicro: 300n },
    ]);
    expect(await books.audit()).toEqual([]);
  });

  test('one that does not fit keeps its workspace’s others from the fast path, and no other’s', async () => {
    const [account, other] = [await withCredits(100), await withCredits(100)];
    const cap = { scope: 'space', subject: 'lab', capMicro: micro(25) } as const;
    await books.write(account, (tx) => setCap(tx, account.workspaceId, cap));
    const answers = await Promise.all(
      [account, other].flatMap((of) =>
        [10, 10, 10].map((amount) => books.ledger.debit({ ...debitOf(of, amount), space: 'lab' })),
      ),
    );
    expect(answers.map(({ ok }) => ok)).toEqual([true, true, false, true, true, true]);
    expect(await available(books, account)).toBe(80n);
    expect(await available(books, other)).toBe(70n);
    expect(await books.audit()).toEqual([]);
  });

  test('under one key are one debit', async () => {
    const account = await withCredits(1_000);
    const debit = debitOf(account, 10);
    const answers = await Promise.all([1, 2, 3].map(() => books.ledger.debit(debit)));
    const receipts = answers.map(value);
    expect(new Set(receipts.map(({ id }) => id)).size).toBe(1);
    expect(receipts.map(({ replayed }) => replayed)).toEqual([false, true, true]);
    expect(await available(books, account)).toBe(990n);
  });

  test('of another product’s workspace are not found, and the others among them are booked', async () => {
    const account = await withCredits(1_000);
    const foreign = { ...account, product: 'team' };
    const sent = [account, foreign, account].map((to) => books.ledger.debit(debitOf(to, 10)));
    const kinds = (await Promise.all(sent)).map((one) => (one.ok ? 'booked' : one.refusal.kind));
    expect(kinds).toEqual(['booked', 'notFound', 'booked']);
    expect(await available(books, account)).toBe(980n);
  });

  test('settle one hold once', async () => {
    const account = await withCredits(1_000);
    const { holdId } = value(await books.ledger.hold(holdOf(account, 50)));
    const settles = [40, 30].map((amount) => ({
      ...settleOf(account, holdId, amount),
      request: { ...request(), body: `{"lines":${amount}}` },
    }));
    const answers = await Promise.all(settles.map((settle) => books.ledger.settle(settle)));
    expect(answers.map(({ ok }) => ok)).toEqual([true, false]);
    expect(await available(books, account)).toBe(960n);
  });

  test('of many lines stand under one receipt, and read again they are the same', async () => {
    const account = await withCredits(1_000);
    const debit = {
      ...debitOf(account, 0),
      lines: [line(5), line(0, 'tools'), line(7, 'storage')],
    };
    const [first] = await Promise.all([
      books.ledger.debit(debit),
      books.ledger.debit(debitOf(account, 1)),
    ]);
    const again = value(await books.ledger.debit(debit));
    expect(again).toEqual({ ...value(first), replayed: true });
    expect(again.entries.map(({ line: name, target }) => [name, target])).toEqual([
      ['llm', 'grant'],
      ['tools', 'nothing'],
      ['storage', 'grant'],
    ]);
  });

  test('fit as far as the pool goes, and the others name it; asked again they say the same', async () => {
    const account = await withCredits(25);
    const asked = Array.from({ length: 5 }, () => debitOf(account, 10));
    const answers = await Promise.all(asked.map((debit) => books.ledger.debit(debit)));
    expect(answers.map(({ ok }) => ok)).toEqual([true, true, false, false, false]);
    // All of these are refused by what the first denial told already.
    const late = Array.from({ length: 4 }, () => debitOf(account, 10));
    const denials = await Promise.all(late.map((debit) => books.ledger.debit(debit)));
    const limits = [
      { limit: 'pool', subject: null, usedMicro: 20n, capMicro: 25n, resetsAt: null },
    ];
    for (const denial of denials) {
      expect(refusal(denial)).toEqual({ kind: 'denied', limits, replayed: false });
    }
    for (const debit of late) {
      const denial = refusal(await books.ledger.debit(debit));
      expect(denial).toEqual({ kind: 'denied', limits, replayed: true });
    }
  });

  test('that an empty pool refuses go through at the instant at which it has credits again', async () => {
    const account = await withCredits(25);
    const effectiveAt = '2026-01-01T00:01:00.000Z';
    await give(books, account, { kind: 'promo', amount: 10, effectiveAt });
    const late = () => books.ledger.debit(debitOf(account, 30));
    expect([(await late()).ok, (await late()).ok]).toEqual([false, false]);
    await books.at(account, effectiveAt);
    expect(value(await late()).balanceAfterMicro).toBe(5n);
  });

  test('that an empty pool refuses name a gate that has closed meanwhile', async () => {
    const account = await withCredits(25);
    const late = async () => refusal(await books.ledger.debit(debitOf(account, 30)));
    const pool = { limit: 'pool', subject: null, usedMicro: 0n, capMicro: 25n, resetsAt: null };
    const closesAt = '2026-01-01T00:01:00.000Z';
    await books.write(account, (tx) =>
      setGate(tx, account.workspaceId, { closesAt, code: 'trialEnded' }),
    );
    for (const _ of [1, 2]) expect(await late()).toMatchObject({ limits: [pool] });
    await books.at(account, closesAt);
    expect(await late()).toMatchObject({ limits: [{ limit: 'gate', code: 'trialEnded' }, pool] });
  });
});

test('a hold keeps its call’s earmarks, for the settle that goes beyond it', async () => {
  const account = await withCredits(100);
  const hold = { ...holdOf(account, 100), earmarks: ['tool:search', 'member:ada'] };
  const { holdId } = value(await books.ledger.hold(hold));
  await give(books, account, { kind: 'promo', amount: 30, earmark: 'member:ada' });
  const receipt = value(await books.ledger.settle(settleOf(account, holdId, 120)));
  expect(burned(receipt.entries)).toEqual(['topUp 100', 'promo 20']);
});

const act = fc.record({
  workspace: fc.nat({ max: 2 }),
  what: fc.constantFrom('debit', 'record', 'hold and settle', 'hold and release', 'counted'),
  amount: fc.integer({ min: 0, max: 40 }),
  member: fc.constantFrom('ada', 'bob', undefined),
});
type Act = typeof act extends fc.Arbitrary<infer One> ? One : never;

async function carryOut(ledger: Ledger, account: LedgerAccount, { what, ...of }: Act) {
  const whom = of.member === undefined ? {} : { member: of.member };
  if (what === 'debit' || what === 'record') {
    const onShort = what === 'record' ? 'record' : 'deny';
    return ledger.debit({ ...debitOf(account, of.amount), ...whom, onShort });
  }
  if (what === 'counted') {
    const counts = [{ limit: 'runs', subject: 'all', cap: 3, per: 'window' }] as const;
    return ledger.debit({ ...debitOf(account, of.amount), ...whom, counts });
  }
  const hold = await ledger.hold({ ...holdOf(account, of.amount), ...whom });
  if (!hold.ok) return hold;
  const { holdId } = hold.value;
  if (what === 'hold and release') return ledger.release({ account, request: request(), holdId });
  return ledger.settle(settleOf(account, holdId, of.amount));
}

test('random programs of two processes at once keep the ledger’s identities and every cap', async () => {
  const other = connect(books.appUrl, { max: 4 });
  const ledgers = [books.ledger, ledgerStore(other)] as const;
  const program = fc.array(act, { minLength: 30, maxLength: 80 });
  await fc.assert(
    fc.asyncProperty(program, async (acts) => {
      const accounts = await Promise.all([withCredits(200), withCredits(60), withCredits(1)]);
      for (const account of accounts) {
        const cap = { scope: 'member', subject: 'ada', capMicro: micro(50) } as const;
        await books.write(account, (tx) => setCap(tx, account.workspaceId, cap));
      }
      const doing = acts.map((one, at) => {
        const account = accounts[one.workspace];
        const ledger = ledgers[at % 2];
        if (account === undefined || ledger === undefined) throw new RangeError('no such part');
        return carryOut(ledger, account, one);
      });
      await Promise.all(doing);
      expect(await books.audit()).toEqual([]);
    }),
    { numRuns: 15, seed: 20260103 },
  );
  await other.end();
});

test('credits are never overspent by two processes that race for the last of them', async () => {
  const account = await withCredits(100);
  const answers = await race(books, { processes: 2, calls: 60 }, (ledger) =>
    ledger.debit(debitOf(account, 7)),
  );
  expect(answers.filter(({ ok }) => ok)).toHaveLength(14);
  expect(await available(books, account)).toBe(2n);
});

test('a debit whose connection is lost is booked once, and answered', async () => {
  const account = await withCredits(1_000);
  const sql = connect(books.appUrl, { max: 1 });
  const [connection] = await sql<{ pid: number }[]>`select pg_backend_pid() as pid`;
  const ledger = ledgerStore(sql);
  const debits = Array.from({ length: 40 }, () => debitOf(account, 10));
  value(await ledger.debit(debitOf(account, 100)));
  const answers = debits.map((debit) => ledger.debit(debit));
  await books.admin`select pg_terminate_backend(${connection?.pid ?? 0})`;
  const receipts = (await Promise.all(answers)).map(value);
  expect(new Set(receipts.map(({ id }) => id)).size).toBe(40);
  expect(await available(books, account)).toBe(500n);
  await sql.end();
});

test('a workspace’s time never goes back, and a run goes on over another process', async () => {
  const account = await withCredits(1_000);
  const ahead = '2100-01-01T00:00:00.000Z';
  // As a server leaves it whose clock was put back: it had booked at an instant that is yet to come.
  await books.admin`update pool set test_at = null, last_at = ${ahead}
    where workspace_id = ${account.workspaceId.toString()}`;
  const held = value(await books.ledger.hold(holdOf(account, 50)));
  expect(held.at).toBe(ahead);
  const sql = connect(books.appUrl, { max: 1 });
  const settled = value(await ledgerStore(sql).settle(settleOf(account, held.holdId, 20)));
  await sql.end();
  expect([settled.at, settled.balanceAfterMicro]).toEqual([ahead, 980n]);
});
