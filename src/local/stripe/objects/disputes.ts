import type Stripe from 'stripe';
import { invalidRequest } from '../http/refusal.ts';
import { idOf, type World } from '../world.ts';

const daysToRespond = 9;

const noEvidence: Stripe.Dispute.Evidence = {
  access_activity_log: null,
  billing_address: null,
  cancellation_policy: null,
  cancellation_policy_disclosure: null,
  cancellation_rebuttal: null,
  customer_communication: null,
  customer_email_address: null,
  customer_name: null,
  customer_purchase_ip: null,
  customer_signature: null,
  duplicate_charge_documentation: null,
  duplicate_charge_explanation: null,
  duplicate_charge_id: null,
  enhanced_evidence: {},
  product_description: null,
  receipt: null,
  refund_policy: null,
  refund_policy_disclosure: null,
  refund_refusal_explanation: null,
  service_date: null,
  service_documentation: null,
  shipping_address: null,
  shipping_carrier: null,
  shipping_date: null,
  shipping_documentation: null,
  shipping_tracking_number: null,
  uncategorized_file: null,
  uncategorized_text: null,
};

export const disputeOfCharge = (world: World, charge: string): Stripe.Dispute | undefined =>
  [...world.tables.disputes.values()].find((dispute) => idOf(dispute.charge) === charge);

/** The cardholder disputes a charge: the bank takes the money at once. */
export function openDispute(world: World, charge: Stripe.Charge): Stripe.Dispute {
  if (charge.status !== 'succeeded' || charge.disputed) {
    throw invalidRequest(`Charge ${charge.id} is not a paid charge without a dispute.`);
  }
  const created = world.now(idOf(charge.customer));
  const dispute: Stripe.Dispute = {
    id: world.ids.draw('du'),
    object: 'dispute',
    amount: charge.amount,
    balance_transactions: [],
    charge: charge.id,
    created,
    currency: charge.currency,
    enhanced_eligibility_types: [],
    evidence: noEvidence,
    evidence_details: {
      due_by: created + daysToRespond * 86_400,
      enhanced_eligibility: {},
      has_evidence: false,
      past_due: false,
      submission_count: 0,
      submission_method: 'not_submitted',
    },
    intended_submission_method: null,
    is_charge_refundable: false,
    livemode: false,
    metadata: {},
    payment_intent: charge.payment_intent,
    payment_method_details: {
      card: {
        brand: charge.payment_method_details?.card?.brand ?? 'visa',
        case_type: 'chargeback',
        network: charge.payment_method_details?.card?.network ?? 'visa',
        network_reason_code: '10',
      },
      type: 'card',
    },
    reason: 'fraudulent',
    status: 'needs_response',
  };
  charge.disputed = true;
  world.tables.disputes.set(dispute.id, dispute);
  const stamp = { customer: idOf(charge.customer) };
  world.emit('charge.dispute.created', dispute, stamp);
  world.emit('charge.dispute.funds_withdrawn', dispute, stamp);
  return dispute;
}

/** The bank decides: a dispute that is won returns the money. */
export function decideDispute(
  world: World,
  dispute: Stripe.Dispute,
  outcome: 'won' | 'lost',
): Stripe.Dispute {
  if (dispute.status === 'won' || dispute.status === 'lost') {
    throw invalidRequest(`This dispute is already closed: it was ${dispute.status}.`);
  }
  const previous = { status: dispute.status };
  dispute.status = outcome;
  const charge = world.need('charges', idOf(dispute.charge) ?? '');
  const stamp = { customer: idOf(charge.customer) };
  world.emit('charge.dispute.closed', dispute, { ...stamp, previous });
  if (outcome === 'won') world.emit('charge.dispute.funds_reinstated', dispute, stamp);
  return dispute;
}
