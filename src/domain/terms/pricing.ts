/** Prices of a metered quantity, exact: nothing here rounds, the line that is invoiced does. */
import {
  addFractions,
  ceilingOf,
  compareFractions,
  fraction,
  greaterFraction,
  lesserFraction,
  multiplyFractions,
  subtractFractions,
  sumFractions,
  type Fraction,
} from '../values/fraction.ts';

/** One step of a tiered price; the tiers stand in ascending order, the last one is open. */
export type Tier = {
  /** The last unit of the tier, inclusive; `null`: everything above. */
  readonly upTo: Fraction | null;
  readonly unit: Fraction;
  readonly flat: Fraction;
};

/** How a quantity becomes a price. */
export type PriceModel =
  /** The same for any quantity. */
  | { readonly model: 'flat'; readonly amount: Fraction }
  | { readonly model: 'perUnit'; readonly unit: Fraction }
  /** Each tier prices its own units, and its flat fee once it is entered; the first one always. */
  | { readonly model: 'graduated'; readonly tiers: readonly Tier[] }
  /** The tier that holds the whole quantity prices all of it. */
  | { readonly model: 'volume'; readonly tiers: readonly Tier[] }
  /** Packages that have been started are charged whole, after the free units. */
  | {
      readonly model: 'package';
      readonly size: Fraction;
      readonly amount: Fraction;
      readonly free: Fraction;
    };

const nothing = fraction(0);

/** What a quantity costs by a price model; a defect for a negative quantity or tiers with gaps. */
export function priceOfQuantity(price: PriceModel, quantity: Fraction): Fraction {
  if (compareFractions(quantity, nothing) < 0) {
    throw new RangeError('a quantity is never negative');
  }
  switch (price.model) {
    case 'flat':
      return price.amount;
    case 'perUnit':
      return multiplyFractions(price.unit, quantity);
    case 'graduated':
      return sumFractions(graduatedLines(price.tiers, quantity));
    case 'volume':
      return volumePrice(price.tiers, quantity);
    case 'package':
      return packagePrice(price, quantity);
  }
}

/**
 * What is charged now for a quantity that comes on top of one already billed in the period, tier by
 * tier: the price of all of it less the price of what was billed [late usage is priced the same].
 */
export function chargedOnTop(
  price: PriceModel,
  usage: { readonly before: Fraction; readonly now: Fraction },
): Fraction[] {
  const after = addFractions(usage.before, usage.now);
  // Nothing was billed yet, not even what a quantity of zero costs.
  const isFirst = compareFractions(usage.before, nothing) === 0;
  if (price.model !== 'graduated') {
    const total = priceOfQuantity(price, after);
    return [isFirst ? total : subtractFractions(total, priceOfQuantity(price, usage.before))];
  }
  const lines = graduatedLines(price.tiers, after);
  if (isFirst) return lines;
  const billed = graduatedLines(price.tiers, usage.before);
  return lines.map((line, index) => subtractFractions(line, billed[index] ?? nothing));
}

function graduatedLines(tiers: readonly Tier[], quantity: Fraction): Fraction[] {
  mustAscend(tiers);
  return tiers.map((tier, index) => {
    const from = tiers[index - 1]?.upTo ?? nothing;
    const to = tier.upTo === null ? quantity : lesserFraction(tier.upTo, quantity);
    const units = greaterFraction(subtractFractions(to, from), nothing);
    const isEntered = index === 0 || compareFractions(units, nothing) > 0;
    const flat = isEntered ? tier.flat : nothing;
    return addFractions(flat, multiplyFractions(tier.unit, units));
  });
}

function volumePrice(tiers: readonly Tier[], quantity: Fraction): Fraction {
  mustAscend(tiers);
  const tier = tiers.find(({ upTo }) => upTo === null || compareFractions(quantity, upTo) <= 0);
  if (tier === undefined) throw new RangeError('the last tier must be open');
  return addFractions(tier.flat, multiplyFractions(tier.unit, quantity));
}

function packagePrice(
  price: Extract<PriceModel, { readonly model: 'package' }>,
  quantity: Fraction,
): Fraction {
  const charged = greaterFraction(subtractFractions(quantity, price.free), nothing);
  const inverse = fraction(price.size.whole, price.size.part);
  const packages = ceilingOf(multiplyFractions(charged, inverse));
  return multiplyFractions(price.amount, fraction(packages));
}

function mustAscend(tiers: readonly Tier[]): void {
  for (const [index, { upTo }] of tiers.entries()) {
    const before = tiers[index - 1]?.upTo ?? nothing;
    const isLast = index === tiers.length - 1;
    if (isLast ? upTo !== null : upTo === null || compareFractions(before, upTo) >= 0) {
      throw new RangeError('tiers must ascend, and only the last one is open');
    }
  }
}
