import { expect, test } from 'vitest';
import { identityOf, totalOf } from '../../src/domain/credits/credit-account.ts';
import { transferTopUps } from '../../src/domain/credits/credit-closing.ts';
import { addGrants } from '../../src/domain/credits/credit-time.ts';
import { useCredits } from '../../src/domain/credits/credit-usage.ts';
import { accountWith, allowed, call, credits, included, leftOf, start } from './credit-support.ts';

const later = '2026-02-01T00:00:00.000Z';
const topUp = { kind: 'topUp' as const };

test('a transfer gives what is left of top-ups, each with its end, priority and earmark', () => {
  const kept = included(5);
  const given = [
    included(20, { ...topUp, expiresAt: later, priority: 2 }),
    included(30, { ...topUp, earmark: 'search' }),
  ];
  const from = allowed(
    useCredits(accountWith([kept, ...given]), { ...call(7), onShort: 'deny' }),
  ).account;
  const done = transferTopUps(from, accountWith([]));
  expect(done.amountMicro).toBe(credits(48));
  expect([leftOf(done.from), leftOf(done.to)]).toEqual([
    [0, 0, 0],
    [18, 30],
  ]);
  expect(done.to.grants).toMatchObject([
    { kind: 'topUp', effectiveAt: start, expiresAt: later, priority: 2, earmark: null },
    { kind: 'topUp', effectiveAt: start, expiresAt: null, priority: 0, earmark: 'search' },
  ]);
  expect(totalOf(done.from, 'transferred')).toBe(credits(48));
  for (const side of [done.from, done.to]) {
    const { sourcesMicro, usesMicro } = identityOf(side);
    expect(usesMicro).toBe(sourcesMicro);
  }
});

test('a transfer repays debt where it arrives, and leaves what has not begun', () => {
  const waiting = included(9, { ...topUp, effectiveAt: later });
  const from = addGrants(accountWith([included(10, topUp)]), [waiting]);
  const to = allowed(useCredits(accountWith([]), { ...call(4), onShort: 'record' })).account;
  const done = transferTopUps(from, to);
  expect([leftOf(done.from), leftOf(done.to), done.to.debtMicro]).toEqual([[0, 9], [6], 0n]);
});
