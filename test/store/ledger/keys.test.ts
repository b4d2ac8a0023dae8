import { describe, expect, test } from 'vitest';
import type { LedgerAccount } from '../../../src/ports/ledger.ts';
import { available, debitOf, give, holdOf, refusal, useBooks, value } from './books.ts';

const books = useBooks();

async function withCredits(amount: number): Promise<LedgerAccount> {
  const account = await books.workspace();
  await give(books, account, { kind: 'topUp', amount });
  return account;
}

/** All keys were made so long ago by real time: what is kept of that is their month. */
const age = (interval: string) =>
  books.admin`update request_key set month =
    date_trunc('month', (clock_timestamp() - ${interval}::interval) at time zone 'UTC')::date`;

describe('a key', () => {
  test('gives its receipt and its denial for 35 days of real time, at least', async () => {
    const account = await withCredits(10);
    const [made, denied] = [debitOf(account, 7), debitOf(account, 4)];
    const receipt = value(await books.ledger.debit(made));
    const { kind } = refusal(await books.ledger.debit(denied));
    await give(books, account, { kind: 'topUp', amount: 100, sourceKey: 'more' });
    await age('35 days');
    expect(value(await books.ledger.debit(made))).toMatchObject({ id: receipt.id, replayed: true });
    expect(refusal(await books.ledger.debit(denied)).kind).toBe(kind);
    expect(await available(books, account)).toBe(103n);
  });

  test('with another body is refused as long, and is free a month later', async () => {
    const account = await withCredits(100);
    const first = debitOf(account, 10);
    const other = { ...debitOf(account, 20), request: { ...first.request, body: '{"other":1}' } };
    value(await books.ledger.debit(first));
    await age('35 days');
    expect(refusal(await books.ledger.debit(other)).kind).toBe('idempotencyKeyReused');
    await age('1 month 35 days');
    expect(value(await books.ledger.debit(other))).toMatchObject({ amountMicro: 20n });
    expect(await available(books, account)).toBe(70n);
  });

  test('of a denial with another body is refused too', async () => {
    const account = await withCredits(10);
    const denied = debitOf(account, 11);
    refusal(await books.ledger.debit(denied));
    const other = { ...debitOf(account, 1), request: { ...denied.request, body: '{"other":1}' } };
    expect(refusal(await books.ledger.debit(other)).kind).toBe('idempotencyKeyReused');
    expect(await available(books, account)).toBe(10n);
  });

  test('of a hold answers as at first, long after the hold was closed', async () => {
    const account = await withCredits(100);
    const asked = holdOf(account, 40);
    const held = value(await books.ledger.hold(asked));
    await books.at(account, '2026-01-02T00:00:00.000Z');
    expect(value(await books.ledger.hold(asked))).toEqual({ ...held, replayed: true });
    expect(await available(books, account)).toBe(100n);
  });
});
