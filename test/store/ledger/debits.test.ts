import { describe, expect, test } from 'vitest';
import type { BurnComparator } from '../../../src/domain/terms/terms.ts';
import { setTerms } from '../../../src/store/ledger-writes.ts';
import {
  available,
  burned,
  debitOf,
  give,
  line,
  useBooks,
  race,
  rated,
  refusal,
  request,
  studioOrder,
  teamOrder,
  terms,
  value,
} from './books.ts';

const books = useBooks();

describe('a debit', () => {
  test('burns its lines in one receipt and says what is left', async () => {
    const account = await books.workspace();
    await give(books, account, { kind: 'included', amount: 100 });
    const receipt = value(
      await books.ledger.debit({
        ...debitOf(account, 0),
        member: 'ada',
        lines: [line(30, 'llm'), line(0, 'tools'), line(5, 'storage')],
      }),
    );
    expect(receipt.entries.map((e) => [e.line, e.amountMicro, e.target])).toEqual([
      ['llm', 30n, 'grant'],
      ['tools', 0n, 'nothing'],
      ['storage', 5n, 'grant'],
    ]);
    expect(receipt).toMatchObject({
      amountMicro: 35n,
      balanceAfterMicro: 65n,
      at: '2026-01-01T00:00:00.000Z',
      replayed: false,
      crossed: [],
    });
    expect(await available(books, account)).toBe(65n);
  });

  test('is denied whole when the pool lacks one millionth, and moves nothing', async () => {
    const account = await books.workspace();
    await give(books, account, { kind: 'included', amount: 100 });
    value(await books.ledger.debit(debitOf(account, 60)));
    expect(refusal(await books.ledger.debit(debitOf(account, 41)))).toEqual({
      kind: 'denied',
      replayed: false,
      limits: [{ limit: 'pool', subject: null, usedMicro: 60n, capMicro: 100n, resetsAt: null }],
    });
    expect(await available(books, account)).toBe(40n);
  });

  test('that already happened is recorded, and what is short becomes debt', async () => {
    const account = await books.workspace();
    await give(books, account, { kind: 'included', amount: 100 });
    const receipt = value(
      await books.ledger.debit({ ...debitOf(account, 130), onShort: 'record' }),
    );
    expect(burned(receipt.entries)).toEqual(['included 100', 'debt 30']);
    expect(await books.ledger.balance(account)).toMatchObject({
      availableMicro: 0n,
      debtMicro: 30n,
    });
  });

  test('rated with terms no longer in force is stale, and goes through under the same key', async () => {
    const account = await books.workspace();
    await give(books, account, { kind: 'included', amount: 100 });
    const debit = debitOf(account, 10);
    expect(refusal(await books.ledger.debit({ ...debit, termsVersion: 7 }))).toEqual({
      kind: 'stale',
      termsVersion: 1,
      rateVersion: 1,
    });
    expect(value(await books.ledger.debit(debit)).amountMicro).toBe(10n);
  });

  test.each([
    ['2026-01-01T00:05:00.001Z', 'occurredAhead'],
    ['2025-11-26T23:59:59.999Z', 'occurredTooLate'],
  ])('that says it happened at %s is %s', async (occurredAt, kind) => {
    const account = await books.workspace();
    await give(books, account, { kind: 'included', amount: 100 });
    expect(refusal(await books.ledger.debit({ ...debitOf(account, 1), occurredAt })).kind).toBe(
      kind,
    );
  });

  test('of another product’s workspace is not found', async () => {
    const account = await books.workspace();
    const foreign = { ...account, product: 'team' };
    expect(refusal(await books.ledger.debit(debitOf(foreign, 1)))).toEqual({ kind: 'notFound' });
    expect(await books.ledger.balance(foreign)).toBeUndefined();
    expect(await books.ledger.entries(foreign, { limit: 10 })).toEqual([]);
  });
});

