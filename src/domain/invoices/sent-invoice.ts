/** Invoices that were sent to be paid by a day, as long as nobody has paid them and the day is not over. */
import type { Instant } from '../values/calendar.ts';
import type { SentInvoice } from './invoice-note.ts';
import type { Lifecycle } from '../life/lifecycle.ts';

/** The state that waits for this invoice to be paid. */
export const awaitPayment = (life: Lifecycle, sent: SentInvoice): Lifecycle => ({
  ...life,
  sent: [...(life.sent ?? []), sent],
});

/** When the next invoice that was sent is overdue; null: none waits. */
export const nextDueAt = ({ sent = [] }: Lifecycle): Instant | null =>
  sent.map(({ dueAt }) => dueAt).toSorted()[0] ?? null;

/** The state once nobody waits for this invoice any more: it is paid, or overdue. */
export function withoutSent(life: Lifecycle, invoice: string): Lifecycle {
  if (life.sent === undefined) return life;
  return { ...life, sent: life.sent.filter((waiting) => waiting.invoice !== invoice) };
}

const byHand = 'manual:';

/** The key of the invoice that a command has had issued by hand. */
export const manualInvoiceKey = (request: string): string => `${byHand}${request}`;

/**
 * When the next invoice of the plan that was sent is overdue; null: none waits. What an operator has written by
 * hand pays for no term.
 */
export const nextDueOfPlan = ({ sent = [] }: Lifecycle): Instant | null =>
  sent
    .filter(({ invoice }) => !invoice.startsWith(byHand))
    .map(({ dueAt }) => dueAt)
    .toSorted()[0] ?? null;
