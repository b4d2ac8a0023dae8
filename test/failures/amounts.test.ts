import { describe, expect, test } from 'vitest';
import { fraction } from '../../src/domain/values/fraction.ts';
import { claimMoneyBack } from '../../src/domain/invoices/money-back.ts';
import { showMoney } from '../../src/domain/values/money-text.ts';
import { micro, minor, minorDigits } from '../../src/domain/values/money.ts';
import { priceAfterDiscount } from '../../src/domain/life/proration.ts';
import type { RateCard, Tokens } from '../../src/domain/terms/rate-card.ts';
import { rateTokens } from '../../src/domain/terms/rating.ts';

const at = '2026-01-10T00:00:00.000Z';

/** Stories of amounts that other engines got wrong; each title ends with where it is told. */
const card: RateCard = {
  version: 1,
  source: { kind: 'fixed' },
  items: {
    opus: {
      ...{ unit: 'tokens', name: 'Opus', modality: 'text', perTokens: 1_000_000 },
      inputMicro: micro(5_000_000),
      cacheReadMicro: micro(500_000),
      cacheWriteMicro: micro(6_250_000),
      outputMicro: micro(25_000_000),
    },
  },
};

const costOf = (tokens: Tokens): bigint => {
  const rated = rateTokens({ card, model: 'opus', tokens, at });
  if (!rated.ok) throw new Error(rated.refusal.kind);
  return rated.value.amountMicro;
};

describe('tokens that were cached', () => {
  test('6 in, 159,217 written, 2,745 out cost 1.06376125 https://github.com/maximhq/bifrost/issues/3451', () => {
    // 1.06376125 is exact; credits have six digits, so it is rounded once, half away from zero.
    expect(costOf({ input: 6, cacheWrite: 159_217, output: 2_745 })).toBe(1_063_761n);
    const hundredfold = { input: 600, cacheWrite: 15_921_700, output: 274_500 };
    expect(costOf(hundredfold)).toBe(106_376_125n);
  });

  test('are priced in one bucket each https://github.com/langwatch/langwatch/issues/7018', () => {
    const million = 1_000_000;
    expect(costOf({ cacheRead: million })).toBe(500_000n);
    expect(costOf({ cacheWrite: million })).toBe(6_250_000n);
    expect(costOf({ input: million, cacheRead: million, cacheWrite: million })).toBe(11_750_000n);
  });
});

test('80 yen are 80 of the smallest unit https://github.com/Paymenter/Paymenter/issues/1258', () => {
  expect([minorDigits('jpy'), minorDigits('usd'), minorDigits('bhd')]).toEqual([0, 2, 3]);
  expect(showMoney(80n, 'jpy')).toBe('¥80');
});

test('14.29 and 24 % are 17.72 https://github.com/getlago/lago-api/pull/4642', () => {
  const taxed = { kind: 'percent', percent: fraction(-24) } as const;
  expect(priceAfterDiscount({ unitMinor: minor(1_429), quantity: 1, discount: taxed })).toBe(
    1_772n,
  );
});

describe('money that goes back in parts', () => {
  const bought = { paidMinor: minor(2_000), creditsMicro: micro(25_000_000), disputes: [] };
  const taken = (...refunds: readonly number[]): bigint[] =>
    refunds.map(
      (refunded) => claimMoneyBack({ ...bought, refundedMinor: minor(refunded) }).refundedMicro,
    );

  test('takes a share of the first grant https://github.com/ChuanQiao1128/replyinmyvoice/issues/301', () => {
    // Two refunds of 5 dollars, told as totals: half of the credits in all, however often told.
    expect(taken(500, 1_000, 1_000)).toEqual([6_250_000n, 12_500_000n, 12_500_000n]);
  });

  test('takes the sum in the end https://github.com/anomalyco/opencode/pull/28400', () => {
    expect(taken(1, 2_000)).toEqual([12_500n, 25_000_000n]);
  });

  test('a dispute that is won nets to zero https://github.com/pocketpaw/pocketpaw/pull/2041', () => {
    const won = { dispute: 'du_1', state: 'won', amountMinor: minor(2_000) } as const;
    const claims = claimMoneyBack({ ...bought, refundedMinor: minor(0), disputes: [won] });
    expect(claims).toEqual({
      refundedMicro: 0n,
      disputes: [{ dispute: 'du_1', claim: { kind: 'none' } }],
    });
  });
});
