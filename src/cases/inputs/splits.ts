import { fraction, roundFraction, type Fraction } from '../../domain/values/fraction.ts';
import {
  allocate,
  minor,
  minorDigits,
  minus,
  plus,
  sum,
  toDecimal,
  type Minor,
  type Rounding,
} from '../../domain/values/money.ts';
import { taxLines } from '../../domain/terms/tax.ts';
import { itemOf, type Answers } from '../answers.ts';
import { moneyLike, moneyOf, mustBeFigure, type Json } from '../figures.ts';
import { inexpressible, undetermined } from '../unsupported.ts';
import type { Inputs } from './shape.ts';

const digitsOf = (inputs: Inputs): number => {
  const { precision, currency } = inputs;
  if (precision !== undefined) return precision;
  if (currency === undefined || currency === null) {
    throw undetermined('neither a precision nor a currency is given');
  }
  return minorDigits(currency);
};

const roundings: Readonly<Record<string, Rounding>> = {
  half_up: 'halfAwayFromZero',
  half_away_from_zero: 'halfAwayFromZero',
  half_down: 'halfTowardsZero',
  half_even: 'halfToEven',
  bankers: 'halfToEven',
  down: 'down',
  truncate: 'down',
  up: 'up',
};

/** The rounding that a case names; without a name, half away from zero. */
export function roundingOf(name: string | undefined): Rounding {
  const word = (name ?? 'half_up').toLowerCase().replaceAll(/[\s-]/g, '_');
  const rounding = Object.hasOwn(roundings, word) ? roundings[word] : undefined;
  if (rounding === undefined) throw inexpressible(`there is no rounding "${name}"`);
  return rounding;
}

/** Answers what an amount is in a currency's precision. */
export function answerRounding(inputs: Inputs): Answers {
  const digits = digitsOf(inputs);
  const rounding = roundingOf(inputs.rounding);
  const exact = mustBeFigure(inputs.amount, 'amount');
  return {
    policy: `${digits} digits, ${rounding}`,
    answer: (asked) =>
      asked === 'amount' ? toDecimal(roundFraction(exact, digits, rounding), digits) : undefined,
  };
}

/** Answers how an amount is split by weights, with nothing lost. */
export function answerAllocation(inputs: Inputs): Answers {
  const digits = digitsOf(inputs);
  const amount = unitsOf(mustBeFigure(inputs.amount, 'amount'), digits);
  const weights = (inputs.weights ?? []).map((weight) => mustBeFigure(weight, 'weights'));
  const parts = allocate(amount, inOneUnit(weights)).map((part) => toDecimal(part, digits));
  return {
    policy: 'largest remainder, equal remainders to the earlier part',
    answer: (asked) => (asked === 'parts' ? parts : undefined),
  };
}

function unitsOf(exact: Fraction, digits: number): Minor {
  if (10n ** BigInt(digits) % exact.whole !== 0n) {
    throw inexpressible(`the amount has more than ${digits} digits`);
  }
  return minor(roundFraction(exact, digits, 'halfAwayFromZero'));
}

/** Ratios as integers of one common unit. */
function inOneUnit(weights: readonly Fraction[]): bigint[] {
  const common = weights.reduce((unit, { whole }) => unit * whole, 1n);
  return weights.map(({ part, whole }) => part * (common / whole));
}

/** Answers for lines with a discount on all of them and a tax rate each. */
export function answerTaxedLines(inputs: Inputs): Answers {
  const currency = inputs.currency ?? null;
  const amounts = (inputs.lines ?? []).map((line) => moneyOf(line, currency, 'lines'));
  const lines = amounts.map((amountMinor, index) => ({
    amountMinor,
    taxPercent: mustBeFigure(inputs.tax_rates?.[index] ?? inputs.tax_rate ?? 0, 'tax_rates'),
  }));
  const discount = moneyOf(inputs.discount ?? 0, currency, 'discount');
  const taxed = taxLines(lines, discount);
  const net = minus(sum(amounts), discount);
  const tax = sum(taxed.map(({ taxMinor }) => taxMinor));
  const totals: Readonly<Record<string, Minor>> = {
    net,
    tax,
    discount,
    invoice_total: plus(net, tax),
  };
  const lists: Readonly<Record<string, readonly Minor[]>> = {
    discount_lines: taxed.map(({ discountMinor }) => discountMinor),
    net_lines: taxed.map(({ netMinor }) => netMinor),
    tax_lines: taxed.map(({ taxMinor }) => taxMinor),
  };
  return {
    policy: 'the discount by largest remainder, tax line by line on what is left',
    answer: (asked, form): Json | undefined => {
      const total = Object.hasOwn(totals, asked) ? totals[asked] : undefined;
      if (total !== undefined) return moneyLike(form, total, currency);
      const list = Object.hasOwn(lists, asked) ? lists[asked] : undefined;
      return list?.map((amount, index) => moneyLike(itemOf(form, index), amount, currency));
    },
  };
}

/** A percentage as it stands; none is 0. */
export const percentOf = (value: unknown, name: string): Fraction =>
  value === undefined ? fraction(0) : mustBeFigure(value, name);
