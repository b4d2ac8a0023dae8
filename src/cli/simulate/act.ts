import { fromDecimal, minor, minorDigits } from '../../domain/values/money.ts';
import type { Terms } from '../../domain/terms/terms.ts';
import type { Act } from '../../foresight/simulate.ts';
import { cardFrom, countFrom, instantFrom, intervalFrom } from '../foresight/arguments.ts';
import { CannotForesee } from '../foresight/cannot-foresee.ts';
import { findPlan } from '../foresight/catalog-file.ts';
import { contractFrom } from './contract-act.ts';

export const actFormat = `ACT is a day or instant and what the customer does then, in quotes:
  '2026-06-15 plan team year'   changes the plan (interval: month if not said)
  '2026-06-15 topUp 25.00'      buys credits for that price
  '2026-06-15 seats 5'          has that many seats
  '2026-06-15 join ana'         a member joins; leave ana: leaves
  '2026-06-15 card declines'    the card works, declines or is none from then on
  '2026-06-15 cancel'           cancels at the end of the period
  '2026-06-15 contract enterprise base=900.00 credits=500 months=12'
                                comes under a contract; also: by, seat, seatCredits, net, follows`;

/** What a customer does, from one `--act`. */
export function actFrom(text: string, terms: Terms): Act {
  const [when = '', verb = '', what = '', by = 'month', ...more] = text.trim().split(/\s+/);
  const at = instantFrom(when);
  if (verb === 'contract') {
    const words = text.trim().split(/\s+/).slice(2);
    return { at, do: 'contract', contract: contractFrom(words, terms) };
  }
  if (more.length > 0) throw new CannotForesee(`"${text}" says too much\n${actFormat}`);
  switch (verb) {
    case 'plan': {
      const interval = intervalFrom(by);
      return { at, do: 'changePlan', plan: findPlan(terms, what, interval).id, interval };
    }
    case 'topUp':
      return { at, do: 'topUp', priceMinor: priceFrom(what, terms) };
    case 'seats':
      return { at, do: 'seats', count: countFrom(what, 'seats', 100_000) };
    case 'join':
    case 'leave':
      if (what === '') throw new CannotForesee(`"${text}" names no member`);
      return { at, do: verb, member: what };
    case 'card':
      return { at, do: 'card', card: cardFrom(what) };
    case 'cancel':
      return { at, do: 'cancel' };
    default:
      throw new CannotForesee(`"${text}" is no act\n${actFormat}`);
  }
}

function priceFrom(text: string, { currency }: Terms) {
  const units = fromDecimal(text, minorDigits(currency));
  if (units !== undefined && units > 0n) return minor(units);
  throw new CannotForesee(`"${text}" is no price in ${currency}, like 25.00`);
}
