import { describe, expect, test } from 'vitest';
import {
  availableMicro,
  countedMicro,
  overageMicro,
  totalOf,
} from '../../src/domain/credits/credit-account.ts';
import {
  clawBackCredits,
  replaceGrant,
  resetPeriod,
  voidGrant,
} from '../../src/domain/credits/credit-closing.ts';
import { payLines } from '../../src/domain/credits/credit-lines.ts';
import { addGrants, advanceTo } from '../../src/domain/credits/credit-time.ts';
import { refundUsage } from '../../src/domain/credits/credit-refund.ts';
import { useCredits } from '../../src/domain/credits/credit-usage.ts';
import { inDays } from '../../src/domain/values/calendar-recurrence.ts';
import { micro } from '../../src/domain/values/money.ts';
import { fullRollover, noRollover } from '../../src/domain/credits/rollover.ts';
import { accountWith, allowed, call, credits, included, leftOf, start } from './credit-support.ts';

const day = (date: string): string => `2026-01-${date}T00:00:00.000Z`;
const use = (count: number, id = 'call') => ({ ...call(count, id), onShort: 'record' as const });
const daily = { anchor: start, step: inDays(1), timeZone: 'UTC' };

describe('using credits', () => {
  test('burns in the policy’s order and tells what paid', () => {
    const account = accountWith([included(30, { priority: 2 }), included(10, { priority: 1 })]);
    const { account: after, answer } = allowed(useCredits(account, use(25)));
    expect(answer.parts).toEqual([
      { source: 2, amountMicro: credits(10) },
      { source: 1, amountMicro: credits(15) },
    ]);
    expect(leftOf(after)).toEqual([15, 0]);
  });

  test('denied it moves nothing and says what is missing', () => {
    const account = accountWith([included(30)]);
    expect(useCredits(account, { ...call(50), onShort: 'deny' })).toEqual({
      ok: false,
      refusal: { kind: 'insufficientBalance', shortMicro: credits(20) },
    });
  });

  test('recorded it becomes debt, which the next grant repays first', () => {
    const { account } = allowed(useCredits(accountWith([included(30)]), use(50)));
    expect(account.debtMicro).toBe(credits(20));
    const repaid = addGrants(account, [included(100)]);
    expect(leftOf(repaid)).toEqual([0, 80]);
    expect(repaid.debtMicro).toBe(0n);
  });

  test('by credits and invoice, what no grant covers goes to the invoice and stays there', () => {
    const account = accountWith([included(40)], { settlement: 'creditThenInvoice' });
    const { account: after } = allowed(useCredits(account, use(70)));
    expect(overageMicro(after)).toBe(credits(30));
    expect(leftOf(addGrants(after, [included(100)]))).toEqual([0, 100]);
  });

  test('earmarked credits pay only for their feature, and repay no debt', () => {
    const account = accountWith([included(30, { earmark: 'images' })]);
    const { account: after } = allowed(useCredits(account, use(10)));
    expect(leftOf(after)).toEqual([30]);
    expect(after.debtMicro).toBe(credits(10));
    const images = useCredits(after, { ...use(5, 'b'), feature: 'images' });
    expect(leftOf(allowed(images).account)).toEqual([25]);
  });

  test('nothing is used by a use of zero, and a negative one is refused', () => {
    const account = accountWith([included(1)]);
    expect(allowed(useCredits(account, use(0))).account.entries).toHaveLength(1);
    expect(useCredits(account, use(-1))).toEqual({ ok: false, refusal: { kind: 'badAmount' } });
  });
});

describe('a cap', () => {
  const caps = [{ feature: null, limitMicro: credits(5) }];

  test('denies what would go over it and names it', () => {
    const account = accountWith([included(100)], { caps });
    const { account: after } = allowed(useCredits(account, { ...call(4), onShort: 'deny' }));
    expect(useCredits(after, { ...call(2, 'b'), onShort: 'deny' })).toEqual({
      ok: false,
      refusal: { kind: 'capReached', cap: caps[0], usedMicro: credits(4) },
    });
  });

  test('is breached by usage that has happened, never clamping it', () => {
    const account = accountWith([included(100)], { caps });
    const { account: after } = allowed(useCredits(account, use(4)));
    const { answer, account: over } = allowed(useCredits(after, use(3, 'b')));
    expect(answer.breachMicro).toBe(credits(2));
    expect(countedMicro(over, { feature: null })).toBe(credits(7));
  });

  test('begins anew at a reset', () => {
    const account = accountWith([included(100)], { caps });
    const { account: used } = allowed(useCredits(account, use(5)));
    const reset = resetPeriod(advanceTo(used, day('02')));
    expect(countedMicro(reset, { feature: null })).toBe(0n);
  });
});

