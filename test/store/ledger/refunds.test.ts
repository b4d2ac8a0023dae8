import { describe, expect, test } from 'vitest';
import { micro } from '../../../src/domain/values/money.ts';
import {
  available,
  burned,
  debitOf,
  give,
  line,
  refusal,
  request,
  useBooks,
  value,
} from './books.ts';

const books = useBooks();

describe('a refund', () => {
  test('gives back last burned first, in parts, and never more than was taken', async () => {
    const account = await books.workspace();
    await give(books, account, { kind: 'included', amount: 10 });
    await give(books, account, { kind: 'topUp', amount: 10 });
    const { id } = value(await books.ledger.debit(debitOf(account, 15)));
    const refund = { account, receiptId: id };
    const part = await books.ledger.refund({
      ...refund,
      request: request(),
      amountMicro: line(8).amountMicro,
    });
    expect(burned(value(part).entries)).toEqual(['topUp -5', 'included -3']);
    const rest = value(await books.ledger.refund({ ...refund, request: request() }));
    expect(burned(rest.entries)).toEqual(['included -7']);
    expect(rest.balanceAfterMicro).toBe(20n);
    expect(refusal(await books.ledger.refund({ ...refund, request: request() }))).toEqual({
      kind: 'nothingToRefund',
      refundableMicro: 0n,
    });
  });

  test('does not revive a grant that has ended', async () => {
    const account = await books.workspace();
    const expiresAt = '2026-02-01T00:00:00.000Z';
    await give(books, account, { kind: 'included', amount: 10, expiresAt });
    const { id } = value(await books.ledger.debit(debitOf(account, 6)));
    await books.at(account, expiresAt);
    const refund = await books.ledger.refund({ account, receiptId: id, request: request() });
    expect(value(refund).balanceAfterMicro).toBe(0n);
  });

  test('of a grant that has ended comes back by policy as a promo grant, named in the receipt', async () => {
    const account = await books.workspace({ refundOfExpired: { promoDays: 30 } });
    const expiresAt = '2026-02-01T00:00:00.000Z';
    await give(books, account, { kind: 'included', amount: 10, expiresAt });
    const lines = [line(4, 'llm'), line(3, 'tools')];
    const { id } = value(await books.ledger.debit({ ...debitOf(account, 0), lines }));
    await books.at(account, expiresAt);
    const refund = { account, receiptId: id, request: request(), amountMicro: micro(5) };
    const given = value(await books.ledger.refund(refund));
    expect(given).toMatchObject({ balanceAfterMicro: 5n, amountMicro: -5n });
    const promo = {
      ...{ grantNo: 2, inPlaceOf: 1, amountMicro: 5n },
      expiresAt: '2026-03-03T00:00:00.000Z',
    };
    expect(given.promos).toEqual([promo]);
    expect(value(await books.ledger.refund(refund))).toEqual({ ...given, replayed: true });
    await books.at(account, '2026-03-03T00:00:00.000Z');
    expect(await available(books, account)).toBe(0n);
  });

  test('that comes back as a promo grant repays debt first', async () => {
    const account = await books.workspace({ refundOfExpired: { promoDays: 30 } });
    const expiresAt = '2026-02-01T00:00:00.000Z';
    await give(books, account, { kind: 'included', amount: 10, expiresAt });
    const { id } = value(await books.ledger.debit(debitOf(account, 10)));
    await books.at(account, expiresAt);
    value(await books.ledger.debit({ ...debitOf(account, 4), onShort: 'record' }));
    value(await books.ledger.refund({ account, receiptId: id, request: request() }));
    expect(await books.ledger.balance(account)).toMatchObject({
      ...{ availableMicro: 6n, debtMicro: 0n },
    });
  });

  test('of an unknown receipt, or of a refund, is not found', async () => {
    const account = await books.workspace();
    await give(books, account, { kind: 'included', amount: 10 });
    const { id } = value(await books.ledger.debit(debitOf(account, 6)));
    const refund = (receiptId: string) =>
      books.ledger.refund({ account, request: request(), receiptId });
    const back = value(await refund(id));
    for (const receiptId of ['not-a-receipt', back.id]) {
      expect(refusal(await refund(receiptId))).toEqual({ kind: 'notFound' });
    }
  });
});
