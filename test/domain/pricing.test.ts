import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addFractions,
  compareFractions,
  fraction,
  parseDecimal,
  sumFractions,
  type Fraction,
} from '../../src/domain/values/fraction.ts';
import {
  chargedOnTop,
  priceOfQuantity,
  type PriceModel,
  type Tier,
} from '../../src/domain/terms/pricing.ts';

const exact = (text: string): Fraction => parseDecimal(text) ?? fraction(0);
const tier = (upTo: string | null, unit: string, flat: string): Tier => ({
  upTo: upTo === null ? null : exact(upTo),
  unit: exact(unit),
  flat: exact(flat),
});
const tiers = [tier('10', '10', '2'), tier('20', '5', '3'), tier(null, '5', '3')];
const graduated: PriceModel = { model: 'graduated', tiers };
const volume: PriceModel = {
  model: 'volume',
  tiers: [tier('5', '0', '100'), tier('15', '10', '0'), tier(null, '5', '0')],
};
const packages: PriceModel = {
  model: 'package',
  size: exact('10'),
  amount: exact('100'),
  free: exact('5'),
};

describe('the price of a quantity', () => {
  test.each<[string, PriceModel, string, string]>([
    ['flat, whatever the quantity', { model: 'flat', amount: exact('9') }, '1000', '9'],
    ['by the unit', { model: 'perUnit', unit: exact('0.25') }, '1.5', '0.375'],
    ['graduated: the first flat fee is due at nothing', graduated, '0', '2'],
    ['graduated: the last unit of a tier is its own', graduated, '10', '102'],
    ['graduated: the next tier adds its own flat fee', graduated, '11', '110'],
    ['graduated: over all tiers', graduated, '21', '163'],
    ['volume: within the first tier', volume, '5', '100'],
    ['volume: one tier prices all of it', volume, '15', '150'],
    ['volume: more may cost less', volume, '16', '80'],
    ['packages: free units cost nothing', packages, '5', '0'],
    ['packages: a started one is charged whole', packages, '16', '200'],
    ['packages: a full one begins no other', packages, '15', '100'],
  ])('%s', (_name, model, quantity, price) => {
    expect(priceOfQuantity(model, exact(quantity))).toEqual(exact(price));
  });

  test('is exact where binary numbers are not', () => {
    const model: PriceModel = {
      model: 'graduated',
      tiers: [tier('0.1', '10', '0'), tier(null, '5', '0')],
    };
    expect(priceOfQuantity(model, exact('0.5'))).toEqual(exact('3'));
  });

  test.each([
    ['a negative quantity', graduated, '-1'],
    [
      'tiers that do not ascend',
      { ...graduated, tiers: [tier('5', '1', '0'), tier('5', '1', '0')] },
      '1',
    ],
    ['a last tier that ends', { ...volume, tiers: [tier('5', '1', '0')] }, '1'],
  ])('of %s is a defect', (_name, model, quantity) => {
    expect(() => priceOfQuantity(model, exact(quantity))).toThrow(RangeError);
  });
});

test('what comes on top is priced where it lies, tier by tier', () => {
  const model: PriceModel = {
    model: 'graduated',
    tiers: [tier('5', '0', '100'), tier('15', '5', '0'), tier(null, '1', '0')],
  };
  const lines = chargedOnTop(model, { before: exact('12'), now: exact('10') });
  expect(lines).toEqual([exact('0'), exact('15'), exact('7')]);
});

test('charging in parts comes to the same as charging at once', () => {
  const quantities = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(fc.constantFrom(graduated, volume, packages), quantities, (model, parts) => {
      let before = fraction(0);
      const charges: Fraction[] = [];
      for (const part of parts) {
        charges.push(...chargedOnTop(model, { before, now: fraction(part) }));
        before = addFractions(before, fraction(part));
      }
      expect(sumFractions(charges)).toEqual(priceOfQuantity(model, before));
    }),
  );
});

test('a graduated price never falls as the quantity rises', () => {
  const counts = fc.integer({ min: 0, max: 60 });
  fc.assert(
    fc.property(counts, counts, (count, more) => {
      const less = priceOfQuantity(graduated, fraction(count));
      expect(
        compareFractions(less, priceOfQuantity(graduated, fraction(count + more))),
      ).toBeLessThan(1);
    }),
  );
});
