import { describe, expect, test } from 'vitest';
import { micro } from '../../../src/domain/values/money.ts';
import type { LedgerAccount } from '../../../src/ports/ledger.ts';
import { placeOrder } from '../../../src/store/ledger-writes.ts';
import {
  freezeGrant,
  reinstateGrant,
  reverseGrant,
  unfreezeGrant,
} from '../../../src/store/ledger-reversals.ts';
import {
  available,
  debitOf,
  give,
  holdOf,
  useBooks,
  refusal,
  request,
  settleOf,
  value,
} from './books.ts';

const books = useBooks();

const freeze = (account: LedgerAccount, amount: number | null, key = 'dispute:1') =>
  books.write(account, (tx) =>
    freezeGrant(tx, account.workspaceId, {
      sourceKey: 'topUp',
      amountMicro: amount === null ? null : micro(amount),
      key,
    }),
  );

const unfreeze = (account: LedgerAccount, key = 'dispute:1') =>
  books.write(account, (tx) => unfreezeGrant(tx, account.workspaceId, key));

const reverse = (
  account: LedgerAccount,
  total: number,
  key: string,
  spentBecomes: 'debt' | 'loss' = 'debt',
) =>
  books.write(account, (tx) =>
    reverseGrant(tx, account.workspaceId, {
      sourceKey: 'topUp',
      totalMicro: micro(total),
      spentBecomes,
      key,
    }),
  );

const reinstate = (account: LedgerAccount, total: number, key: string) =>
  books.write(account, (tx) =>
    reinstateGrant(tx, account.workspaceId, {
      sourceKey: 'topUp',
      totalMicro: micro(total),
      key,
    }),
  );

const took = (reversed: number, more: Readonly<Record<string, bigint>> = {}) => ({
  reversedMicro: BigInt(reversed),
  debtMicro: 0n,
  lostMicro: 0n,
  waitingMicro: 0n,
  shortMicro: 0n,
  ...more,
});

/** A workspace that bought 100 and used some of it. */
async function boughtAndUsed(used: number): Promise<LedgerAccount> {
  const account = await books.workspace();
  await give(books, account, { kind: 'topUp', amount: 100 });
  if (used > 0) value(await books.ledger.debit(debitOf(account, used)));
  return account;
}

describe('a reversal', () => {
  test('takes what is unspent, and what was spent becomes debt; once per key', async () => {
    const account = await boughtAndUsed(60);
    const first = await reverse(account, 100, 'dispute:1');
    expect(first).toEqual(took(100, { debtMicro: 60n }));
    expect(await reverse(account, 100, 'dispute:1')).toEqual(first);
    expect(await books.ledger.balance(account)).toMatchObject({
      availableMicro: 0n,
      debtMicro: 60n,
    });
  });

  test('can bear what was spent as a loss', async () => {
    const account = await boughtAndUsed(60);
    expect(await reverse(account, 100, 'dispute:1', 'loss')).toEqual(took(100, { lostMicro: 60n }));
    expect(await books.ledger.balance(account)).toMatchObject({
      availableMicro: 0n,
      debtMicro: 0n,
    });
  });

  test('waits for what an open hold has set aside', async () => {
    const account = await boughtAndUsed(0);
    const { holdId } = value(await books.ledger.hold(holdOf(account, 70)));
    expect(await reverse(account, 100, 'refund:1')).toEqual(took(30, { waitingMicro: 70n }));
    value(await books.ledger.settle(settleOf(account, holdId, 50)));
    expect(await books.ledger.balance(account)).toMatchObject({
      availableMicro: 0n,
      heldMicro: 0n,
      debtMicro: 50n,
    });
  });

  test('is told as a total, so that facts told late or again take nothing twice', async () => {
    const account = await boughtAndUsed(60);
    expect(await reverse(account, 60, 'refunds:60')).toEqual(took(60, { debtMicro: 20n }));
    expect(await reverse(account, 30, 'refunds:30')).toEqual(took(0));
    expect(await reverse(account, 60, 'refunds:60 again')).toEqual(took(0));
    expect(await reverse(account, 100, 'refunds:100')).toEqual(took(40, { debtMicro: 40n }));
  });

  test('never takes more than was granted', async () => {
    const account = await boughtAndUsed(0);
    expect(await reverse(account, 250, 'refund:1')).toEqual(took(100));
  });

  test('of usage that is refunded later cancels the debt or loss it made', async () => {
    for (const spentBecomes of ['debt', 'loss'] as const) {
      const account = await books.workspace();
      await give(books, account, { kind: 'topUp', amount: 100 });
      const { id } = value(await books.ledger.debit(debitOf(account, 60)));
      await reverse(account, 100, 'dispute:1', spentBecomes);
      value(await books.ledger.refund({ account, request: request(), receiptId: id }));
      expect(await books.ledger.balance(account)).toMatchObject({
        availableMicro: 0n,
        debtMicro: 0n,
      });
      await reinstate(account, 0, 'won:1');
      expect(await available(books, account)).toBe(100n);
    }
  });
});

