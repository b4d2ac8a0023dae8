import type { Contract } from '../../domain/terms/contract.ts';
import {
  fromDecimal,
  micro,
  minor,
  minorDigits,
  type MicroCredits,
  type Minor,
} from '../../domain/values/money.ts';
import type { Terms } from '../../domain/terms/terms.ts';
import { countFrom, intervalFrom } from '../foresight/arguments.ts';
import { CannotForesee } from '../foresight/cannot-foresee.ts';
import { findPlan } from '../foresight/catalog-file.ts';

const format = `a contract is said so, in any order; what has a value here need not be:
  contract enterprise base=900.00 credits=500 months=12 by=month seat=0.00 seatCredits=0 net=30 follows=renew
  (follows=team:month: that plan, by that interval)`;

const usual = {
  ...{ by: 'month', seat: '0', seatCredits: '0', net: '30', follows: 'renew' },
} as const;

/** The contract that an act agrees on: the plan's name, then its figures as name=value. */
export function contractFrom(words: readonly string[], terms: Terms): Contract {
  const [plan = '', ...pairs] = words;
  if (!terms.plans.some(({ id, selfServe }) => id === plan && !selfServe)) {
    throw new CannotForesee(`"${plan}" is no plan that is sold by contract\n${format}`);
  }
  const said = new Map<string, string>(Object.entries(usual));
  for (const pair of pairs) {
    const [name = '', value = ''] = pair.split('=');
    if (!names.includes(name) || value === '') throw new CannotForesee(`"${pair}"? ${format}`);
    said.set(name, value);
  }
  const figure = (name: string): string => {
    const value = said.get(name);
    if (value !== undefined) return value;
    throw new CannotForesee(`the contract has no ${name}: ${format}`);
  };
  const price = (name: string): Minor => priceFrom(figure(name), terms.currency);
  return {
    plan,
    interval: intervalFrom(figure('by')),
    price: { baseMinor: price('base'), perSeatMinor: price('seat') },
    included: {
      baseMicro: creditsFrom(figure('credits')),
      perSeatMicro: creditsFrom(figure('seatCredits')),
    },
    months: countFrom(figure('months'), 'months', 120),
    netDays: figure('net') === '0' ? 0 : countFrom(figure('net'), 'net', 120),
    purchaseOrder: null,
    follows: followsFrom(figure('follows'), terms),
  };
}

const names: readonly string[] = ['base', 'credits', 'months', ...Object.keys(usual)];

function followsFrom(text: string, terms: Terms): Contract['follows'] {
  if (text === 'renew') return text;
  const [plan = '', by = 'month'] = text.split(':');
  const interval = intervalFrom(by);
  return { plan: findPlan(terms, plan, interval).id, interval };
}

function priceFrom(text: string, currency: string): Minor {
  const units = fromDecimal(text, minorDigits(currency));
  if (units !== undefined && units >= 0n) return minor(units);
  throw new CannotForesee(`"${text}" is no price in ${currency}, like 25.00`);
}

function creditsFrom(text: string): MicroCredits {
  const units = fromDecimal(text, 6);
  if (units !== undefined && units >= 0n) return micro(units);
  throw new CannotForesee(`"${text}" is no number of credits, like 500`);
}
