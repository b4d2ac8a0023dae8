import type Stripe from 'stripe';
import { invalidRequest } from '../http/refusal.ts';
import { idOf, type World } from '../world.ts';
import { newBalanceTransaction } from './balance-transactions.ts';

const daysToRespond = 9;

/** What Stripe keeps of the account for each dispute whose money the bank has taken. */
const disputeFee = 1500;

export interface NewDispute {
  /**
   * A chargeback takes the money at once, an inquiry only asks. A bank return is a debit that the bank
   * takes back after it had succeeded: lost from its first moment.
   */
  readonly kind: 'chargeback' | 'inquiry' | 'bankReturn';
  /** Undefined: all of the charge. */
  readonly amount: number | undefined;
}

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

/** Somebody at a bank wants the money of a charge back. */
export function openDispute(
  world: World,
  charge: Stripe.Charge,
  wanted: NewDispute,
): Stripe.Dispute {
  const amount = wanted.amount ?? charge.amount;
  refuseWrong(charge, amount);
  const dispute = newDispute(world, charge, { kind: wanted.kind, amount });
  charge.disputed = true;
  world.tables.disputes.set(dispute.id, dispute);
  const stamp = { customer: idOf(charge.customer) };
  world.emit('charge.dispute.created', dispute, stamp);
  if (wanted.kind !== 'inquiry') moveFunds(world, dispute, 'withdrawn');
  if (wanted.kind === 'bankReturn') world.emit('charge.dispute.closed', dispute, stamp);
  return dispute;
}

function refuseWrong(charge: Stripe.Charge, amount: number): void {
  if (charge.status !== 'succeeded' || charge.disputed) {
    throw invalidRequest(`Charge ${charge.id} is not a paid charge without a dispute.`);
  }
  if (amount > charge.amount) {
    throw invalidRequest(`Charge ${charge.id} is of ${charge.amount}, less than the dispute.`);
  }
}

const firstStatus = {
  chargeback: 'needs_response',
  inquiry: 'warning_needs_response',
  bankReturn: 'lost',
} as const;

function newDispute(
  world: World,
  charge: Stripe.Charge,
  wanted: { readonly kind: NewDispute['kind']; readonly amount: number },
): Stripe.Dispute {
  const { kind, amount } = wanted;
  const created = world.now(idOf(charge.customer));
  return {
    id: world.ids.draw('du'),
    object: 'dispute',
    amount,
    balance_transactions: [],
    charge: charge.id,
    created,
    currency: charge.currency,
    enhanced_eligibility_types: [],
    evidence: noEvidence,
    evidence_details: {
      due_by: kind === 'bankReturn' ? null : created + daysToRespond * 86_400,
      enhanced_eligibility: {},
      has_evidence: false,
      past_due: false,
      submission_count: 0,
      submission_method: 'not_submitted',
    },
    intended_submission_method: null,
    is_charge_refundable: kind === 'inquiry',
    livemode: false,
    metadata: {},
    payment_intent: charge.payment_intent,
    ...(kind === 'bankReturn' ? {} : { payment_method_details: cardDetails(charge, kind) }),
    reason: kind === 'bankReturn' ? 'insufficient_funds' : 'fraudulent',
    status: firstStatus[kind],
  };
}

const cardDetails = (
  charge: Stripe.Charge,
  kind: 'chargeback' | 'inquiry',
): Stripe.Dispute.PaymentMethodDetails => ({
  card: {
    brand: charge.payment_method_details?.card?.brand ?? 'visa',
    case_type: kind,
    network: charge.payment_method_details?.card?.network ?? 'visa',
    network_reason_code: '10',
  },
  type: 'card',
});

/** The bank takes the money, or gives it back; each is told by an event of its own. */
function moveFunds(world: World, dispute: Stripe.Dispute, to: 'withdrawn' | 'reinstated'): void {
  const charge = world.need('charges', idOf(dispute.charge) ?? '');
  const sign = to === 'withdrawn' ? -1 : 1;
  dispute.balance_transactions.push(
    newBalanceTransaction(world, {
      amount: sign * dispute.amount,
      fee: -sign * disputeFee,
      currency: dispute.currency,
      source: dispute.id,
      created: world.now(idOf(charge.customer)),
    }),
  );
  dispute.is_charge_refundable = false;
  world.emit(`charge.dispute.funds_${to}`, dispute, { customer: idOf(charge.customer) });
}

const isWithdrawn = (dispute: Stripe.Dispute): boolean =>
  dispute.balance_transactions.reduce((sum, { amount }) => sum + amount, 0) < 0;

const over: readonly Stripe.Dispute.Status[] = ['won', 'lost', 'warning_closed'];

/** What was only a question becomes a chargeback: the bank takes the money. */
export function withdrawFunds(world: World, dispute: Stripe.Dispute): Stripe.Dispute {
  refuseOver(dispute);
  if (isWithdrawn(dispute)) {
    throw invalidRequest(`The money of dispute ${dispute.id} is withdrawn already.`);
  }
  dispute.status = 'needs_response';
  moveFunds(world, dispute, 'withdrawn');
  return dispute;
}

/** The bank decides: a dispute that is won returns the money, a lost one takes it if it has not yet. */
export function decideDispute(
  world: World,
  dispute: Stripe.Dispute,
  outcome: 'won' | 'lost',
): Stripe.Dispute {
  refuseOver(dispute);
  const previous = { status: dispute.status };
  const wasWithdrawn = isWithdrawn(dispute);
  dispute.status = outcome === 'won' && !wasWithdrawn ? 'warning_closed' : outcome;
  const charge = world.need('charges', idOf(dispute.charge) ?? '');
  if (outcome === 'lost' && !wasWithdrawn) moveFunds(world, dispute, 'withdrawn');
  const stamp = { customer: idOf(charge.customer) };
  world.emit('charge.dispute.closed', dispute, { ...stamp, previous });
  if (outcome === 'won' && wasWithdrawn) moveFunds(world, dispute, 'reinstated');
  return dispute;
}

function refuseOver(dispute: Stripe.Dispute): void {
  if (over.includes(dispute.status)) {
    throw invalidRequest(`This dispute is already closed: it was ${dispute.status}.`);
  }
}
