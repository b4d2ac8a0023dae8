import { describe, expect, test } from 'vitest';
import { micro } from '../../../src/domain/values/money.ts';
import type { LedgerAccount } from '../../../src/ports/ledger.ts';
import { cancelOrder, placeOrder } from '../../../src/store/ledger-writes.ts';
import { available, burned, debitOf, give, useBooks, race, request, value } from './books.ts';

const books = useBooks();

const february = '2026-02-01T00:00:00.000Z';
const march = '2026-03-01T00:00:00.000Z';

const order = (account: LedgerAccount, amount: number, startsAt = february, endsAt = march) =>
  books.write(account, (tx) =>
    placeOrder(tx, account.workspaceId, {
      startsAt,
      endsAt,
      amountMicro: micro(amount),
      termsVersion: 1,
      sourceKey: `included:${startsAt}`,
    }),
  );

const record = (account: LedgerAccount, amount: number) =>
  books.ledger.debit({ ...debitOf(account, amount), onShort: 'record' });

describe('a reset', () => {
  test('happens at its millisecond, inside the first operation, with no worker', async () => {
    const account = await books.workspace();
    await give(books, account, { kind: 'included', amount: 100, expiresAt: february });
    await order(account, 80);
    value(await books.ledger.debit(debitOf(account, 30)));
    await books.admin`update pool set test_at = '2026-01-31T23:59:59.999Z'
      where workspace_id = ${account.workspaceId.toString()}`;
    expect(value(await books.ledger.debit(debitOf(account, 1))).balanceAfterMicro).toBe(69n);
    await books.admin`update pool set test_at = ${february}
      where workspace_id = ${account.workspaceId.toString()}`;
    const receipt = value(await books.ledger.debit(debitOf(account, 1)));
    expect(receipt).toMatchObject({ balanceAfterMicro: 79n, at: february });
    expect(await books.ledger.balance(account)).toMatchObject({
      windowStart: february,
      windowEnd: march,
      nextIncludedMicro: null,
    });
  });

  test('happens once when many operations meet it', async () => {
    const account = await books.workspace();
    await order(account, 80);
    await books.admin`update pool set test_at = ${february}
      where workspace_id = ${account.workspaceId.toString()}`;
    const answers = await race(books, { processes: 4, calls: 16 }, (ledger) =>
      ledger.debit(debitOf(account, 10)),
    );
    expect(answers.map(({ ok }) => ok).filter(Boolean)).toHaveLength(8);
  });

  test('is shown by a balance that nobody has operated on since', async () => {
    const account = await books.workspace();
    await order(account, 80);
    await books.admin`update pool set test_at = ${february}
      where workspace_id = ${account.workspaceId.toString()}`;
    expect(await available(books, account)).toBe(80n);
  });

  test('leaves top-ups alone [0.35 1.04 1.15 2.23]', async () => {
    const account = await books.workspace();
    await give(books, account, { kind: 'included', amount: 100, expiresAt: february });
    await give(books, account, { kind: 'topUp', amount: 15 });
    await order(account, 80);
    await books.at(account, february);
    expect(await available(books, account)).toBe(95n);
  });

  test('follows the order that stood last, and none where it was cancelled', async () => {
    const account = await books.workspace();
    await order(account, 80);
    await order(account, 120);
    await books.at(account, february);
    expect(await available(books, account)).toBe(120n);
    await order(account, 50, march, '2026-04-01T00:00:00.000Z');
    await books.write(account, (tx) => cancelOrder(tx, account.workspaceId));
    await books.at(account, march);
    expect(await available(books, account)).toBe(0n);
  });

  test('placed late is granted at once, and placed again grants nothing more', async () => {
    const account = await books.workspace();
    await books.at(account, '2026-02-03T00:00:00.000Z');
    await order(account, 80);
    expect(await available(books, account)).toBe(80n);
    value(await books.ledger.debit(debitOf(account, 30)));
    await order(account, 80);
    expect(await available(books, account)).toBe(50n);
  });
});

describe('a debt', () => {
  test('is repaid first by the next grant', async () => {
    const account = await books.workspace();
    value(await record(account, 30));
    const grant = await give(books, account, { kind: 'topUp', amount: 100 });
    expect(grant).toEqual({ grantNo: 1, created: true, repaidMicro: 30n });
    expect(await books.ledger.balance(account)).toMatchObject({
      availableMicro: 70n,
      debtMicro: 0n,
    });
  });

  test.each([
    ['carry', 50n],
    ['forgive', 80n],
  ] as const)('at a reset, policy %s', async (debtAtReset, left) => {
    const account = await books.workspace({ debtAtReset });
    value(await record(account, 30));
    await order(account, 80);
    await books.at(account, february);
    expect(await books.ledger.balance(account)).toMatchObject({
      availableMicro: left,
      debtMicro: 0n,
    });
  });

  test('is repaid by what began before the reset, though nobody looked until after it', async () => {
    const account = await books.workspace({ debtAtReset: 'forgive' });
    value(await record(account, 30));
    const effectiveAt = '2026-01-10T00:00:00.000Z';
    await give(books, account, { kind: 'promo', amount: 50, effectiveAt });
    await order(account, 80);
    await books.at(account, february);
    value(await books.ledger.debit(debitOf(account, 1)));
    const balance = await books.ledger.balance(account);
    expect(balance?.grants.map(({ kind, remainingMicro }) => [kind, remainingMicro])).toEqual([
      ['included', 79n],
      ['promo', 20n],
    ]);
  });

  test('that was forgiven is forgiven no more when its debit is refunded', async () => {
    const account = await books.workspace({ debtAtReset: 'forgive' });
    const { id } = value(await record(account, 30));
    await order(account, 80);
    await books.at(account, february);
    const refund = { account, request: request(), receiptId: id };
    const { entries } = value(await books.ledger.refund(refund));
    expect(burned(entries)).toEqual(['forgiven -30']);
    expect(await available(books, account)).toBe(80n);
  });

  test('that was repaid goes back to the grant that paid it when its debit is refunded', async () => {
    const account = await books.workspace();
    const { id } = value(await record(account, 30));
    await give(books, account, { kind: 'topUp', amount: 100 });
    const refund = await books.ledger.refund({ account, request: request(), receiptId: id });
    expect(value(refund).balanceAfterMicro).toBe(100n);
  });
});

describe('a grant', () => {
  test('is made once per source key', async () => {
    const account = await books.workspace();
    await give(books, account, { kind: 'topUp', amount: 100, sourceKey: 'payment:1' });
    const again = await give(books, account, {
      kind: 'topUp',
      amount: 100,
      sourceKey: 'payment:1',
    });
    expect(again).toEqual({ grantNo: 1, created: false, repaidMicro: 0n });
    expect(await available(books, account)).toBe(100n);
  });

  test('lives in [effectiveAt, expiresAt)', async () => {
    const account = await books.workspace();
    await give(books, account, {
      kind: 'promo',
      amount: 10,
      effectiveAt: february,
      expiresAt: march,
    });
    const seen: bigint[] = [];
    for (const instant of [
      '2026-01-31T23:59:59.999Z',
      february,
      '2026-02-28T23:59:59.999Z',
      march,
    ]) {
      await books.at(account, instant);
      seen.push(await available(books, account));
    }
    expect(seen).toEqual([0n, 10n, 10n, 0n]);
  });
});
