import { cyclesBilled, stubAfter, stubBefore } from '../../domain/terms/billing-cycles.ts';
import { roundFraction, type Fraction } from '../../domain/values/fraction.ts';
import { toDecimal } from '../../domain/values/money.ts';
import type { Answers } from '../answers.ts';
import { momentOf, monthsIn, zoneOf } from '../dates.ts';
import { sumText } from '../figures.ts';
import { undetermined } from '../unsupported.ts';
import type { Inputs } from './shape.ts';

/** Whether a case asks how many billing periods, or which part of one, is charged. */
export const asksForCycles = (inputs: Inputs, asked: readonly string[]): boolean =>
  asked.includes('billing_cycles') ||
  inputs.next_billing_date !== undefined ||
  inputs.billed_through !== undefined;

/** Answers in billing periods, as ratios of days. */
export function answerCycles(inputs: Inputs): Answers {
  const terms = cyclesOf(inputs);
  return {
    policy: 'by day: the part of the period that a stretch lies in',
    answer: (asked) => {
      if (asked === 'billing_cycles' || asked === 'fraction') return sumText(terms);
      return asked === 'decimal' ? decimalText(terms) : undefined;
    },
  };
}

/** Each part is rounded by itself, half away from zero to nine places, and then added. */
function decimalText(terms: readonly Fraction[]): string {
  const rounded = terms.map((term) => roundFraction(term, 9, 'halfAwayFromZero'));
  return toDecimal(
    rounded.reduce((sum, part) => sum + part, 0n),
    9,
  );
}

function cyclesOf(inputs: Inputs): Fraction[] {
  const timeZone = zoneOf(inputs.zone);
  const months = monthsIn(inputs.interval ?? 'month');
  const moment = (name: 'start' | 'end' | 'target' | 'next_billing_date' | 'billed_through') =>
    momentOf(inputs[name], timeZone, name);
  if (inputs.next_billing_date !== undefined) {
    const stretch = { start: moment('start'), end: moment('next_billing_date') };
    return [stubBefore(stretch, months, timeZone)];
  }
  if (inputs.billed_through !== undefined) {
    const stretch = { start: moment('billed_through'), end: moment('end') };
    return [stubAfter(stretch, months, timeZone)];
  }
  if (inputs.bill_day === undefined) throw undetermined('no bill day is given');
  const end = inputs.end === undefined ? null : moment('end');
  const until = inputs.target === undefined ? end : moment('target');
  if (until === null) throw undetermined('neither an end nor a target date is given');
  const subscription = { start: moment('start'), end, billDay: inputs.bill_day, months, timeZone };
  return cyclesBilled(subscription, until);
}