describe('a freeze', () => {
  test('takes what is unspent out of use until it is over, once per key', async () => {
    const account = await boughtAndUsed(30);
    expect([await freeze(account, null), await freeze(account, null)]).toEqual([70n, 70n]);
    expect(refusal(await books.ledger.debit(debitOf(account, 1))).kind).toBe('denied');
    await books.at(account, '2027-01-01T00:00:00.000Z');
    expect(await available(books, account)).toBe(0n);
    expect([await unfreeze(account), await unfreeze(account)]).toEqual([70n, 70n]);
    expect(await available(books, account)).toBe(70n);
  });

  test('of a part leaves the rest, and gives nothing back that was never frozen', async () => {
    const account = await boughtAndUsed(30);
    expect(await freeze(account, 50)).toBe(50n);
    expect(await available(books, account)).toBe(20n);
    expect(await unfreeze(account, 'dispute:2')).toBe(0n);
  });

  test('counts in no cap, and is no run that could be settled', async () => {
    const account = await boughtAndUsed(30);
    await freeze(account, null);
    const [hold] = await books.admin<{ id: string }[]>`
      select id from hold where workspace_id = ${account.workspaceId.toString()}`;
    const holdId = hold?.id ?? '';
    const asked = { account, request: request(), holdId };
    const kinds = [
      refusal(await books.ledger.settle(settleOf(account, holdId, 1))).kind,
      refusal(await books.ledger.release(asked)).kind,
      refusal(await books.ledger.extend({ ...asked, lifeMs: 60_000 })).kind,
    ];
    expect(kinds).toEqual(['notFound', 'notFound', 'notFound']);
  });

  test('is what a lost dispute takes first; ending it then gives back the rest only', async () => {
    const account = await boughtAndUsed(30);
    await freeze(account, 50);
    expect(await reverse(account, 40, 'lost:1')).toEqual(took(40));
    expect(await available(books, account)).toBe(20n);
    expect(await unfreeze(account)).toBe(10n);
    expect(await available(books, account)).toBe(30n);
  });

  test('takes what a run gives back too, as far as the dispute goes', async () => {
    const account = await boughtAndUsed(0);
    const run = value(await books.ledger.hold(holdOf(account, 60)));
    const other = value(await books.ledger.hold(holdOf(account, 30)));
    expect(await freeze(account, 40)).toBe(10n);
    value(await books.ledger.settle(settleOf(account, run.holdId, 50)));
    expect(await available(books, account)).toBe(0n);
    await books.ledger.release({ account, request: request(), holdId: other.holdId });
    expect(await available(books, account)).toBe(10n);
    expect(await unfreeze(account)).toBe(40n);
    expect(await available(books, account)).toBe(50n);
  });

  test('takes what an expired hold and a refund give back', async () => {
    const account = await books.workspace();
    await give(books, account, { kind: 'topUp', amount: 100 });
    const { id } = value(await books.ledger.debit(debitOf(account, 30)));
    value(await books.ledger.hold(holdOf(account, 70)));
    expect(await freeze(account, null)).toBe(0n);
    await books.at(account, '2026-01-01T00:15:00.000Z');
    expect(await available(books, account)).toBe(0n);
    value(await books.ledger.refund({ account, request: request(), receiptId: id }));
    expect(await available(books, account)).toBe(0n);
    expect(await reverse(account, 100, 'lost:1')).toEqual(took(100));
    expect(await unfreeze(account)).toBe(0n);
  });
});

