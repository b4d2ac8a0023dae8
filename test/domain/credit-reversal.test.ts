import { describe, expect, test } from 'vitest';
import {
  availableMicro,
  identityOf,
  type CreditAccount,
} from '../../src/domain/credits/credit-account.ts';
import { forgiveDebt, freezeGrant } from '../../src/domain/credits/credit-closing.ts';
import { holdCredits, settleHold } from '../../src/domain/credits/credit-holds.ts';
import { countTopUp, dropTopUp, spendOf } from '../../src/domain/credits/credit-overage.ts';
import { refundUsage } from '../../src/domain/credits/credit-refund.ts';
import { reinstateGrant, reverseGrant } from '../../src/domain/credits/credit-reversal.ts';
import { addGrants, advanceTo } from '../../src/domain/credits/credit-time.ts';
import { useCredits } from '../../src/domain/credits/credit-usage.ts';
import { microMinor, minor } from '../../src/domain/values/money.ts';
import { accountWith, allowed, call, credits, included, usualPolicy } from './credit-support.ts';

/** An account that was granted a hundred and has used some of them. */
const usedOf = (count: number): CreditAccount =>
  allowed(useCredits(accountWith([included(100)]), { ...call(count), onShort: 'record' })).account;

const reverse = (account: CreditAccount, total: number, spentBecomes: 'debt' | 'loss' = 'debt') =>
  allowed(reverseGrant(account, { grantNo: 1, totalMicro: credits(total), spentBecomes }));
const reinstate = (account: CreditAccount, total: number) =>
  allowed(reinstateGrant(account, { grantNo: 1, totalMicro: credits(total) })).account;

const shown = (account: CreditAccount) => {
  const { sourcesMicro, usesMicro } = identityOf(account);
  expect(usesMicro).toBe(sourcesMicro);
  return {
    available: Number(availableMicro(account, null)) / 1_000_000,
    debt: Number(account.debtMicro) / 1_000_000,
    forgiven: Number(account.forgivenMicro) / 1_000_000,
  };
};

describe('a reversal', () => {
  test('takes what is unspent first; what was used becomes debt, or a loss', () => {
    const some = reverse(usedOf(60), 50);
    expect(shown(some.account)).toEqual({ available: 0, debt: 10, forgiven: 0 });
    const all = reverse(some.account, 100, 'loss');
    expect(all.answer).toMatchObject({ reversedMicro: credits(50), lostMicro: credits(50) });
    expect(shown(all.account)).toEqual({ available: 0, debt: 10, forgiven: 50 });
  });

  test('waits for what a run holds, and takes what it used of it', () => {
    const account = accountWith([included(100)]);
    const held = allowed(holdCredits(account, { ...call(70), expiresAt: null })).account;
    const { account: waiting, answer } = reverse(held, 100);
    expect(answer.waitingMicro).toBe(credits(70));
    const settled = allowed(settleHold(waiting, { id: 'call', amountMicro: credits(50) })).account;
    expect(shown(settled)).toEqual({ available: 0, debt: 50, forgiven: 0 });
  });

  test('takes what a dispute froze before what is unspent', () => {
    const freeze = { id: 'dispute', grantNo: 1, amountMicro: credits(30) };
    const { account } = reverse(allowed(freezeGrant(usedOf(60), freeze)).account, 20);
    expect(shown(account)).toEqual({ available: 10, debt: 0, forgiven: 0 });
  });
});

describe('a reinstatement', () => {
  test('undoes the debt, and the rest can be burned again', () => {
    const account = reinstate(reverse(usedOf(60), 100).account, 0);
    expect(shown(account)).toEqual({ available: 40, debt: 0, forgiven: 0 });
  });

  test('gives the grant that repaid the debt its credits back', () => {
    const repaid = addGrants(reverse(usedOf(60), 100).account, [included(100)]);
    expect(shown(repaid)).toEqual({ available: 40, debt: 0, forgiven: 0 });
    expect(shown(reinstate(repaid, 0))).toEqual({ available: 140, debt: 0, forgiven: 0 });
  });

  test('of a debt that was let go gives its credits no second time', () => {
    const letGo = forgiveDebt(reverse(usedOf(60), 100).account);
    expect(shown(reinstate(letGo, 0))).toEqual({ available: 40, debt: 0, forgiven: 0 });
  });
});

describe('a refund', () => {
  test('of usage that left a debt makes what is owed smaller, and then what was repaid', () => {
    const repaid = addGrants(usedOf(130), [included(30)]);
    const owing = allowed(useCredits(repaid, { ...call(20, 'b'), onShort: 'record' })).account;
    expect(shown(owing)).toEqual({ available: 0, debt: 20, forgiven: 0 });
    const { account } = allowed(refundUsage(owing, { id: 'call', amountMicro: credits(30) }));
    expect(shown(account)).toEqual({ available: 10, debt: 0, forgiven: 0 });
  });

  test('of usage whose grant was reversed makes the debt or the loss of it smaller', () => {
    for (const [spentBecomes, left] of [
      ['debt', { available: 0, debt: 15, forgiven: 0 }],
      ['loss', { available: 0, debt: 0, forgiven: 15 }],
    ] as const) {
      const { account } = reverse(usedOf(60), 100, spentBecomes);
      const refund = refundUsage(account, { id: 'call', amountMicro: credits(45) });
      expect(shown(allowed(refund).account)).toEqual(left);
    }
  });
});

test('the month’s spend cap bounds what goes beyond the grants, and begins anew with the month', () => {
  const account = accountWith([], {
    ...usualPolicy,
    ...{ settlement: 'creditThenInvoice', overageUpToMicro: credits(10) },
    overagePriceMicro: microMinor(400_000),
    spendCap: { capMinor: minor(1), timeZone: 'UTC' },
  });
  const { account: used } = allowed(useCredits(account, { ...call(2), onShort: 'deny' }));
  const more = { ...call(1, 'more'), onShort: 'deny' as const };
  expect(spendOf(used)).toMatchObject({ usedMinor: 1n, resetsAt: '2026-02-01T00:00:00.000Z' });
  expect(useCredits(used, more)).toMatchObject({ refusal: { kind: 'insufficientBalance' } });
  const next = advanceTo(used, '2026-02-01T00:00:00.000Z');
  expect(spendOf(next)).toMatchObject({ usedMinor: 0n });
  expect(useCredits(next, more).ok).toBe(true);
});

test('top-ups count in what their month may cost, unless their money does not come', () => {
  const spendCap = { capMinor: minor(50), timeZone: 'UTC' };
  const bought = countTopUp(accountWith([], { spendCap }), { id: 'one', totalMinor: minor(20) });
  const two = countTopUp(advanceTo(bought, '2026-01-31T00:00:00.000Z'), {
    ...{ id: 'two', totalMinor: minor(15) },
  });
  expect(spendOf(two)).toMatchObject({ usedMinor: 35n });
  expect(spendOf(dropTopUp(two, 'one'))).toMatchObject({ usedMinor: 15n });
  expect(spendOf(advanceTo(two, '2026-02-01T00:00:00.000Z'))).toMatchObject({ usedMinor: 0n });
});
