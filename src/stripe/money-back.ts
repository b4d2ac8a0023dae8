import type Stripe from 'stripe';
import type { Instant } from '../domain/values/calendar.ts';
import type { DisputeState } from '../domain/invoices/money-back.ts';
import { minor } from '../domain/values/money.ts';
import type { DisputeOrigin, DisputeSeen, MoneyBackSeen } from '../ports/money-back.ts';
import { isMissing, type StripeAccess } from './access.ts';
import { idOf, tag, tagOf } from './metadata.ts';

/** More disputes than one are rare: a bank may split a charge, or an inquiry become a chargeback. */
const disputesMax = 100;

/** What went back of an intent's money. Webhooks are hints; this is what is true now. */
export async function seeMoneyBack(
  access: StripeAccess,
  paymentIntent: string,
): Promise<MoneyBackSeen> {
  const intent = await access.ask((stripe) =>
    stripe.paymentIntents.retrieve(paymentIntent, { expand: ['latest_charge'] }),
  );
  const disputes = await access.ask((stripe) =>
    stripe.disputes.list({ payment_intent: paymentIntent, limit: disputesMax }),
  );
  const payment = tagOf(intent, tag.payment);
  return {
    paymentIntent,
    payment,
    stripeInvoice: payment === null ? await invoicePaidBy(access, paymentIntent) : null,
    currency: intent.currency,
    refundedMinor: minor(chargeIn(intent)?.amount_refunded ?? 0),
    disputes: disputes.data.toSorted((a, b) => a.created - b.created).map(disputeSeen),
  };
}

function chargeIn({ id, latest_charge: charge }: Stripe.PaymentIntent): Stripe.Charge | null {
  if (typeof charge === 'string') throw new Error(`Stripe did not expand the charge of ${id}`);
  return charge;
}

async function invoicePaidBy(access: StripeAccess, paymentIntent: string): Promise<string | null> {
  const payment = { type: 'payment_intent', payment_intent: paymentIntent } as const;
  const { data } = await access.ask((stripe) => stripe.invoicePayments.list({ payment, limit: 1 }));
  return idOf(data[0]?.invoice ?? null);
}

const disputeSeen = (dispute: Stripe.Dispute): DisputeSeen => {
  const { due_by: dueBy } = dispute.evidence_details;
  const waits = dispute.status.endsWith('needs_response');
  return {
    dispute: dispute.id,
    state: stateOf(dispute),
    amountMinor: minor(dispute.amount),
    reason: dispute.reason,
    respondBy: waits && dueBy !== null ? instantOf(dueBy) : null,
  };
};

const instantOf = (seconds: number): Instant => new Date(seconds * 1000).toISOString();

/**
 * Statuses are an open list. One that is neither won nor lost goes by the money itself: gone, or
 * still ours.
 */
function stateOf(dispute: Stripe.Dispute): DisputeState {
  switch (dispute.status) {
    case 'won':
    case 'warning_closed':
      return 'won';
    case 'lost':
      return 'lost';
    case 'prevented': // settled before it became one: by giving the money back, or without
      return isMoneyGone(dispute) ? 'lost' : 'won';
    case 'needs_response':
    case 'under_review':
    case 'warning_needs_response':
    case 'warning_under_review':
    case 'appeal_needs_response':
    case 'appeal_under_review':
    default:
      return isMoneyGone(dispute) ? 'withdrawn' : 'open';
  }
}

const isMoneyGone = (dispute: Stripe.Dispute): boolean =>
  dispute.balance_transactions.reduce((moved, { amount }) => moved + amount, 0) < 0;

/** Whose money a dispute is about; undefined if there is no such dispute. */
export async function seeDispute(
  access: StripeAccess,
  dispute: string,
): Promise<DisputeOrigin | undefined> {
  try {
    const seen = await access.ask((stripe) =>
      stripe.disputes.retrieve(dispute, { expand: ['charge'] }),
    );
    const { charge } = seen;
    if (typeof charge === 'string') {
      throw new Error(`Stripe did not expand the charge of ${dispute}`);
    }
    return { customer: idOf(charge.customer), paymentIntent: idOf(seen.payment_intent) };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** The intent of a charge or a refund; null on money without one, which is not ours. */
export async function paymentIntentOf(
  access: StripeAccess,
  object: string,
): Promise<string | null> {
  const kind = object.startsWith('re_') || object.startsWith('pyr_') ? 'refunds' : 'charges';
  const seen = await access.ask((stripe): Promise<Stripe.Refund | Stripe.Charge> =>
    kind === 'refunds' ? stripe.refunds.retrieve(object) : stripe.charges.retrieve(object),
  );
  return idOf(seen.payment_intent);
}