describe('a reinstatement', () => {
  test('undoes the debt of what was spent, and the rest can be burned again; once per key', async () => {
    const account = await boughtAndUsed(60);
    await reverse(account, 100, 'lost:1');
    expect(await reinstate(account, 0, 'won:1')).toBe(100n);
    expect(await reinstate(account, 0, 'won:1')).toBe(100n);
    expect(await books.ledger.balance(account)).toMatchObject({
      availableMicro: 40n,
      debtMicro: 0n,
    });
  });

  test('undoes a loss instead of giving its credits a second time', async () => {
    const account = await boughtAndUsed(60);
    await reverse(account, 100, 'lost:1', 'loss');
    await reinstate(account, 0, 'won:1');
    expect(await available(books, account)).toBe(40n);
  });

  test('of a debt that a reset has forgiven gives its credits no second time', async () => {
    const account = await books.workspace({ debtAtReset: 'forgive' });
    await give(books, account, { kind: 'topUp', amount: 100 });
    value(await books.ledger.debit(debitOf(account, 60)));
    await reverse(account, 100, 'lost:1');
    const startsAt = '2026-02-01T00:00:00.000Z';
    await books.write(account, (tx) =>
      placeOrder(tx, account.workspaceId, {
        ...{ startsAt, endsAt: '2026-03-01T00:00:00.000Z', amountMicro: micro(0) },
        ...{ termsVersion: 1, sourceKey: 'included:2026-02' },
      }),
    );
    await books.at(account, startsAt);
    expect(await books.ledger.balance(account)).toMatchObject({ debtMicro: 0n });
    expect(await reinstate(account, 0, 'won:1')).toBe(100n);
    expect(await available(books, account)).toBe(40n);
  });

  test('of nothing takes nothing for a debt, though the grant lives', async () => {
    const account = await books.workspace();
    await give(books, account, { kind: 'topUp', amount: 100 });
    const { id: receiptId } = value(await books.ledger.debit(debitOf(account, 100)));
    const recorded = { ...debitOf(account, 30), onShort: 'record' as const };
    value(await books.ledger.debit(recorded));
    value(await books.ledger.refund({ account, request: request(), receiptId }));
    expect(await reinstate(account, 0, 'won:1')).toBe(0n);
    expect(await books.ledger.balance(account)).toMatchObject({
      availableMicro: 100n,
      debtMicro: 30n,
    });
  });

  test('gives credits back to the grant that repaid the debt meanwhile', async () => {
    const account = await boughtAndUsed(100);
    await reverse(account, 100, 'lost:1');
    await give(books, account, { kind: 'promo', amount: 150 });
    expect(await available(books, account)).toBe(50n);
    await reinstate(account, 0, 'won:1');
    expect(await available(books, account)).toBe(150n);
  });

  test('leaves reversed what other reversals took', async () => {
    const account = await boughtAndUsed(0);
    await reverse(account, 30, 'refund:1');
    await reverse(account, 100, 'lost:1');
    expect(await reinstate(account, 30, 'won:1')).toBe(70n);
    expect(await available(books, account)).toBe(70n);
  });

  test('calls off what a reversal still waited for', async () => {
    const account = await boughtAndUsed(0);
    const { holdId } = value(await books.ledger.hold(holdOf(account, 70)));
    await reverse(account, 100, 'lost:1');
    expect(await reinstate(account, 0, 'won:1')).toBe(100n);
    value(await books.ledger.settle(settleOf(account, holdId, 50)));
    expect(await books.ledger.balance(account)).toMatchObject({
      availableMicro: 50n,
      debtMicro: 0n,
    });
  });
});
