import { describe, expect, test } from 'vitest';
import { micro } from '../../../src/domain/values/money.ts';
import type { LedgerAccount } from '../../../src/ports/ledger.ts';
import { inProduct } from '../../../src/store/connect.ts';
import {
  clawBack,
  clawBackIncluded,
  returnClawedBack,
  transferTopUps,
  voidAllGrants,
  voidGrant,
} from '../../../src/store/ledger-corrections.ts';
import { freezeGrant } from '../../../src/store/ledger-reversals.ts';
import { lockLedger } from '../../../src/store/ledger-writes.ts';
import {
  available,
  burned,
  debitOf,
  give,
  holdOf,
  useBooks,
  refusal,
  settleOf,
  start,
  value,
} from './books.ts';

const books = useBooks();

const record = (account: LedgerAccount, amount: number) =>
  books.ledger.debit({ ...debitOf(account, amount), onShort: 'record' });

const voidOf = (account: LedgerAccount, sourceKey: string) =>
  books.write(account, (tx) => voidGrant(tx, account.workspaceId, sourceKey));

describe('a void', () => {
  test('takes the unspent remainder, and repeats its first answer', async () => {
    const account = await books.workspace();
    await give(books, account, { kind: 'included', amount: 100 });
    value(await books.ledger.debit(debitOf(account, 80)));
    expect(await voidOf(account, 'included')).toEqual({ outcome: 'voided', voidedMicro: 20n });
    expect(await voidOf(account, 'included')).toEqual({ outcome: 'voided', voidedMicro: 20n });
    expect(refusal(await books.ledger.debit(debitOf(account, 1))).kind).toBe('denied');
  });

  test('of a spent grant voids nothing, and of an unknown one is not found', async () => {
    const account = await books.workspace();
    await give(books, account, { kind: 'included', amount: 100 });
    value(await books.ledger.debit(debitOf(account, 100)));
    expect(await voidOf(account, 'included')).toEqual({ outcome: 'nothingToVoid' });
    expect(await voidOf(account, 'unknown')).toEqual({ outcome: 'notFound' });
  });

  test('lets a hold spend what it has set aside, and takes what the hold gives back', async () => {
    const account = await books.workspace();
    await give(books, account, { kind: 'included', amount: 100 });
    const { holdId } = value(await books.ledger.hold(holdOf(account, 60)));
    expect(await voidOf(account, 'included')).toEqual({ outcome: 'voided', voidedMicro: 40n });
    const receipt = value(await books.ledger.settle(settleOf(account, holdId, 50)));
    expect(burned(receipt.entries)).toEqual(['included 50']);
    expect(await available(books, account)).toBe(0n);
  });

  test('of a window’s included grants leaves all others', async () => {
    const account = await books.workspace();
    await give(books, account, { kind: 'included', amount: 100, sourceKey: 'included:2026-01' });
    await give(books, account, {
      kind: 'included',
      amount: 9,
      sourceKey: 'included:2026-01:seats:3',
    });
    await give(books, account, { kind: 'included', amount: 7, sourceKey: 'included:2026-02' });
    await give(books, account, { kind: 'topUp', amount: 5 });
    value(await books.ledger.debit(debitOf(account, 80)));
    const sum = await books.write(account, (tx) =>
      voidAllGrants(tx, account.workspaceId, {
        kind: 'included',
        sourcePrefix: 'included:2026-01',
      }),
    );
    expect(sum).toBe(29n);
    expect(await available(books, account)).toBe(12n);
  });
});

test('a claw-back of a window takes what is unspent of its grants, and returns at most that', async () => {
  const account = await books.workspace();
  await give(books, account, { kind: 'included', amount: 100, sourceKey: 'included:2026-01' });
  await give(books, account, {
    kind: 'included',
    amount: 45,
    sourceKey: 'included:2026-01:seats:2',
  });
  await give(books, account, { kind: 'topUp', amount: 5 });
  value(await books.ledger.debit(debitOf(account, 80)));
  const take = (amount: number, key: string) =>
    books.write(account, (tx) =>
      clawBackIncluded(tx, account.workspaceId, {
        label: '2026-01',
        amountMicro: micro(amount),
        key: `clawBack:2026-01:${key}`,
      }),
    );
  const giveAgain = (atMost: number, key: string) =>
    books.write(account, (tx) =>
      returnClawedBack(tx, account.workspaceId, {
        label: '2026-01',
        atMostMicro: micro(atMost),
        effectiveAt: start,
        expiresAt: '2026-02-01T00:00:00.000Z',
        sourceKey: `included:2026-01:again:${key}`,
      }),
    );
  expect([await take(45, 'v3'), await take(45, 'v3')]).toEqual([45n, 45n]);
  // 20 of the window are left, so a second seat has no more than those to give.
  expect(await take(45, 'v4')).toBe(20n);
  expect(await available(books, account)).toBe(5n);
  expect([await giveAgain(45, 'v5'), await giveAgain(45, 'v5')]).toEqual([45n, 45n]);
  expect([await giveAgain(45, 'v6'), await giveAgain(45, 'v7')]).toEqual([20n, 0n]);
  expect(await available(books, account)).toBe(70n);
});

test('a claw-back takes only what is unspent, once per key, and never makes debt', async () => {
  const account = await books.workspace();
  await give(books, account, { kind: 'included', amount: 100 });
  value(await books.ledger.debit(debitOf(account, 95)));
  const claim = { sourceKey: 'included', amountMicro: micro(20), key: 'seat:3' };
  const take = () => books.write(account, (tx) => clawBack(tx, account.workspaceId, claim));
  expect([await take(), await take()]).toEqual([5n, 5n]);
  expect(await books.ledger.balance(account)).toMatchObject({ availableMicro: 0n, debtMicro: 0n });
});

test('what names a grant that nobody made is refused by name', async () => {
  const account = await books.workspace();
  const { workspaceId } = account;
  const taken = { sourceKey: 'topUp:9', amountMicro: micro(1), key: 'one' };
  await expect(books.write(account, (tx) => clawBack(tx, workspaceId, taken))).rejects.toThrow(
    `workspace ${workspaceId} has no grant "topUp:9" to claw back`,
  );
  await expect(books.write(account, (tx) => freezeGrant(tx, workspaceId, taken))).rejects.toThrow(
    `workspace ${workspaceId} has no grant "topUp:9"`,
  );
});

test('a transfer moves what is left of live top-ups, once per key, and repays debt there', async () => {
  const from = await books.workspace();
  const to = await books.workspace();
  await give(books, from, { kind: 'topUp', amount: 100 });
  await give(books, from, { kind: 'included', amount: 40 });
  value(await books.ledger.debit(debitOf(from, 70))); // 40 included, 30 of the top-up
  value(await record(to, 20));
  const move = () =>
    inProduct(books.sql, 'studio', async (tx) => {
      await lockLedger(tx, [to.workspaceId, from.workspaceId]);
      return transferTopUps(tx, {
        from: from.workspaceId,
        to: to.workspaceId,
        key: 'downgrade:1',
      });
    });
  expect([await move(), await move()]).toEqual([70n, 70n]);
  expect(await available(books, from)).toBe(0n);
  expect(await books.ledger.balance(to)).toMatchObject({ availableMicro: 50n, debtMicro: 0n });
});
