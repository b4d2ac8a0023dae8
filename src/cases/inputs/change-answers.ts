import {
  greater,
  lesser,
  minor,
  negate,
  plus,
  prorate,
  sum,
  toDecimal,
  type Minor,
} from '../../domain/values/money.ts';
import { fraction, multiplyFractions, roundFraction } from '../../domain/values/fraction.ts';
import { chargeAboveHighest, prorateChange } from '../../domain/life/proration.ts';
import { taxOn } from '../../domain/terms/tax.ts';
import { itemOf, type Answers } from '../answers.ts';
import { moneyLike, moneyOf, type Json } from '../figures.ts';
import { undetermined } from '../unsupported.ts';
import { changeOf, fullPrice, type ChangeFacts } from './change.ts';
import type { Inputs } from './shape.ts';
import { shareOf } from './share.ts';
import { percentOf, roundingOf } from './splits.ts';

/** Answers in money for a change of price, a first or last period, or several changes in one. */
export function answerChange(
  inputs: Inputs,
  tags: readonly string[],
  asked: readonly string[],
): Answers {
  if (inputs.one_time !== undefined) return answerOneTime(inputs, inputs.one_time);
  if (inputs.sequence !== undefined) return answerSequence(inputs, inputs.sequence);
  if (inputs.changes !== undefined) return answerChanges(inputs, inputs.changes, tags);
  if (inputs.amounts !== undefined) return answerAmounts(inputs, inputs.amounts, tags);
  if (isRenewal(inputs)) return answerRenewal(inputs);
  return answerOneChange(inputs, changeOf(inputs, tags), asked);
}

function answerOneTime(inputs: Inputs, amount: unknown): Answers {
  const currency = inputs.currency ?? null;
  const lines = prorateChange({
    oldMinor: null,
    newMinor: moneyOf(amount, currency, 'one_time'),
    share: { part: 0, whole: 1 },
    // What is bought once begins no stretch of a period: it is due whole.
    anchor: 'restart',
    rounding: roundingOf(inputs.rounding),
  });
  return {
    policy: 'a one-time fee is never prorated',
    answer: (asked, form) =>
      asked === 'charge' ? moneyLike(form, lines.netMinor, currency) : undefined,
  };
}

function answerSequence(inputs: Inputs, quantities: readonly number[]): Answers {
  if (inputs.prorated !== false) throw undetermined('when the quantities changed is not given');
  const currency = inputs.currency ?? null;
  const unit = moneyOf(inputs.unit_amount, currency, 'unit_amount');
  const charges = chargeAboveHighest(unit, quantities);
  return {
    policy: 'not prorated: only what is above the most paid before',
    answer: (asked, form) =>
      asked === 'invoices'
        ? charges.map((charge, index) => moneyLike(itemOf(form, index), charge, currency))
        : undefined,
  };
}

function answerChanges(
  inputs: Inputs,
  changes: NonNullable<Inputs['changes']>,
  tags: readonly string[],
): Answers {
  const currency = inputs.currency ?? null;
  const each = changes.map(
    (change) =>
      changeOf(
        { ...inputs, change_at: change.at, old_amount: change.old, new_amount: change.new },
        tags,
      ).lines,
  );
  const lines = each.flatMap(({ creditMinor, chargeMinor }) =>
    [creditMinor, chargeMinor].filter((line) => line !== null),
  );
  const net = sum(each.map(({ netMinor }) => netMinor));
  return {
    policy: 'each change prorates the full price of the plan being left',
    answer: (asked, form) => {
      if (asked === 'net') return moneyLike(form, net, currency);
      if (asked !== 'lines') return undefined;
      return lines.map((line, index) => moneyLike(itemOf(form, index), line, currency));
    },
  };
}

function answerAmounts(
  inputs: Inputs,
  amounts: readonly unknown[],
  tags: readonly string[],
): Answers {
  const currency = inputs.currency ?? null;
  const share = shareOf(inputs, tags);
  const rounding = roundingOf(inputs.rounding);
  const charges = amounts.map((amount) =>
    prorate(moneyOf(amount, currency, 'amounts'), share, rounding),
  );
  return {
    policy: share.policy,
    answer: (asked, form) =>
      asked === 'charges'
        ? charges.map((charge, index) => moneyLike(itemOf(form, index), charge, currency))
        : undefined,
  };
}

/** A change of quantity at the very beginning of a period. */
const isRenewal = (inputs: Inputs): boolean =>
  inputs.old_quantity !== undefined &&
  inputs.change_at !== undefined &&
  inputs.change_at === (inputs.period?.split('..')[0] ?? inputs.period_start);

