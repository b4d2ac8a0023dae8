import { describe, expect, test } from 'vitest';
import type { CallCount } from '../../../src/ports/call-count.ts';
import type { LedgerAccount } from '../../../src/ports/ledger.ts';
import {
  debitOf,
  give,
  holdOf,
  useBooks,
  race,
  refusal,
  request,
  settleOf,
  value,
} from './books.ts';

const books = useBooks();

const runs: CallCount = { limit: 'runs', subject: 'all', cap: 3, per: 'window' };
const search: CallCount = { limit: 'tool', subject: 'search', cap: 2, per: 'hour' };

async function rich(): Promise<LedgerAccount> {
  const account = await books.workspace();
  await give(books, account, { kind: 'topUp', amount: 1000 });
  return account;
}

const denials = async (account: LedgerAccount): Promise<unknown[]> => {
  const rows = await books.admin<{ data: unknown }[]>`
    select data from event_feed
    where workspace_id = ${account.workspaceId.toString()} and kind = 'limitReached' order by seq`;
  return rows.map(({ data }) => data);
};

const call = (account: LedgerAccount, counts: readonly CallCount[], amount = 1) => ({
  ...debitOf(account, amount),
  counts,
});

describe('a limit on calls', () => {
  test('by the day ends at local midnight, on a day of 23 hours as well [3.23]', async () => {
    const account = await rich();
    await books.admin`update workspace set time_zone = 'Europe/Warsaw'
      where id = ${account.workspaceId.toString()}`;
    const daily: CallCount = { ...search, cap: 1, per: 'day' };
    const once = async (at: string): Promise<string> => {
      await books.at(account, at);
      const answer = await books.ledger.debit(call(account, [daily]));
      if (answer.ok) return 'charged';
      const { refusal: denied } = answer;
      const [limit] = denied.kind === 'denied' ? denied.limits : [];
      return limit !== undefined && 'resetsAt' in limit ? `until ${limit.resetsAt}` : denied.kind;
    };
    expect(await once('2026-03-28T22:59:59.000Z')).toBe('charged');
    expect(await once('2026-03-28T22:59:59.999Z')).toBe('until 2026-03-28T23:00:00.000Z');
    expect(await once('2026-03-28T23:00:00.000Z')).toBe('charged');
    expect(await once('2026-03-29T21:59:59.999Z')).toBe('until 2026-03-29T22:00:00.000Z');
    expect(await once('2026-03-29T22:00:00.000Z')).toBe('charged');
  });

  test('is taken by one with the credits, and tells what is left', async () => {
    const account = await rich();
    const debit = call(account, [runs, search]);
    const left = [
      { limit: 'runs', subject: 'all', per: 'window', left: 2 },
      { limit: 'tool', subject: 'search', per: 'hour', left: 1 },
    ];
    expect(value(await books.ledger.debit(debit)).countsLeft).toEqual(left);
    const again = value(await books.ledger.debit(debit));
    expect(again).toMatchObject({ replayed: true, countsLeft: left });
  });

  test('denies with all limits that fired, moves nothing, and takes no other limit', async () => {
    const account = await rich();
    value(await books.ledger.debit(call(account, [search])));
    value(await books.ledger.debit(call(account, [search])));
    const denied = refusal(await books.ledger.debit(call(account, [runs, search], 2000)));
    expect(denied).toMatchObject({
      kind: 'denied',
      limits: [
        { limit: 'pool' },
        {
          limit: 'tool',
          subject: 'search',
          per: 'hour',
          used: 2,
          cap: 2,
          resetsAt: '2026-01-01T01:00:00.000Z',
        },
      ],
    });
    expect(value(await books.ledger.debit(call(account, [runs]))).countsLeft).toEqual([
      { limit: 'runs', subject: 'all', per: 'window', left: 2 },
    ]);
  });

  test('is full again when its fixed window ends, to the millisecond', async () => {
    const account = await rich();
    await books.at(account, '2026-01-01T00:59:59.999Z');
    value(await books.ledger.debit(call(account, [search])));
    value(await books.ledger.debit(call(account, [search])));
    expect(refusal(await books.ledger.debit(call(account, [search]))).kind).toBe('denied');
    await books.at(account, '2026-01-01T01:00:00.000Z');
    expect(value(await books.ledger.debit(call(account, [search]))).countsLeft).toEqual([
      { limit: 'tool', subject: 'search', per: 'hour', left: 1 },
    ]);
  });

  test('counts a hold and not its settle; a refund gives nothing back', async () => {
    const account = await rich();
    const hold = value(await books.ledger.hold({ ...holdOf(account, 5), counts: [search] }));
    expect(hold.countsLeft).toEqual([{ limit: 'tool', subject: 'search', per: 'hour', left: 1 }]);
    const { id } = value(await books.ledger.settle(settleOf(account, hold.holdId, 5)));
    value(await books.ledger.refund({ account, request: request(), receiptId: id }));
    value(await books.ledger.debit(call(account, [search])));
    expect(refusal(await books.ledger.debit(call(account, [search]))).kind).toBe('denied');
  });

  test('counts what is recorded, and never denies it', async () => {
    const account = await rich();
    for (let n = 0; n < 3; n += 1) {
      value(await books.ledger.debit({ ...call(account, [search]), onShort: 'record' }));
    }
    expect(refusal(await books.ledger.debit(call(account, [search])))).toMatchObject({
      limits: [{ limit: 'tool', used: 3, cap: 2 }],
    });
  });

  test('is told once per window when it first denies', async () => {
    const account = await rich();
    const once: CallCount = { ...search, cap: 0 };
    refusal(await books.ledger.debit(call(account, [once])));
    refusal(await books.ledger.debit(call(account, [once])));
    await books.at(account, '2026-01-01T02:00:00.000Z');
    refusal(await books.ledger.debit(call(account, [once])));
    expect(await denials(account)).toMatchObject([
      { limit: 'tool', subject: 'search', resetsAt: '2026-01-01T01:00:00.000Z' },
      { limit: 'tool', subject: 'search', resetsAt: '2026-01-01T03:00:00.000Z' },
    ]);
  });

  test('holds over two processes: never one call more than it allows', async () => {
    const account = await rich();
    const answers = await race(books, { processes: 2, calls: 12 }, (ledger) =>
      ledger.debit(call(account, [{ ...runs, cap: 5 }])),
    );
    expect(answers.filter((answer) => answer.ok)).toHaveLength(5);
  });
});

describe('earmarks', () => {
  test('of a call name the grants that it may burn beside the unearmarked ones', async () => {
    const account = await books.workspace();
    await give(books, account, { kind: 'promo', amount: 5, earmark: 'tool:search' });
    await give(books, account, {
      kind: 'promo',
      amount: 7,
      earmark: 'member:ada',
      sourceKey: 'promo:ada',
    });
    const marked = { ...debitOf(account, 13), earmarks: ['member:ada', 'tool:search'] };
    expect(refusal(await books.ledger.debit(marked))).toMatchObject({
      limits: [
        { limit: 'pool', subject: null, capMicro: 0n },
        { limit: 'earmark', subject: 'member:ada', usedMicro: 0n, capMicro: 7n },
        { limit: 'earmark', subject: 'tool:search', usedMicro: 0n, capMicro: 5n },
      ],
    });
    const paid = { ...debitOf(account, 12), earmarks: ['member:ada', 'tool:search'] };
    expect(value(await books.ledger.debit(paid)).amountMicro).toBe(12n);
  });
});
