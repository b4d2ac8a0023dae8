import { describe, expect, test } from 'vitest';
import { micro } from '../../../src/domain/values/money.ts';
import type { CapScope } from '../../../src/domain/terms/cap-scope.ts';
import type { LedgerAccount } from '../../../src/ports/ledger.ts';
import { freezeGrant, unfreezeGrant } from '../../../src/store/ledger-reversals.ts';
import { setCap, setGate, setWindow } from '../../../src/store/ledger-writes.ts';
import { debitOf, give, holdOf, useBooks, refusal, request, settleOf, value } from './books.ts';

const books = useBooks();

const february = '2026-02-01T00:00:00.000Z';
const march = '2026-03-01T00:00:00.000Z';

const cap = (account: LedgerAccount, scope: CapScope, subject: string, amount: number) =>
  books.write(account, (tx) =>
    setCap(tx, account.workspaceId, { scope, subject, capMicro: micro(amount) }),
  );

async function inJanuary(amount: number): Promise<LedgerAccount> {
  const account = await books.workspace();
  await give(books, account, { kind: 'topUp', amount });
  await books.write(account, (tx) =>
    setWindow(tx, account.workspaceId, { start: '2026-01-01T00:00:00.000Z', end: february }),
  );
  return account;
}

const usedOf = async (account: LedgerAccount): Promise<Record<string, bigint>> => {
  const balance = await books.ledger.balance(account);
  return Object.fromEntries(balance?.caps.map((c) => [c.subject, c.usedMicro]) ?? []);
};

const by = (account: LedgerAccount, amount: number) => ({
  ...debitOf(account, amount),
  member: 'ada',
  space: 'lab',
});

