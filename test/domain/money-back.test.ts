import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { claimMoneyBack, type DisputedMoney } from '../../src/domain/invoices/money-back.ts';
import { micro, minor } from '../../src/domain/values/money.ts';

/** 25 credits for 20.00. */
const bought = { paidMinor: minor(2000), creditsMicro: micro(25_000_000) };

const dispute = (state: DisputedMoney['state'], amount = 2000, id = 'du_1'): DisputedMoney => ({
  dispute: id,
  state,
  amountMinor: minor(amount),
});

describe('what refunds and disputes claim of a top-up', () => {
  test.each([
    ['nothing for a refund of nothing', 0, 0n],
    ['in proportion to what was paid', 500, 6_250_000n],
    ['rounded down', 1, 12_500n],
    ['all of it for all of the money', 2000, 25_000_000n],
    ['never more than was granted', 2500, 25_000_000n],
  ])('%s: refunded %d', (_rule, refunded, claimed) => {
    const money = { ...bought, refundedMinor: minor(refunded), disputes: [] };
    expect(claimMoneyBack(money).refundedMicro).toBe(claimed);
  });

  test.each([
    ['open', { kind: 'frozen', amountMicro: 25_000_000n }],
    ['withdrawn', { kind: 'reversed', amountMicro: 25_000_000n }],
    ['lost', { kind: 'reversed', amountMicro: 25_000_000n }],
    ['won', { kind: 'none' }],
  ] as const)('a dispute that is %s: %o', (state, claim) => {
    const money = { ...bought, refundedMinor: minor(0), disputes: [dispute(state)] };
    expect(claimMoneyBack(money).disputes).toEqual([{ dispute: 'du_1', claim }]);
  });

  test('a dispute of what is left after a refund claims the rest, not the whole again', () => {
    const money = { ...bought, refundedMinor: minor(500), disputes: [dispute('lost')] };
    expect(claimMoneyBack(money)).toEqual({
      refundedMicro: 6_250_000n,
      disputes: [{ dispute: 'du_1', claim: { kind: 'reversed', amountMicro: 18_750_000n } }],
    });
  });

  test('a second dispute of money that is gone claims nothing', () => {
    const disputes = [dispute('lost'), dispute('open', 2000, 'du_2')];
    const money = { ...bought, refundedMinor: minor(0), disputes };
    expect(claimMoneyBack(money).disputes[1]).toEqual({
      dispute: 'du_2',
      claim: { kind: 'none' },
    });
  });

  test('is never more than was granted, whatever went back', () => {
    const amount = fc.integer({ min: 0, max: 5000 });
    const state = fc.constantFrom('open', 'withdrawn', 'lost', 'won');
    const programs = fc.record({
      paid: fc.integer({ min: 1, max: 5000 }),
      credits: fc.integer({ min: 1, max: 1_000_000_000 }),
      refunded: amount,
      disputes: fc.array(fc.tuple(state, amount), { maxLength: 4 }),
    });
    fc.assert(
      fc.property(programs, ({ paid, credits, refunded, disputes }) => {
        const claims = claimMoneyBack({
          paidMinor: minor(paid),
          creditsMicro: micro(credits),
          refundedMinor: minor(refunded),
          disputes: disputes.map(([is, of], index) => dispute(is, of, `du_${index}`)),
        });
        const ofDisputes = claims.disputes.map(({ claim }) =>
          claim.kind === 'none' ? 0n : claim.amountMicro,
        );
        const all = ofDisputes.reduce((a, b) => a + b, BigInt(claims.refundedMicro));
        expect(all).toBeLessThanOrEqual(BigInt(credits));
        expect(ofDisputes.every((one) => one >= 0n)).toBe(true);
      }),
    );
  });
});
