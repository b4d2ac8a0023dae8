import { expect, test } from 'vitest';
import { availableMicro, countedMicro, totalOf } from '../../src/domain/credits/credit-account.ts';
import { freezeGrant, replaceGrant } from '../../src/domain/credits/credit-closing.ts';
import { holdCredits, releaseHold, settleHold } from '../../src/domain/credits/credit-holds.ts';
import { advanceTo } from '../../src/domain/credits/credit-time.ts';
import { useCredits } from '../../src/domain/credits/credit-usage.ts';
import type { CreditAccount } from '../../src/domain/credits/credit-account.ts';
import { accountWith, allowed, call, credits, included, leftOf } from './credit-support.ts';

const day = (date: string): string => `2026-01-${date}T00:00:00.000Z`;
const held = (account: CreditAccount, count: number, expiresAt: string | null = null) =>
  allowed(holdCredits(account, { ...call(count, 'h'), expiresAt })).account;
const settle = (account: CreditAccount, count: number) =>
  settleHold(account, { id: 'h', amountMicro: credits(count) });
const two = accountWith([included(5), included(10)]);

test('a hold takes its credits in burn order, and a settlement gives the rest back', () => {
  const account = held(two, 8);
  expect(leftOf(account)).toEqual([0, 7]);
  expect(leftOf(allowed(settle(account, 4)).account)).toEqual([1, 10]);
});

test('a settlement above its hold burns the excess in today’s order', () => {
  const { account, answer } = allowed(settle(held(two, 3), 12));
  expect(leftOf(account)).toEqual([0, 3]);
  expect(answer.parts).toEqual([
    { source: 1, amountMicro: credits(5) },
    { source: 2, amountMicro: credits(7) },
  ]);
});

test('a settlement above the balance is booked whole', () => {
  const { account } = allowed(settle(held(two, 15), 20));
  expect(account.debtMicro).toBe(credits(5));
});

test('what a run gives back to a frozen grant is frozen too, as far as the freeze goes', () => {
  const running = held(accountWith([included(10)]), 6);
  const frozen = freezeGrant(running, { id: 'f', grantNo: 1, amountMicro: credits(8) });
  expect(allowed(frozen).answer.parts).toEqual([{ grantNo: 1, amountMicro: credits(4) }]);
  const { account } = allowed(settle(allowed(frozen).account, 1));
  expect(leftOf(account)).toEqual([1]);
  expect(account.holds[1]?.parts).toEqual([{ grantNo: 1, amountMicro: credits(8) }]);
  expect(leftOf(allowed(releaseHold(account, { id: 'f', as: 'released' })).account)).toEqual([9]);
});

test('what a hold took beyond the grants leaves no room there for its excess', () => {
  const upTo = { settlement: 'creditThenInvoice' as const, overageUpToMicro: credits(1) };
  const { answer } = allowed(settle(held(accountWith([], upTo), 1), 2));
  expect(answer.parts.map(({ source, amountMicro }) => [source, amountMicro])).toEqual([
    ['overage', credits(1)],
    ['debt', credits(1)],
  ]);
});

test('a hold of nothing is allowed, a negative one and one above the balance are not', () => {
  expect(leftOf(allowed(settle(held(two, 0), 2)).account)).toEqual([3, 10]);
  const hold = (count: number) => holdCredits(two, { ...call(count, 'h'), expiresAt: null });
  expect(hold(-5)).toEqual({ ok: false, refusal: { kind: 'badAmount' } });
  expect(hold(16)).toEqual({
    ok: false,
    refusal: { kind: 'insufficientBalance', shortMicro: credits(1) },
  });
});

test('settled again with the same amount it gives the first answer, with another it is refused', () => {
  const first = allowed(settle(held(two, 8), 4));
  expect(allowed(settle(first.account, 4))).toEqual(first);
  expect(settle(first.account, 5)).toEqual({ ok: false, refusal: { kind: 'holdClosed' } });
});

test('a released hold gives everything back once, and cannot be settled', () => {
  const release = { id: 'h', as: 'released' as const };
  const { account } = allowed(releaseHold(held(two, 8), release));
  expect(leftOf(account)).toEqual([5, 10]);
  expect(allowed(releaseHold(account, release)).account).toBe(account);
  expect(settle(account, 4)).toEqual({ ok: false, refusal: { kind: 'holdClosed' } });
  expect(settleHold(two, { id: 'x', amountMicro: credits(1) })).toEqual({
    ok: false,
    refusal: { kind: 'unknownHold' },
  });
});

test('an expired hold is given back, and the true usage is booked all the same', () => {
  const expired = advanceTo(held(two, 8, day('02')), day('03'));
  expect(leftOf(expired)).toEqual([5, 10]);
  expect(leftOf(allowed(settle(expired, 4)).account)).toEqual([1, 10]);
});

test('what comes back to a grant that has ended is lost with it', () => {
  const account = held(accountWith([included(10, { expiresAt: day('02') })]), 8);
  const ended = advanceTo(account, day('03'));
  const { account: settled } = allowed(settle(ended, 5));
  expect([leftOf(settled), totalOf(settled, 'expired')]).toEqual([[0], credits(5)]);
});

test('a run spends what its hold has of a grant that ended meanwhile, unless the policy says no', () => {
  const grants = [included(10, { expiresAt: day('02') }), included(10)];
  const settled = (holdSurvivesExpiry: boolean) => {
    const account = held(accountWith(grants, { holdSurvivesExpiry }), 8);
    return allowed(settle(advanceTo(account, day('02')), 5));
  };
  expect(settled(true).answer.parts).toEqual([{ source: 1, amountMicro: credits(5) }]);
  expect(leftOf(settled(true).account)).toEqual([0, 10]);
  expect(settled(false).answer.parts).toEqual([{ source: 2, amountMicro: credits(5) }]);
  expect(leftOf(settled(false).account)).toEqual([0, 5]);
});

test('what a hold may spend no more counts against caps until it is closed', () => {
  const grants = [included(10, { expiresAt: day('02') }), included(10)];
  const cap = { feature: null, limitMicro: credits(100) };
  const policy = { holdSurvivesExpiry: false, caps: [cap] };
  const ended = advanceTo(held(accountWith(grants, policy), 8), day('02'));
  const part = { id: 'h', amountMicro: credits(5), receipt: 'part', rest: 'keep' as const };
  const { account } = allowed(settleHold(ended, part));
  expect(countedMicro(account, cap)).toBe(credits(13));
  const { account: closed } = allowed(releaseHold(account, { id: 'h', as: 'released' }));
  expect(countedMicro(closed, cap)).toBe(credits(5));
});

test('the rest of a hold on a plan that was left does not reappear on the new one', () => {
  const account = held(accountWith([included(50)]), 40);
  const change = { grantNo: 1, next: included(80), credits: 'reseed' as const };
  const upgraded = allowed(replaceGrant(account, change)).account;
  const used = allowed(useCredits(upgraded, { ...call(20), onShort: 'deny' })).account;
  const settled = allowed(settle(used, 30)).account;
  expect(availableMicro(settled, null)).toBe(credits(60));
  expect(totalOf(settled, 'voided')).toBe(credits(20));
});
