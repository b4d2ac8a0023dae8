import type { Dunning, Effect, Event, Lifecycle } from '../life/lifecycle.ts';
import { noticedClosing, notify } from './notify.ts';
import { ask } from '../life/stepping.ts';
import type { Terms } from '../terms/terms.ts';

/** An invoice is not paid: a try has failed, or (`isDue`) its last day is over and nobody has paid it. */
export type PaymentFailed = Omit<
  Extract<Event, { readonly kind: 'invoicePaymentFailed' }>,
  'kind'
> & {
  readonly isDue?: true;
};

type Missed = { readonly plan: string; readonly dunning: Dunning };

/** Tells the product's feed and whoever pays that an invoice is not paid: its try failed, or its day is over. */
export const tellMissed = (life: Lifecycle, event: PaymentFailed, missed: Missed, terms: Terms) =>
  ask(
    event.isDue === true ? announceOverdue(event.invoice) : announcePaymentFailed(missed.dunning),
    missedNotice(life, event, missed, terms),
  );

/** The notice alone: that a try has failed and when the next one is, or that the invoice is overdue [4.08 4.35]. */
export const missedNotice = (
  life: Lifecycle,
  { invoice, isDue }: PaymentFailed,
  { plan, dunning }: Missed,
  terms: Terms,
): Effect =>
  isDue === true
    ? notify(life, terms, {
        kind: 'invoiceOverdue',
        invoice,
        closing: noticedClosing(plan, dunning, terms),
      })
    : failedNotice(life, plan, dunning, terms);

/** Tells the product's feed that nobody has paid an invoice by its day. */
export const announceOverdue = (invoice: string): Effect => ({
  kind: 'announce',
  what: 'invoiceOverdue',
  data: { invoice },
});

const announcePaymentFailed = (dunning: Dunning): Effect => ({
  kind: 'announce',
  what: 'paymentFailed',
  data: {
    invoice: dunning.invoice,
    try: dunning.tries,
    ...(dunning.nextTryAt === null ? {} : { nextTryAt: dunning.nextTryAt }),
  },
});

/** To the billing address: that it failed, when the next try is, and when what closes [4.08]. */
const failedNotice = (life: Lifecycle, plan: string, dunning: Dunning, terms: Terms): Effect =>
  notify(life, terms, {
    kind: 'paymentFailed',
    invoice: dunning.invoice,
    try: dunning.tries,
    nextTryAt: dunning.nextTryAt,
    newMethodPays: terms.paymentMethods.effective.dunning,
    closing: noticedClosing(plan, dunning, terms),
  });
