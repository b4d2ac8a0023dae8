import { describe, expect, test } from 'vitest';
import { micro } from '../../src/domain/values/money.ts';
import { setCap, setTerms, setWindow } from '../../src/store/ledger-writes.ts';
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
  start,
  studioOrder,
  value,
} from '../store/ledger/books.ts';

/** Stories of balances that other engines got wrong; each title ends with where it is told. */
const books = useBooks();

async function poolOf(included: number, topUp = 0) {
  const account = await books.workspace();
  await give(books, account, { kind: 'included', amount: included });
  if (topUp > 0) await give(books, account, { kind: 'topUp', amount: topUp });
  return account;
}

describe('a balance', () => {
  test('outlives a catalog written beside a debit https://github.com/useautumn/autumn/pull/3230', async () => {
    const account = await poolOf(800);
    const publish = books.write(account, (tx) =>
      setTerms(tx, account.workspaceId, {
        ...{ termsVersion: 1, rateVersion: 1, burnOrder: studioOrder },
        ...{ debtAtReset: 'carry', holdSurvivesExpiry: true, alerts: [], refundOfExpired: 'lost' },
      }),
    );
    const [debited] = await Promise.all([books.ledger.debit(debitOf(account, 650)), publish]);
    expect(value(debited).balanceAfterMicro).toBe(150n);
    expect(await available(books, account)).toBe(150n);
  });

  test('of 160 and 50 is 210 https://github.com/Significant-Gravitas/AutoGPT/pull/10672', async () => {
    expect(await available(books, await poolOf(160, 50))).toBe(210n);
  });

  test('is burned once over two grants https://github.com/pierreb-devkit/Node/issues/3931', async () => {
    const account = await poolOf(10, 100);
    const receipt = value(await books.ledger.debit(debitOf(account, 30)));
    expect(burned(receipt.entries)).toEqual(['included 10', 'topUp 20']);
    expect(await available(books, account)).toBe(80n);
  });

  test('reports what was paid and given once each https://github.com/ChronoAIProject/NyxID/issues/1050', async () => {
    const account = await poolOf(10, 100);
    value(await books.ledger.debit(debitOf(account, 30)));
    const balance = await books.ledger.balance(account);
    const left = balance?.grants.map(({ kind, remainingMicro }) => [kind, remainingMicro]);
    expect(left).toEqual([
      ['included', 0n],
      ['topUp', 80n],
    ]);
  });

  test('keeps a top-up beside a subscription https://github.com/openmeterio/openmeter/issues/3293', async () => {
    const account = await poolOf(10);
    value(await books.ledger.debit(debitOf(account, 10)));
    await give(books, account, { kind: 'topUp', amount: 40 });
    expect(await available(books, account)).toBe(40n);
  });
});

describe('calls at once', () => {
  test('one credit, two calls: one is answered https://github.com/wasp-lang/open-saas/issues/727', async () => {
    const account = await poolOf(1);
    const answers = await race(books, { processes: 2, calls: 2 }, (ledger) =>
      ledger.debit(debitOf(account, 1)),
    );
    expect(answers.map(({ ok }) => ok).filter(Boolean)).toHaveLength(1);
    expect(await available(books, account)).toBe(0n);
  });

  test('one top-up told ten times is one https://github.com/getlago/lago-api/issues/5870', async () => {
    const account = await books.workspace();
    const bought = { kind: 'topUp', amount: 210, sourceKey: 'topUp:p1' } as const;
    await Promise.all(Array.from({ length: 10 }, () => give(books, account, bought)));
    expect(await available(books, account)).toBe(210n);
  });
});

describe('a hold', () => {
  test('of a run that died ends by itself https://github.com/elizaOS/eliza/issues/11169', async () => {
    const account = await poolOf(100);
    value(await books.ledger.hold(holdOf(account, 100)));
    await books.at(account, '2026-01-01T00:15:00.000Z');
    expect(await available(books, account)).toBe(100n);
  });

  test('too small books the true usage https://github.com/elizaOS/eliza/pull/10034', async () => {
    const account = await poolOf(100);
    const { holdId } = value(await books.ledger.hold(holdOf(account, 5)));
    const settled = value(await books.ledger.settle(settleOf(account, holdId, 80)));
    expect([settled.amountMicro, settled.balanceAfterMicro]).toEqual([80n, 20n]);
  });

  test('that broke off charges what was used https://github.com/2witstudios/PageSpace/pull/1593', async () => {
    const account = await poolOf(100);
    const { holdId } = value(await books.ledger.hold(holdOf(account, 60)));
    await books.at(account, '2026-01-01T00:15:00.000Z');
    const late = value(await books.ledger.settle(settleOf(account, holdId, 30)));
    expect([late.amountMicro, late.balanceAfterMicro]).toEqual([30n, 70n]);
  });

  test('is in the way of every other call https://github.com/elizaOS/eliza/issues/10857', async () => {
    const account = await poolOf(10);
    value(await books.ledger.hold(holdOf(account, 10)));
    expect(refusal(await books.ledger.debit(debitOf(account, 1))).kind).toBe('denied');
  });
});

test('a member’s cap denies before the call https://github.com/Bike4Mind/bike4mind/pull/1625', async () => {
  const account = await poolOf(100);
  await books.write(account, async (tx) => {
    await setWindow(tx, account.workspaceId, { start, end: '2026-02-01T00:00:00.000Z' });
    const cap = { scope: 'member', subject: 'ada', capMicro: micro(10) } as const;
    await setCap(tx, account.workspaceId, cap);
  });
  const call = (amount: number) => ({ ...debitOf(account, amount), member: 'ada' });
  value(await books.ledger.debit(call(8)));
  expect(refusal(await books.ledger.debit(call(3))).kind).toBe('denied');
  value(await books.ledger.debit(call(2)));
  expect(refusal(await books.ledger.hold({ ...holdOf(account, 1), member: 'ada' })).kind).toBe(
    'denied',
  );
});

test('a line without a cost is an entry of zero https://github.com/gridaco/grida/blob/main/docs/wg/platform/billing/known-issues.md', async () => {
  const account = await poolOf(10);
  const lines = [line(3, 'llm'), line(0, 'storage')];
  const receipt = value(await books.ledger.debit({ ...debitOf(account, 0), lines }));
  expect(receipt.entries.map(({ line: of, amountMicro }) => [of, amountMicro])).toEqual([
    ['llm', 3n],
    ['storage', 0n],
  ]);
  const refund = { account, request: request(), receiptId: receipt.id };
  expect(value(await books.ledger.refund(refund)).balanceAfterMicro).toBe(10n);
});