describe('a refund', () => {
  test('goes back to what was burned last, first', () => {
    const account = accountWith([included(30), included(10)]);
    const { account: used } = allowed(useCredits(account, use(40)));
    const refund = refundUsage(used, { id: 'call', amountMicro: credits(20) });
    expect(leftOf(allowed(refund).account)).toEqual([10, 10]);
  });

  test('takes debt away before it gives credits back', () => {
    const { account } = allowed(useCredits(accountWith([included(10)]), use(30)));
    const refund = { id: 'call', amountMicro: credits(25) };
    const after = allowed(refundUsage(account, refund)).account;
    expect([after.debtMicro, leftOf(after)]).toEqual([0n, [5]]);
  });

  test('of a usage whose debt was repaid goes back to the grant that repaid it', () => {
    const { account } = allowed(useCredits(accountWith([included(10)]), use(30)));
    const repaid = addGrants(account, [included(100)]);
    const refund = refundUsage(repaid, { id: 'call', amountMicro: credits(20) });
    expect(leftOf(allowed(refund).account)).toEqual([0, 100]);
  });

  test('does not revive a grant that has ended', () => {
    const account = accountWith([included(10, { expiresAt: day('05') })]);
    const { account: used } = allowed(useCredits(account, use(8)));
    const refund = { id: 'call', amountMicro: credits(8) };
    const after = allowed(refundUsage(advanceTo(used, day('06')), refund)).account;
    expect([leftOf(after), totalOf(after, 'expired')]).toEqual([[0], credits(10)]);
  });

  describe('where the policy says promo', () => {
    const policy = { refundOfExpired: { promoDays: 30 } } as const;

    test('comes back as promo credits in the place of a grant that has ended, with its earmark', () => {
      const expiresAt = day('05');
      const account = accountWith([included(10, { expiresAt, earmark: 'images' })], policy);
      const { account: used } = allowed(useCredits(account, { ...use(8), feature: 'images' }));
      const refund = { id: 'call', amountMicro: credits(3) };
      const after = allowed(refundUsage(advanceTo(used, day('06')), refund)).account;
      expect(leftOf(after)).toEqual([0, 3]);
      expect(after.grants[1]).toMatchObject({
        ...{ kind: 'promo', earmark: 'images', status: 'live' },
        ...{ effectiveAt: day('06'), expiresAt: '2026-02-05T00:00:00.000Z' },
      });
    });

    test('comes in the place of a voided grant, and pays what is owed first', () => {
      const account = accountWith([included(10)], policy);
      const { account: used } = allowed(useCredits(account, use(8)));
      const { account: voided } = allowed(voidGrant(used, 1));
      const { account: owing } = allowed(useCredits(voided, { ...use(5), id: 'owing' }));
      const after = allowed(refundUsage(owing, { id: 'call', amountMicro: credits(8) })).account;
      expect([after.debtMicro, leftOf(after)]).toEqual([0n, [0, 3]]);
    });

    test('goes to its own grant while that lives', () => {
      const account = accountWith([included(10, { expiresAt: day('05') })], policy);
      const { account: used } = allowed(useCredits(account, use(8)));
      const refund = { id: 'call', amountMicro: credits(8) };
      const after = allowed(refundUsage(advanceTo(used, day('04')), refund)).account;
      expect(leftOf(after)).toEqual([10]);
    });
  });

  test('above what was used, or of what was never used, is refused', () => {
    const { account } = allowed(useCredits(accountWith([included(10)]), use(8)));
    const refund = (id: string, count: number) =>
      refundUsage(account, { id, amountMicro: credits(count) });
    expect(refund('call', 9)).toEqual({ ok: false, refusal: { kind: 'refundTooLarge' } });
    expect(refund('other', 1)).toEqual({ ok: false, refusal: { kind: 'unknownUsage' } });
  });
});

