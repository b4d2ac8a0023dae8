import { isAtOrBefore, type Instant } from '../values/calendar.ts';
import { missDueDate } from './dunning.ts';
import { issue } from './invoice.ts';
import type { ManualLine } from './invoice-note.ts';
import type { Event, InvoiceLine, Lifecycle, Step, StepOutcome } from '../life/lifecycle.ts';
import { times } from '../values/money.ts';
import { ok, refused } from '../values/outcome.ts';
import { manualInvoiceKey, withoutSent } from './sent-invoice.ts';
import { chain } from '../life/stepping.ts';
import type { Terms } from '../terms/terms.ts';

type Asked = Extract<Event, { readonly kind: 'invoiceRequested' }>;

/**
 * Issues an invoice for what an operator has written on it, in whatever state the workspace is [4.35 K25]. It is
 * sent to be paid by the end of its last local day, or charged to the method on file, and refused with
 * `paymentMethodRequired` where there is none. Amounts are in the currency's minor unit.
 */
export function issueManualInvoice(life: Lifecycle, event: Asked, terms: Terms): StepOutcome {
  const { at, dueInDays, note } = event;
  if (dueInDays === null && !life.paymentMethodOnFile) {
    return refused({ kind: 'paymentMethodRequired' });
  }
  return ok(
    issue(terms, {
      key: manualInvoiceKey(event.request),
      reason: 'manual',
      issuedAt: at,
      period: { start: at, end: at },
      lines: event.lines.map((line) => lineOf(line, at)),
      note,
      netDays: dueInDays,
    })(life),
  );
}

const lineOf = ({ description, quantity, unitMinor }: ManualLine, at: Instant): InvoiceLine => ({
  kind: 'custom',
  description,
  quantity,
  unitMinor,
  amountMinor: times(unitMinor, quantity),
  period: { start: at, end: at },
  days: null,
  member: null,
});

/** The last day of an invoice is over: a plan that is paid for is past due with it from now on [4.35]. */
export function fallDue(life: Lifecycle, terms: Terms, at: Instant): Step {
  const { sent = [] } = life;
  const missed = sent.filter(({ dueAt }) => isAtOrBefore(dueAt, at));
  return chain(
    life,
    ...missed.map(
      ({ invoice }) =>
        (state: Lifecycle) =>
          missDueDate(withoutSent(state, invoice), { invoice, at }, terms),
    ),
  );
}