/** A change that waits for the end of its period prorates nothing: the next invoice is just other. */
function answerRenewal(inputs: Inputs): Answers {
  const currency = inputs.currency ?? null;
  const oldMinor = fullPrice(inputs, 'old', currency);
  const newMinor = fullPrice(inputs, 'new', currency);
  if (oldMinor === null || newMinor === null) throw undetermined('a price is not given');
  return {
    policy: 'the change is the renewal itself, so nothing is prorated',
    answer: (asked, form) => {
      if (asked === 'prorations') return 0;
      if (asked === 'old_invoice') return moneyLike(form, oldMinor, currency);
      return asked === 'new_invoice' ? moneyLike(form, newMinor, currency) : undefined;
    },
  };
}

function answerOneChange(inputs: Inputs, facts: ChangeFacts, allAsked: readonly string[]): Answers {
  return {
    policy: `${facts.share.policy}, ${facts.rounding}, each line by itself`,
    answer: (asked, form) => {
      if (asked === 'precise') return preciseCharge(facts);
      if (asked === 'prorations') return prorations(facts);
      const amount = amountAsked(inputs, facts, asked, allAsked);
      if (amount === undefined) return undefined;
      return amount === null ? null : moneyLike(form, amount, facts.currency);
    },
  };
}

function amountAsked(
  inputs: Inputs,
  facts: ChangeFacts,
  asked: string,
  allAsked: readonly string[],
): Minor | null | undefined {
  const { creditMinor, chargeMinor, netMinor } = facts.lines;
  const nothing = minor(0);
  switch (asked) {
    case 'credit':
    case 'repair_credit':
      return creditMinor;
    case 'uncapped_repair':
      return facts.uncappedMinor;
    case 'charge':
    case 'recurring_charge':
    case 'charge_at_trial_end':
      return chargeMinor;
    case 'net':
      return netMinor;
    // More credited than charged stays on the account; it pays what is due of the next change.
    case 'account_credit':
      return greater(nothing, negate(netMinor));
    case 'account_credit_used':
      return negate(creditUsed(inputs, greater(nothing, netMinor)));
    case 'renewal_line':
    case 'new_invoice':
      return renewal(facts);
    case 'old_invoice':
      return facts.oldMinor;
    case 'invoice_total':
      return invoiceTotal(inputs, facts, allAsked);
    default:
      return taxAsked(inputs, facts, asked);
  }
}

/** What is due is paid by the account's credit, as far as that is said to go. */
const creditUsed = ({ account_credit: held, currency }: Inputs, due: Minor): Minor =>
  held === undefined ? due : lesser(due, moneyOf(held, currency ?? null, 'account_credit'));

/** The next period's full price, which a preview shows beside the lines of the change. */
function renewal({ newMinor }: ChangeFacts): Minor {
  if (newMinor === null) throw undetermined('the price of the next period is not given');
  return newMinor;
}

function invoiceTotal(inputs: Inputs, facts: ChangeFacts, asked: readonly string[]): Minor {
  const { lines, oldMinor, newMinor } = facts;
  if (asked.includes('renewal_line')) return plus(lines.netMinor, renewal(facts));
  if (inputs.tax_rate === undefined) return lines.netMinor;
  const full = newMinor ?? oldMinor;
  if (full === null) throw undetermined('the price of the invoice is not given');
  return plus(full, taxOn(full, percentOf(inputs.tax_rate, 'tax_rate')));
}

/** Taxes of a change: of the credit for `tax`, of the invoice that was credited for `invoice_tax`. */
function taxAsked(inputs: Inputs, facts: ChangeFacts, asked: string): Minor | null | undefined {
  const rate = percentOf(inputs.tax_rate, 'tax_rate');
  const { creditMinor, chargeMinor } = facts.lines;
  const withTax = (net: Minor | null): Minor | null =>
    net === null ? null : plus(net, taxOn(net, rate));
  switch (asked) {
    case 'tax': {
      const net = creditMinor ?? chargeMinor;
      return net === null ? null : taxOn(net, rate);
    }
    case 'credit_incl_tax':
      return withTax(creditMinor);
    case 'charge_incl_tax':
      return withTax(chargeMinor);
    case 'invoice_tax': {
      const full = facts.newMinor ?? facts.oldMinor;
      return full === null ? null : taxOn(full, rate);
    }
    default:
      return undefined;
  }
}

/** How many lines a change within a period has. */
const prorations = ({ lines }: ChangeFacts): number =>
  [lines.creditMinor, lines.chargeMinor].filter((line) => line !== null && line !== 0n).length;

/** The exact charge, to more digits than a binary number has. */
function preciseCharge({ newMinor, share }: ChangeFacts): Json | undefined {
  if (newMinor === null) return undefined;
  const exact = multiplyFractions(fraction(newMinor), fraction(share.part, share.whole));
  return toDecimal(roundFraction(exact, 20, 'halfAwayFromZero'), 20);
}