describe('time', () => {
  test('a grant burns from its first moment on, and no more at its end', () => {
    const account = accountWith([included(10, { effectiveAt: day('02'), expiresAt: day('05') })]);
    const at = (moment: string) => availableMicro(advanceTo(account, moment), null);
    expect(at('2026-01-01T23:59:59.999Z')).toBe(0n);
    expect(at(day('02'))).toBe(credits(10));
    expect(at('2026-01-04T23:59:59.999Z')).toBe(credits(10));
    expect(at(day('05'))).toBe(0n);
  });

  test('a refill gives the full amount, and what was left is lost', () => {
    const account = accountWith([included(100, { recurrence: daily })]);
    const { account: used } = allowed(useCredits(account, use(30)));
    const next = advanceTo(used, day('02'));
    expect(leftOf(next)).toEqual([100]);
    expect(totalOf(next, 'expired')).toBe(credits(70));
  });

  test('a refill repays the debt of the window before', () => {
    const account = accountWith([included(100, { recurrence: daily })]);
    const { account: used } = allowed(useCredits(account, use(120)));
    expect(leftOf(advanceTo(used, day('02')))).toEqual([80]);
  });

  test('a refill carries over what the rollover says', () => {
    const atRefill = { minMicro: micro(0), maxMicro: credits(50) };
    const account = accountWith([included(100, { recurrence: daily, carries: { atRefill } })]);
    expect(leftOf(advanceTo(account, day('02')))).toEqual([150]);
  });

  test('a recurrence and a reset at one moment count once', () => {
    const carries = { atReset: noRollover };
    const account = accountWith([included(100, { recurrence: daily, carries })]);
    const { account: used } = allowed(useCredits(account, use(10)));
    expect(leftOf(resetPeriod(advanceTo(used, day('02'))))).toEqual([100]);
  });
});

describe('a reset', () => {
  test.each([
    ['keeps all of what rolls over', fullRollover, 60],
    ['keeps nothing of what does not', noRollover, 0],
    ['keeps at most the most', { minMicro: micro(0), maxMicro: credits(50) }, 50],
    ['keeps at least the least', { minMicro: credits(80), maxMicro: null }, 80],
    [
      'keeps the most where both say otherwise',
      { minMicro: credits(80), maxMicro: credits(70) },
      70,
    ],
  ])('%s', (_name, atReset, left) => {
    const account = accountWith([included(100, { carries: { atReset } })]);
    const { account: used } = allowed(useCredits(account, use(40)));
    expect(leftOf(resetPeriod(advanceTo(used, day('02'))))).toEqual([left]);
  });

  test.each([
    ['carries a debt, which what goes on repays', 'carry' as const, 40, 0n],
    ['forgives a debt', 'forgive' as const, 50, 0n],
  ])('%s', (_name, debtAtReset, left, debt) => {
    const atReset = { minMicro: credits(50), maxMicro: credits(50) };
    const account = accountWith([included(100, { carries: { atReset } })], { debtAtReset });
    const { account: used } = allowed(useCredits(account, use(110)));
    const reset = resetPeriod(advanceTo(used, day('02')));
    expect([leftOf(reset), reset.debtMicro]).toEqual([[left], debt]);
  });
});

describe('taking back', () => {
  test('a void takes the remainder, and again gives the first answer', () => {
    const { account } = allowed(useCredits(accountWith([included(100)]), use(40)));
    const first = allowed(voidGrant(account, 1));
    expect(first.answer).toBe(credits(60));
    const second = allowed(voidGrant(first.account, 1));
    expect(second).toEqual({ account: first.account, answer: credits(60) });
  });

  test('a spent grant has nothing to void', () => {
    const { account } = allowed(useCredits(accountWith([included(40)]), use(40)));
    expect(voidGrant(account, 1)).toEqual({ ok: false, refusal: { kind: 'nothingToVoid' } });
    expect(voidGrant(account, 9)).toEqual({ ok: false, refusal: { kind: 'unknownGrant' } });
  });

  test('a claw-back takes at most what is left, and never makes debt', () => {
    const { account, takenMicro } = clawBackCredits(accountWith([included(100)]), credits(150));
    expect([takenMicro, leftOf(account), account.debtMicro]).toEqual([credits(100), [0], 0n]);
  });

  test.each([
    ['reseed gives the new amount whole', 'reseed' as const, 1000],
    ['addDifference keeps what was used', 'addDifference' as const, 920],
    ['keep gives what was left', 'keep' as const, 20],
  ])('an upgrade by %s', (_name, by, left) => {
    const { account } = allowed(useCredits(accountWith([included(100)]), use(80)));
    const change = { grantNo: 1, next: included(1000), credits: by };
    expect(leftOf(allowed(replaceGrant(account, change)).account)).toEqual([0, left]);
  });
});

test('an invoice’s lines are paid grant after grant, each the lines that it may pay', () => {
  const account = accountWith([
    included(1000, { earmark: 'charge' }),
    included(1000),
    included(1000, { earmark: 'subscription' }),
  ]);
  const { account: after, payments } = payLines(account, [
    { id: 'a', kind: 'subscription', amountMicro: credits(1500) },
    { id: 'b', kind: 'charge', amountMicro: credits(600) },
  ]);
  expect(payments.map(({ parts }) => parts)).toEqual([
    [
      { source: 2, amountMicro: credits(1000) },
      { source: 3, amountMicro: credits(500) },
    ],
    [{ source: 1, amountMicro: credits(600) }],
  ]);
  expect(leftOf(after)).toEqual([400, 0, 500]);
});
