import { overageMicro, totalOf } from '../../domain/credits/credit-account.ts';
import {
  addFractions,
  fraction,
  multiplyFractions,
  roundFraction,
  type Fraction,
} from '../../domain/values/fraction.ts';
import { minor, sum, type MicroCredits } from '../../domain/values/money.ts';
import {
  creditsOf,
  creditsShown,
  figureLike,
  moneyLike,
  mustBeFigure,
  type Json,
} from '../figures.ts';
import type { World } from './world.ts';

/** Answers in money: what is invoiced, and what credits are worth. */
export function moneyAnswer(world: World, asked: string, form: unknown): Json | undefined {
  switch (asked) {
    case 'invoice':
      return figureLike(form, invoiced(world));
    case 'money_start':
      return worth(world, totalOf(world.account, 'granted'), form);
    case 'money_left':
      return worth(world, left(world), form);
    default:
      return undefined;
  }
}

/** Usage that no credits covered, and what was bought by the pack. */
function invoiced({ account, terms, purchases }: World): Fraction {
  const uncovered = creditsShown(overageMicro(account));
  const { pack, price } = terms.words;
  if (pack === undefined || price === undefined) return uncovered;
  const packSize = creditsOf(pack, 'pack');
  const packs = fraction(sum(purchases), packSize);
  return addFractions(uncovered, multiplyFractions(packs, mustBeFigure(price, 'price')));
}

const left = ({ account }: World): MicroCredits =>
  sum(account.grants.map(({ remainingMicro }) => remainingMicro));

/** Credits in minor units by the case's rate, half away from zero; `undefined` without a rate. */
function worth({ terms }: World, amount: MicroCredits, form: unknown): Json | undefined {
  const { rate } = terms.words;
  if (rate === undefined) return undefined;
  const money = multiplyFractions(creditsShown(amount), mustBeFigure(rate, 'rate'));
  return moneyLike(form, minor(roundFraction(money, 2, 'halfAwayFromZero')), null);
}
