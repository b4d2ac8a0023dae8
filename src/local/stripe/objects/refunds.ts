import type Stripe from 'stripe';
import { invalidRequest } from '../http/refusal.ts';
import { idOf, type World } from '../world.ts';
import { disputeOfCharge } from './disputes.ts';

export interface WantedRefund {
  /** Undefined: all that is left. */
  readonly amount: number | undefined;
  readonly reason: 'duplicate' | 'fraudulent' | 'requested_by_customer' | null;
  readonly metadata: Record<string, string>;
}

/** Returns money of a paid charge, at most what is left of it. */
export function refundCharge(
  world: World,
  charge: Stripe.Charge,
  wanted: WantedRefund,
): Stripe.Refund {
  const left = charge.amount_captured - charge.amount_refunded;
  const amount = wanted.amount ?? left;
  refuseWrong(world, charge, { left, amount });
  const refund: Stripe.Refund = {
    id: world.ids.draw('re'),
    object: 'refund',
    amount,
    balance_transaction: null,
    charge: charge.id,
    created: world.now(idOf(charge.customer)),
    currency: charge.currency,
    customer: idOf(charge.customer),
    customer_account: null,
    destination_details: {
      card: {
        reference_status: 'pending',
        reference_type: 'acquirer_reference_number',
        type: 'refund',
      },
      type: 'card',
    },
    metadata: wanted.metadata,
    payment_intent: charge.payment_intent,
    payment_method: charge.payment_method,
    reason: wanted.reason,
    receipt_number: null,
    source_transfer_reversal: null,
    status: 'succeeded',
    transfer_reversal: null,
  };
  const before = { amount_refunded: charge.amount_refunded, refunded: charge.refunded };
  charge.amount_refunded += amount;
  charge.refunded = charge.amount_refunded === charge.amount_captured;
  world.tables.refunds.set(refund.id, refund);
  world.emit('refund.created', refund);
  world.emit('charge.refunded', charge, { previous: before });
  return refund;
}

/** The bank could not pay the refund out, perhaps days later: the money is the account's again. */
export function failRefund(world: World, refund: Stripe.Refund): Stripe.Refund {
  if (refund.status !== 'succeeded') {
    throw invalidRequest(`Refund ${refund.id} is ${refund.status}, so it cannot fail any more.`);
  }
  const charge = world.need('charges', idOf(refund.charge) ?? '');
  charge.amount_refunded -= refund.amount;
  charge.refunded = false;
  refund.status = 'failed';
  refund.failure_reason = 'expired_or_canceled_card';
  world.emit('refund.failed', refund, { previous: { status: 'succeeded' } });
  return refund;
}

function refuseWrong(
  world: World,
  charge: Stripe.Charge,
  asked: { readonly left: number; readonly amount: number },
): void {
  if (charge.status !== 'succeeded') {
    throw invalidRequest(`Charge ${charge.id} failed, so there is nothing to refund.`, {
      code: 'charge_not_refundable',
      param: 'charge',
    });
  }
  if (disputeOfCharge(world, charge.id)?.is_charge_refundable === false) {
    throw invalidRequest(`Charge ${charge.id} has been charged back; cannot issue a refund.`, {
      code: 'charge_disputed',
      param: 'charge',
    });
  }
  if (asked.left === 0) {
    throw invalidRequest(`Charge ${charge.id} has already been refunded.`, {
      code: 'charge_already_refunded',
      param: 'charge',
    });
  }
  if (asked.amount <= 0 || asked.amount > asked.left) {
    throw invalidRequest(
      `Refund amount (${asked.amount}) must be positive and at most what is unrefunded on the ` +
        `charge (${asked.left}).`,
      { param: 'amount' },
    );
  }
}
