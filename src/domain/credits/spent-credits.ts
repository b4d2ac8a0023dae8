import { isBefore, latest, type Instant, type Period } from '../values/calendar.ts';
import { issue, waitForInvoice } from '../invoices/invoice.ts';
import type { InvoiceLine, Lifecycle, Step, Window } from '../life/lifecycle.ts';
import { greater, lesser, minor, minus, negate, plus, prorate } from '../values/money.ts';
import type { Minor } from '../values/money.ts';
import type { SpentCreditsFact } from '../life/spent-credits-fact.ts';
import { paidOf, stay, updatePaid } from '../life/stepping.ts';
import type { Terms } from '../terms/terms.ts';

/**
 * What a term costs from an instant to the end of the running window, or of the term if that ends before, in
 * minor units. `restOf` prices the rest of the term from an instant on.
 */
export function restOfWindow(
  time: { readonly at: Instant; readonly window: Window; readonly term: Period },
  restOf: (at: Instant) => Minor,
): { readonly amountMinor: Minor; readonly until: Instant } {
  const { at, window, term } = time;
  const rest = restOf(at);
  if (window.end === null || !isBefore(window.end, term.end)) {
    return { amountMinor: rest, until: term.end };
  }
  const until = latest(at, window.end);
  return { amountMinor: greater(minor(0), minus(rest, restOf(until))), until };
}

/** Whether what is given back is held against its credits; where nothing was given, nothing is. */
export const isHeldAgainst = (terms: Terms, creditedMinor: Minor): boolean =>
  terms.planChange.spentCredits === 'charge' && creditedMinor > 0n;

/**
 * Takes back of what was given back the share whose credits were spent, in minor units, rounded half away from
 * zero. It waits for the next invoice.
 */
export function chargeSpentCredits(
  life: Lifecycle,
  terms: Terms,
  event: Omit<SpentCreditsFact, 'kind'> & { readonly at: Instant },
): Step {
  const { at, creditedMinor, wantedMicro, until, label } = event;
  const spent = { part: minus(wantedMicro, event.takenMicro), whole: wantedMicro };
  const amountMinor = prorate(creditedMinor, spent, 'halfAwayFromZero');
  if (amountMinor === 0n) return stay(life);
  const line = chargeLine(`Spent credits: ${event.description}`, amountMinor, {
    start: at,
    end: latest(at, until),
  });
  const paid = paidOf(life);
  if (paid === undefined) {
    const key = `spent:${at}:v${life.version}`;
    const period = line.period;
    return issue(terms, {
      ...{ key, reason: 'supplementary', issuedAt: at, period, lines: [line] },
    })(life);
  }
  const isOfSeats = event.of === 'seats' && paid.window.label === label;
  if (!isOfSeats) return waitForInvoice(life, [line]);
  const spentSeatsMinor = plus(paidForSeats(paid.window, at), amountMinor);
  const window = { ...paid.window, spentSeatsMinor, spentSeatsUntil: line.period.end };
  return waitForInvoice(updatePaid(life, { window }), [line]);
}

/** What is paid at this instant for seats that were removed: what a term before was charged for is over. */
const paidForSeats = ({ spentSeatsMinor, spentSeatsUntil }: Window, at: Instant): Minor =>
  spentSeatsUntil !== undefined && !isBefore(at, spentSeatsUntil)
    ? minor(0)
    : (spentSeatsMinor ?? minor(0));

/** Seats that come back in the window that they were paid for are not paid twice; minor units. */
export function creditPaidSeats(
  life: Lifecycle,
  seats: { readonly chargedMinor: Minor; readonly description: string; readonly period: Period },
): Step {
  const paid = paidOf(life);
  if (paid === undefined) return stay(life);
  const known = paidForSeats(paid.window, seats.period.start);
  const amountMinor = lesser(known, seats.chargedMinor);
  if (amountMinor <= 0n) return stay(life);
  const window = { ...paid.window, spentSeatsMinor: minus(known, amountMinor) };
  const line = chargeLine(`Paid already: ${seats.description}`, negate(amountMinor), seats.period);
  return waitForInvoice(updatePaid(life, { window }), [line]);
}

const chargeLine = (description: string, amountMinor: Minor, period: Period): InvoiceLine => ({
  kind: 'proration',
  description,
  quantity: 1,
  unitMinor: amountMinor,
  amountMinor,
  period,
  days: null,
  member: null,
});
