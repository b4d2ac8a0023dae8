import {
  addDays,
  endOfLocalDay,
  latest,
  type CreditWindow,
  type Instant,
  type Period,
} from '../values/calendar.ts';
import { intervalInWords } from '../values/interval.ts';
import type { InvoiceDraft, InvoiceLine, Lifecycle, Step } from '../life/lifecycle.ts';
import { minor, minus, negate, prorate, sum, times, type Minor } from '../values/money.ts';
import type { InvoiceTerms } from '../terms/invoice-terms.ts';
import { notify } from '../news/notify.ts';
import { remainingShare, shareInWords } from '../life/proration.ts';
import { awaitPayment } from './sent-invoice.ts';
import { ask, chain, paidOf, stay, updatePaid } from '../life/stepping.ts';
import { priceOf, type Granularity, type Interval, type Plan, type Terms } from '../terms/terms.ts';

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
    return issue(terms, what)(life);
  };

/** The key of the invoice that a purchase's money is booked on. */
export const purchaseInvoiceKey = (payment: string): string => `purchase:${payment}`;

type ToIssue = Omit<Parameters<typeof draftInvoice>[2], 'due'> & {
  /** Local days to pay it in; null: it is charged at once; not given: as a contract says, or at once. */
  readonly netDays?: number | null;
};

/**
 * Issues an invoice and sets out to have it paid: charged at once, or sent, to be paid by the end of its last
 * local day, where a contract or an operator says so [4.35]. One that needs no money is settled at once.
 */
export const issue =
  (terms: Terms, what: ToIssue) =>
  (life: Lifecycle): Step => {
    const invoice = draftInvoice(life, terms.invoices, asAgreed(life, terms.invoices, what));
    if (invoice === null) return { state: settledUntil(life, what), effects: [] };
    const issued = ask({ kind: 'issueInvoice', invoice });
    if (invoice.status === 'open') {
      return chain({ ...life, accountCreditMinor: minor(0) }, issued, setOut(terms, invoice));
    }
    const accountCreditMinor = negate(invoice.totalMinor);
    return issued({ ...settledUntil(life, what), accountCreditMinor });
  };

/** When it is to be paid, and the customer's number on it. */
function asAgreed(
  life: Lifecycle,
  { agreed }: InvoiceTerms,
  { netDays, ...what }: ToIssue,
): Parameters<typeof draftInvoice>[2] {
  const isByMethod = agreed?.days === 0 && life.paymentMethodOnFile;
  const days = netDays === undefined && !isByMethod ? agreed?.days : netDays;
  const number = agreed?.purchaseOrder ?? null;
  const note = what.note ?? (number === null ? null : { purchaseOrder: number, memo: null });
  const { timeZone } = life;
  return {
    ...what,
    ...(days === undefined || days === null
      ? {}
      : { due: { at: endOfLocalDay(addDays(what.issuedAt, days, timeZone), timeZone), days } }),
    ...(note === null ? {} : { note }),
  };
}

/** An invoice with a due date is sent to be paid; any other is charged at once. */
const setOut =
  (terms: Terms, { key: invoice, due }: InvoiceDraft) =>
  (life: Lifecycle): Step => {
    if (due === undefined) return ask({ kind: 'collectInvoice', invoice, try: 1 })(life);
    const { at: dueAt, days } = due;
    const told = notify(life, terms, { kind: 'invoiceSent', invoice, dueAt });
    const sent = ask({ kind: 'sendInvoice', invoice, days }, told);
    return sent(awaitPayment(life, { invoice, dueAt }));
  };

/**
 * Keeps lines for the next invoice, and shows them at the payment provider on their day [2.15]. A contract's
 * invoice is sent as a whole once it is issued, so that nothing of it is shown before.
 */
export function waitForInvoice(life: Lifecycle, lines: readonly InvoiceLine[]): Step {
  const upcoming = [...life.upcoming, ...lines];
  if (life.contract !== undefined) return stay({ ...life, upcoming });
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