describe('caps', () => {
  test('of member, Space and pool are checked together, and all that fire are named [2.26 2.28 2.31 3.25]', async () => {
    const account = await inJanuary(100);
    await cap(account, 'member', 'ada', 50);
    await cap(account, 'space', 'lab', 40);
    expect(value(await books.ledger.debit(by(account, 30))).limitsLeft).toEqual([
      { limit: 'member', subject: 'ada', leftMicro: 20n },
      { limit: 'space', subject: 'lab', leftMicro: 10n },
    ]);
    expect(refusal(await books.ledger.debit(by(account, 71)))).toEqual({
      kind: 'denied',
      replayed: false,
      limits: [
        { limit: 'pool', subject: null, usedMicro: 30n, capMicro: 100n, resetsAt: february },
        { limit: 'member', subject: 'ada', usedMicro: 30n, capMicro: 50n, resetsAt: february },
        { limit: 'space', subject: 'lab', usedMicro: 30n, capMicro: 40n, resetsAt: february },
      ],
    });
    expect(await usedOf(account)).toEqual({ ada: 30n, lab: 30n });
  });

  test('are none until somebody sets one: the pool alone stops a call [2.30]', async () => {
    const account = await inJanuary(100);
    expect(value(await books.ledger.debit(by(account, 100))).limitsLeft).toEqual([]);
    const pool = { limit: 'pool', subject: null, usedMicro: 100n, capMicro: 100n };
    expect(refusal(await books.ledger.debit(by(account, 1)))).toMatchObject({
      ...{ kind: 'denied', limits: [{ ...pool, resetsAt: february }] },
    });
  });

  test('stop their own member only [2.27]', async () => {
    const account = await inJanuary(100);
    await cap(account, 'member', 'ada', 10);
    expect(value(await books.ledger.debit(by(account, 10))).amountMicro).toBe(10n);
    expect(refusal(await books.ledger.debit(by(account, 1))).kind).toBe('denied');
    value(await books.ledger.debit({ ...debitOf(account, 60), member: 'bob' }));
  });

  test('of the organisation count every call, whoever makes it', async () => {
    const account = await inJanuary(100);
    value(await books.ledger.debit(debitOf(account, 10)));
    await cap(account, 'org', 'whoever', 50);
    expect(value(await books.ledger.debit(by(account, 30))).limitsLeft).toEqual([
      { limit: 'org', subject: '', leftMicro: 10n },
    ]);
    expect(refusal(await books.ledger.debit(debitOf(account, 11)))).toEqual({
      kind: 'denied',
      replayed: false,
      limits: [{ limit: 'org', subject: '', usedMicro: 40n, capMicro: 50n, resetsAt: february }],
    });
  });

  test('count from the window’s start, also what was used before they were set', async () => {
    const account = await inJanuary(100);
    value(await books.ledger.debit(by(account, 30)));
    value(await books.ledger.hold({ ...holdOf(account, 5), member: 'ada' }));
    await cap(account, 'member', 'ada', 40);
    expect(await usedOf(account)).toEqual({ ada: 35n });
  });

  test.each([
    [27, 7n],
    [15, 0n],
  ])(
    'count a hold in its own window, and the excess in the settle’s: %s',
    async (used, counted) => {
      const account = await inJanuary(100);
      await cap(account, 'member', 'ada', 50);
      await books.at(account, '2026-01-31T23:59:00.000Z');
      const { holdId } = value(
        await books.ledger.hold({ ...holdOf(account, 20), member: 'ada', space: 'lab' }),
      );
      expect(await usedOf(account)).toEqual({ ada: 20n });
      await books.at(account, february);
      await books.write(account, (tx) =>
        setWindow(tx, account.workspaceId, { start: february, end: march }),
      );
      expect(await usedOf(account)).toEqual({ ada: 0n });
      value(await books.ledger.settle(settleOf(account, holdId, used)));
      expect(await usedOf(account)).toEqual({ ada: counted });
    },
  );

  test('count no credits that a dispute has frozen', async () => {
    const account = await inJanuary(100);
    await books.write(account, (tx) =>
      freezeGrant(tx, account.workspaceId, {
        sourceKey: 'topUp',
        amountMicro: micro(40),
        key: 'one',
      }),
    );
    await cap(account, 'org', '', 50);
    expect(await usedOf(account)).toEqual({ '': 0n });
    await books.write(account, (tx) => unfreezeGrant(tx, account.workspaceId, 'one'));
    expect(await usedOf(account)).toEqual({ '': 0n });
  });

  test('of others stay as they are when a run settles', async () => {
    const account = await inJanuary(100);
    await cap(account, 'member', 'bob', 50);
    await cap(account, 'member', 'ada', 50);
    await cap(account, 'space', 'hall', 50);
    await cap(account, 'space', 'lab', 50);
    const hold = { ...holdOf(account, 20), member: 'ada', space: 'lab' };
    const { holdId } = value(await books.ledger.hold(hold));
    value(await books.ledger.settle(settleOf(account, holdId, 15)));
    expect(await usedOf(account)).toEqual({ ada: 15n, bob: 0n, lab: 15n, hall: 0n });
  });

  test('give back what a release, an expiry or a refund gives back', async () => {
    const account = await inJanuary(100);
    await cap(account, 'member', 'ada', 50);
    const hold = { ...holdOf(account, 10), member: 'ada' };
    const { holdId } = value(await books.ledger.hold(hold));
    value(await books.ledger.hold({ ...hold, request: request() }));
    const { id } = value(await books.ledger.debit(by(account, 10)));
    expect(await usedOf(account)).toEqual({ ada: 30n });
    value(await books.ledger.release({ account, request: request(), holdId }));
    value(await books.ledger.refund({ account, request: request(), receiptId: id }));
    await books.at(account, '2026-01-01T00:15:00.000Z');
    expect(await usedOf(account)).toEqual({ ada: 0n });
  });
});

describe('a gate', () => {
  test('closes to the millisecond while nobody is awake, and is named beside other limits', async () => {
    const account = await inJanuary(10);
    const closesAt = '2026-01-15T00:00:00.000Z';
    await books.write(account, (tx) =>
      setGate(tx, account.workspaceId, { closesAt, code: 'trialEnded' }),
    );
    await books.at(account, '2026-01-14T23:59:59.999Z');
    value(await books.ledger.debit(debitOf(account, 5)));
    await books.at(account, closesAt);
    expect(refusal(await books.ledger.debit(debitOf(account, 6)))).toMatchObject({
      limits: [{ limit: 'gate', code: 'trialEnded', closedAt: closesAt }, { limit: 'pool' }],
    });
    expect(refusal(await books.ledger.hold(holdOf(account, 1))).kind).toBe('denied');
    value(await books.ledger.debit({ ...debitOf(account, 1), onShort: 'record' }));
    await books.write(account, (tx) => setGate(tx, account.workspaceId, null));
    value(await books.ledger.debit(debitOf(account, 4)));
  });

  test('lets a run that holds its credits finish', async () => {
    const account = await inJanuary(10);
    const { holdId } = value(await books.ledger.hold(holdOf(account, 5)));
    await books.write(account, (tx) =>
      setGate(tx, account.workspaceId, { closesAt: '2026-01-01T00:00:00.000Z', code: 'pastDue' }),
    );
    expect(value(await books.ledger.settle(settleOf(account, holdId, 5))).amountMicro).toBe(5n);
  });
});
