import { latest, type CreditWindow, type Instant, type Period } from './calendar.ts';
import { intervalInWords } from './interval.ts';
import type { Effect, InvoiceDraft, InvoiceLine, Lifecycle, Step } from './lifecycle.ts';
import { minor, minus, negate, prorate, sum, times, type Minor } from './money.ts';
import { remainingShare, shareInWords } from './proration.ts';
import { ask, chain, paidOf, stay, updatePaid } from './stepping.ts';
import {
  priceOf,
  type Granularity,
  type Interval,
  type InvoiceTerms,
  type Plan,
  type Terms,
} from './terms.ts';

/** What a plan costs for one whole term: its base, and its seats [2.09]. Zero lines are left out. */
export function termLines(sold: {
  readonly plan: Plan;
  readonly interval: Interval;
  readonly seats: number;
  readonly term: Period;
}): InvoiceLine[] {
  const { plan, interval, seats, term } = sold;
  const price = priceOf(plan, interval);
  const line = (kind: 'base' | 'seats', quantity: number, unitMinor: Minor): InvoiceLine => ({
    kind,
    description:
      kind === 'base' ? `${plan.name}, by the ${intervalInWords(interval)}` : `${plan.name}, seats`,
    quantity,
    unitMinor,
    amountMinor: times(unitMinor, quantity),
    period: term,
    days: null,
    member: null,
  });
  const lines = [line('base', 1, price.baseMinor), line('seats', seats, price.perSeatMinor)];
  return lines.filter(({ amountMinor }) => amountMinor !== 0n);
}

/**
 * The part of a term's lines that is left at `at`, by the day or by the second [2.16 K32]: charged, or
 * credited as unused [0.26]. Each line is rounded by itself, half away from zero.
 */
export function prorationLines(part: {
  readonly lines: readonly InvoiceLine[];
  readonly side: 'charge' | 'credit';
  readonly at: Instant;
  readonly term: Period;
  readonly timeZone: string;
  readonly granularity: Granularity;
}): InvoiceLine[] {
  const { at, timeZone, granularity } = part;
  const share = remainingShare(granularity, { at, period: part.term, timeZone });
  const signed = (amount: Minor): Minor => (part.side === 'credit' ? negate(amount) : amount);
  return part.lines.map((line) => ({
    ...line,
    kind: 'proration',
    description:
      `${part.side === 'credit' ? 'Unused' : 'Remaining'} time: ${line.description}, ` +
      shareInWords(share, granularity),
    unitMinor: signed(line.unitMinor),
    amountMinor: signed(prorate(line.amountMinor, share, 'halfAwayFromZero')),
    period: { start: at, end: part.term.end },
    days: granularity === 'day' ? share : null,
  }));
}

/**
 * An invoice for these lines: what the account has in credit or owes is netted, and a total that is
 * negative or too small to charge is carried to the next one. Nothing to say makes no invoice [0.22], but for
 * a period that costs nothing where the catalog issues those [K24].
 */
export function draftInvoice(
  life: Lifecycle,
  terms: InvoiceTerms,
  what: Pick<InvoiceDraft, 'key' | 'reason' | 'issuedAt' | 'period' | 'lines' | 'due' | 'note'>,
): InvoiceDraft | null {
  const subtotalMinor = sum(what.lines.map((line) => line.amountMinor));
  const isEmpty = what.lines.length === 0;
  if (isEmpty && what.reason !== 'renewal') return null;
  // Metered usage too little for a cent was billed all the same: it stands on no other invoice.
  const isMetered = what.lines.some(({ metered }) => metered !== undefined);
  if (subtotalMinor === 0n && terms.zeroAmount === 'skip' && !isMetered) return null;
  const appliedMinor = negate(life.accountCreditMinor);
  const totalMinor = minus(subtotalMinor, life.accountCreditMinor);
  const chargeable = totalMinor >= terms.minimumChargeMinor && totalMinor > 0n;
  const status = totalMinor === 0n ? 'paid' : chargeable ? 'open' : 'carried';
  const lines = isEmpty ? [nothingToPay(what.period)] : what.lines;
  return { ...what, lines, subtotalMinor, appliedMinor, totalMinor, status };
}

const nothingToPay = (period: Period): InvoiceLine => ({
  kind: 'base',
  description: 'Nothing to pay for this period',
  quantity: 1,
  unitMinor: minor(0),
  amountMinor: minor(0),
  period,
  days: null,
  member: null,
});

/** The invoice of a window on a plan that costs nothing, where the catalog issues those [0.22 K24]. */
export const issueFree =
  (terms: Terms, { start, end }: CreditWindow, at: Instant) =>
  (life: Lifecycle): Step => {
    if (end === null) return stay(life);
    const period = { start, end };
    const what = {
      key: `free:${start}`,
      reason: 'renewal',
      issuedAt: at,
      period,
      lines: [],
    } as const;
    return issue(terms.invoices, what)(life);
  };

/** The key of the invoice that a purchase's money is booked on. */
export const purchaseInvoiceKey = (payment: string): string => `purchase:${payment}`;

/** Issues an invoice and sets out to collect it; one that needs no money is settled at once. */
export const issue =
  (terms: InvoiceTerms, what: Parameters<typeof draftInvoice>[2]) =>
  (life: Lifecycle): Step => {
    const invoice = draftInvoice(life, terms, what);
    if (invoice === null) return { state: settledUntil(life, what), effects: [] };
    const effects: Effect[] = [{ kind: 'issueInvoice', invoice }];
    if (invoice.status === 'open') {
      effects.push(setOut(invoice));
      return { state: { ...life, accountCreditMinor: minor(0) }, effects };
    }
    const accountCreditMinor = negate(invoice.totalMinor);
    return { state: { ...settledUntil(life, what), accountCreditMinor }, effects };
  };

/** An invoice with a due date is sent to be paid; any other is charged at once. */
const setOut = ({ key: invoice, due }: InvoiceDraft): Effect =>
  due === undefined
    ? { kind: 'collectInvoice', invoice, try: 1 }
    : { kind: 'sendInvoice', invoice, days: due.days };

/** Keeps lines for the next invoice, and shows them at the payment provider on their day [2.15]. */
export function waitForInvoice(life: Lifecycle, lines: readonly InvoiceLine[]): Step {
  const upcoming = [...life.upcoming, ...lines];
  return chain({ ...life, upcoming }, ask({ kind: 'mirrorUpcoming', lines: upcoming }));
}

/** A renewal that is paid, or asks for no money, covers its period. */
export function settledUntil(
  life: Lifecycle,
  invoice: { readonly reason: InvoiceDraft['reason']; readonly period: { readonly end: Instant } },
): Lifecycle {
  const paid = paidOf(life);
  if (paid === undefined || invoice.reason !== 'renewal') return life;
  const paidUntil = latest(paid.paidUntil, invoice.period.end);
  const opens = paid.closedSince === undefined ? {} : { closedSince: null };
  return updatePaid(life, { paidUntil, ...opens });
}