describe('one key', () => {
  test('gives the same answer to every repetition', async () => {
    const account = await books.workspace();
    await give(books, account, { kind: 'included', amount: 100 });
    const debit = { ...debitOf(account, 10), lines: [line(7), line(3, 'tools')] };
    const first = value(await books.ledger.debit(debit));
    value(await books.ledger.debit(debitOf(account, 50)));
    expect(value(await books.ledger.debit(debit))).toEqual({ ...first, replayed: true });
    expect(await available(books, account)).toBe(40n);
  });

  test('gives the same denial after credits were bought, and a new key goes through', async () => {
    const account = await books.workspace();
    const debit = debitOf(account, 10);
    const first = refusal(await books.ledger.debit(debit));
    await give(books, account, { kind: 'topUp', amount: 100 });
    expect(refusal(await books.ledger.debit(debit))).toEqual({ ...first, replayed: true });
    expect(value(await books.ledger.debit(debitOf(account, 10))).balanceAfterMicro).toBe(90n);
  });

  test('with another body is refused', async () => {
    const account = await books.workspace();
    await give(books, account, { kind: 'included', amount: 100 });
    const { key } = request();
    value(await books.ledger.debit({ ...debitOf(account, 1), request: { key, body: 'a' } }));
    const again = { ...debitOf(account, 1), request: { key, body: 'b' } };
    expect(refusal(await books.ledger.debit(again))).toEqual({ kind: 'idempotencyKeyReused' });
  });

  test('sent by twenty at once is one debit and one answer', async () => {
    const account = await books.workspace();
    await give(books, account, { kind: 'included', amount: 100 });
    const debit = debitOf(account, 10);
    const answers = await race(books, { processes: 5, calls: 20 }, (ledger) => ledger.debit(debit));
    const receipts = answers.map(value);
    expect(receipts).toHaveLength(20);
    expect(new Set(receipts.map(({ id }) => id)).size).toBe(1);
    expect(receipts.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(await available(books, account)).toBe(90n);
  });
});

test('many racing for the last credits never overspend', async () => {
  const account = await books.workspace();
  await give(books, account, { kind: 'included', amount: 7 });
  const answers = await race(books, { processes: 8, calls: 40 }, (ledger) =>
    ledger.debit(debitOf(account, 1)),
  );
  expect(answers.map(({ ok }) => ok).filter(Boolean)).toHaveLength(7);
  expect(answers).toHaveLength(40);
  expect(await available(books, account)).toBe(0n);
});

describe('burn order', () => {
  const grants = [
    { kind: 'topUp', amount: 10 },
    { kind: 'promo', amount: 10, expiresAt: '2026-01-02T00:00:00.000Z' },
    { kind: 'included', amount: 10, expiresAt: '2026-02-01T00:00:00.000Z' },
    { kind: 'adjustment', amount: 10 },
  ] as const;

  test.each<[string, readonly BurnComparator[], string[]]>([
    ['studio: included before top-ups [0.36]', studioOrder, ['included 10', 'topUp 10', 'promo 5']],
    ['team: top-ups before included [2.24]', teamOrder, ['topUp 10', 'included 10', 'promo 5']],
    ['soonest end first', ['expiresSoonest'], ['promo 10', 'included 10', 'topUp 5']],
    ['as granted, where nothing decides', ['oldest'], ['topUp 10', 'promo 10', 'included 5']],
  ])('%s', async (_name, burnOrder, expected) => {
    const account = await books.workspace({ burnOrder });
    for (const grant of grants) await give(books, account, grant);
    expect(burned(value(await books.ledger.debit(debitOf(account, 25))).entries)).toEqual(expected);
  });

  test('lower priority numbers burn first', async () => {
    const account = await books.workspace({ burnOrder: ['priority'] });
    await give(books, account, { kind: 'promo', amount: 10, priority: 5 });
    await give(books, account, { kind: 'topUp', amount: 10, priority: 1 });
    const receipt = value(await books.ledger.debit(debitOf(account, 12)));
    expect(burned(receipt.entries)).toEqual(['topUp 10', 'promo 2']);
  });

  test('burns in the order of the terms in force, from the call after they changed on', async () => {
    const account = await books.workspace({ burnOrder: studioOrder });
    await give(books, account, { kind: 'included', amount: 10 });
    await give(books, account, { kind: 'topUp', amount: 10 });
    const spend = async () => burned(value(await books.ledger.debit(debitOf(account, 2))).entries);
    expect(await spend()).toEqual(['included 2']);
    await books.write(account, (tx) =>
      setTerms(tx, account.workspaceId, { ...terms, burnOrder: teamOrder }),
    );
    expect(await spend()).toEqual(['topUp 2']);
  });

  test('an earmark burns first for its calls, and is closed to all others', async () => {
    const account = await books.workspace();
    await give(books, account, { kind: 'included', amount: 20 });
    await give(books, account, { kind: 'promo', amount: 10, earmark: 'images' });
    const marked = { ...debitOf(account, 12), earmarks: ['tool:videos', 'images'] };
    expect(burned(value(await books.ledger.debit(marked)).entries)).toEqual([
      'promo 10',
      'included 2',
    ]);
    expect(refusal(await books.ledger.debit(debitOf(account, 19))).kind).toBe('denied');
  });
});

test('usage is summed by what it was for, by its true dates, net of refunds', async () => {
  const account = await books.workspace();
  await give(books, account, { kind: 'included', amount: 100 });
  const spend = (member: string, amount: number, occurredAt: string) =>
    books.ledger.debit({
      account,
      request: request(),
      ...rated,
      onShort: 'deny',
      member,
      occurredAt,
      lines: [{ ...line(amount), model: 'haiku', tokens: 1000n }],
    });
  await spend('ada', 10, '2025-12-31T23:59:59.999Z');
  await spend('ada', 20, '2026-01-01T00:00:00.000Z');
  const { id } = value(await spend('bob', 30, '2026-01-01T00:00:00.000Z'));
  value(
    await books.ledger.refund({
      account,
      request: request(),
      receiptId: id,
      amountMicro: line(5).amountMicro,
    }),
  );
  const usage = await books.ledger.usage(account, {
    from: '2026-01-01T00:00:00.000Z',
    to: '2026-02-01T00:00:00.000Z',
    by: ['member', 'model'],
    timeZone: 'UTC',
  });
  expect(usage).toEqual([
    { by: { member: 'ada', model: 'haiku' }, amountMicro: 20n, tokens: 1000n, runs: 1n },
    { by: { member: 'bob', model: 'haiku' }, amountMicro: 25n, tokens: 1000n, runs: 1n },
  ]);
});
