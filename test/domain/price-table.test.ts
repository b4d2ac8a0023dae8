import { describe, expect, test } from 'vitest';
import { loadCatalogs } from '../../src/catalog/load.ts';
import { compareFeatures, quoteFor } from '../../src/domain/terms/price-table.ts';
import { planOf, type Terms } from '../../src/domain/terms/terms.ts';

const all = loadCatalogs('catalogs');
const termsOf = (product: string): Terms => {
  const terms = all.find((each) => each.product === product);
  if (terms === undefined) throw new Error(`there is no catalog ${product}`);
  return terms;
};
const quote = (product: string, plan: string, seats: number) =>
  quoteFor(planOf(termsOf(product), plan), seats);

describe('a plan at a number of seats', () => {
  test.each([
    ['team', 'team', 1, 6_100n, 58_800n, 197], // $49 a month by the year instead of $61
    ['team', 'team', 5, 10_900n, 106_800n, 183], // $89 a month by the year instead of $109
    ['team', 'team', 25, 34_900n, 346_800n, 172],
    ['studio', 'pro', 1, 3_000n, 29_880n, 170],
    ['studio', 'pro', 7, 21_000n, 209_160n, 170],
    ['studio', 'free', 3, 0n, null, null],
    ['agents', 'pro', 1, 4_900n, 49_000n, 167],
    ['agents', 'enterprise', 1, null, null, null],
  ] as const)('%s %s, %d: what it costs and what a year saves [K4 0.25 2.07 2.08]', (...row) => {
    const [product, plan, seats, month, year, saves] = row;
    expect(quote(product, plan, seats)).toMatchObject({
      prices: { month, year },
      savesPermille: { year: saves },
    });
  });

  test('a credit gets cheaper from plan to plan [1.18]', () => {
    const costs = ['starter', 'pro', 'team'].map(
      (plan) => quote('studio', plan, 4).creditMicroMinor,
    );
    expect(costs).toEqual([75_000_000n, 66_666_667n, 60_000_000n]);
  });

  test('a credit of the team pool costs less than a cent [2.13]', () => {
    expect(quote('team', 'team', 5)).toMatchObject({
      includedMicro: 13_000_000_000n,
      creditMicroMinor: 838_462n,
    });
  });

  test('nothing is said of a credit where nothing is paid, or nothing included', () => {
    expect(quote('studio', 'free', 1).creditMicroMinor).toBeNull();
    expect(quote('agents', 'enterprise', 1).creditMicroMinor).toBeNull();
  });
});

test('the comparison has a row for every feature, and no where a plan does not name it [0.24]', () => {
  expect(compareFeatures(termsOf('team').plans)).toEqual([
    { feature: 'support', values: ['community', 'email', 'email', 'dedicated'] },
    { feature: 'sso', values: [false, false, false, true] },
    { feature: 'dpa', values: [false, false, false, true] },
    { feature: 'customVolume', values: [false, false, false, true] },
  ]);
});
