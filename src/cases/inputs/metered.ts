import {
  compareFractions,
  fraction,
  greaterFraction,
  lesserFraction,
  sumFractions,
  type Fraction,
} from '../../domain/values/fraction.ts';
import { chargedOnTop, type PriceModel, type Tier } from '../../domain/terms/pricing.ts';
import type { Answers } from '../answers.ts';
import { figureLike, mustBeFigure } from '../figures.ts';
import { inexpressible, undetermined } from '../unsupported.ts';
import { itemOf } from '../answers.ts';
import type { Inputs, TierInput } from './shape.ts';

/** Answers what a metered quantity costs. */
export function answerMetered(inputs: Inputs): Answers {
  const lines = chargedOnTop(modelOf(inputs), {
    before: figureOr(inputs.quantity_before, 'quantity_before', 0),
    now: notNegative(inputs.quantity),
  });
  const charged = lines.filter((line) => compareFractions(line, fraction(0)) !== 0);
  return {
    policy: `${inputs.model} price, exact`,
    answer: (asked, form) => {
      if (asked === 'amount') return figureLike(form, withinBounds(inputs, sumFractions(lines)));
      if (asked !== 'lines') return undefined;
      return charged.map((line, index) => figureLike(itemOf(form, index), line));
    },
  };
}

function notNegative(quantity: unknown): Fraction {
  const told = mustBeFigure(quantity, 'quantity');
  if (compareFractions(told, fraction(0)) < 0) throw inexpressible('a negative quantity');
  return told;
}

/** A price is at least the minimum, and at most the maximum. */
function withinBounds(inputs: Inputs, price: Fraction): Fraction {
  const atLeast =
    inputs.minimum === undefined
      ? price
      : greaterFraction(price, mustBeFigure(inputs.minimum, 'minimum'));
  return inputs.maximum === undefined
    ? atLeast
    : lesserFraction(atLeast, mustBeFigure(inputs.maximum, 'maximum'));
}

function modelOf(inputs: Inputs): PriceModel {
  const { model = '' } = inputs;
  switch (model) {
    case 'flat':
      return { model, amount: mustBeFigure(inputs.amount, 'amount') };
    case 'unit':
    case 'per_unit':
    case 'standard':
      return { model: 'perUnit', unit: mustBeFigure(inputs.unit ?? inputs.unit_amount, 'unit') };
    case 'graduated':
    case 'volume':
      return { model, tiers: tiersOf(inputs) };
    case 'package':
      return {
        model,
        size: mustBeFigure(inputs.package_size, 'package_size'),
        amount: mustBeFigure(inputs.package_amount, 'package_amount'),
        free: figureOr(inputs.free_units, 'free_units', 0),
      };
    default:
      throw inexpressible(`there is no price model "${model}"`);
  }
}

function tiersOf({ tiers }: Inputs): Tier[] {
  if (tiers === undefined || tiers.length === 0) throw undetermined('no tiers are given');
  return tiers.map((tier: TierInput) => ({
    upTo: tier.up_to === null ? null : mustBeFigure(tier.up_to, 'up_to'),
    unit: figureOr(tier.unit, 'unit', 0),
    flat: figureOr(tier.flat, 'flat', 0),
  }));
}

const figureOr = (value: unknown, name: string, otherwise: number): Fraction =>
  value === undefined ? fraction(otherwise) : mustBeFigure(value, name);
