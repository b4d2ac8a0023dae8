import type Stripe from 'stripe';
import type { Decline } from '../cards.ts';
import { idOf, type World } from '../world.ts';

const checksPassed = {
  address_line1_check: null,
  address_postal_code_check: null,
  cvc_check: 'pass',
};

const paidOutcome: Stripe.Charge.Outcome = {
  advice_code: null,
  network_advice_code: null,
  network_decline_code: null,
  network_status: 'approved_by_network',
  reason: null,
  risk_level: 'normal',
  risk_score: 20,
  seller_message: 'Payment complete.',
  type: 'authorized',
};

const declinedOutcome = (decline: Decline): Stripe.Charge.Outcome => ({
  advice_code: decline.declineCode === 'lost_card' ? 'do_not_try_again' : 'try_again_later',
  network_advice_code: null,
  network_decline_code: decline.declineCode === 'insufficient_funds' ? '51' : '05',
  network_status: 'declined_by_network',
  reason: decline.declineCode,
  risk_level: 'normal',
  risk_score: 20,
  seller_message: 'The bank did not return any further details with this decline.',
  type: 'issuer_declined',
});

const detailsOf = (
  paymentMethod: Stripe.PaymentMethod,
  amount: number,
): Stripe.Charge.PaymentMethodDetails => {
  const { card, us_bank_account: account } = paymentMethod;
  if (account !== undefined) {
    const { account_holder_type, account_type, bank_name, fingerprint, last4 } = account;
    const { routing_number } = account;
    return {
      type: 'us_bank_account',
      us_bank_account: {
        ...{ account_holder_type, account_type, bank_name, fingerprint, last4, routing_number },
        payment_reference: null,
      },
    };
  }
  if (card === undefined) throw new Error(`${paymentMethod.id} is neither card nor bank account`);
  return {
    card: {
      amount_authorized: amount,
      authorization_code: '123456',
      brand: card.brand,
      checks: checksPassed,
      country: card.country,
      electronic_commerce_indicator: null,
      exp_month: card.exp_month,
      exp_year: card.exp_year,
      fingerprint: card.fingerprint ?? null,
      funding: card.funding,
      installments: null,
      last4: card.last4,
      mandate: null,
      network: card.brand,
      network_transaction_id: null,
      regulated_status: 'unregulated',
      three_d_secure: null,
      transaction_link_id: null,
      wallet: null,
    },
    type: 'card',
  };
};

/** What every new charge has in common. */
const untouched = {
  object: 'charge',
  amount_refunded: 0,
  disputed: false,
  livemode: false,
  refunded: false,
  application: null,
  application_fee: null,
  application_fee_amount: null,
  balance_transaction: null,
  failure_balance_transaction: null,
  on_behalf_of: null,
  receipt_number: null,
  receipt_url: null,
  review: null,
  shipping: null,
  source: null,
  source_transfer: null,
  transfer_data: null,
  transfer_group: null,
} as const;

interface ChargeAttempt {
  readonly paymentMethod: Stripe.PaymentMethod;
  /** `pending`: the bank has not answered yet. */
  readonly end: 'paid' | 'pending' | Decline;
}

/** The record of one attempt to charge a method: paid, declined, or on its way. */
export function recordCharge(
  world: World,
  intent: Stripe.PaymentIntent,
  { paymentMethod, end }: ChargeAttempt,
): Stripe.Charge {
  const decline = typeof end === 'string' ? null : end;
  const customer = idOf(intent.customer);
  const charge: Stripe.Charge = {
    ...untouched,
    id: world.ids.draw(end === 'pending' ? 'py' : 'ch'),
    amount: intent.amount,
    amount_captured: decline === null ? intent.amount : 0,
    billing_details: paymentMethod.billing_details,
    calculated_statement_descriptor: intent.statement_descriptor ?? 'TOLLGATE',
    captured: decline === null,
    created: world.now(customer),
    currency: intent.currency,
    customer,
    description: intent.description,
    failure_code: decline?.code ?? null,
    failure_message: decline?.message ?? null,
    fraud_details: {},
    metadata: { ...intent.metadata },
    outcome: decline === null ? paidOutcome : declinedOutcome(decline),
    paid: end === 'paid',
    payment_intent: intent.id,
    payment_method: paymentMethod.id,
    payment_method_details: detailsOf(paymentMethod, intent.amount),
    receipt_email: intent.receipt_email,
    statement_descriptor: intent.statement_descriptor,
    statement_descriptor_suffix: intent.statement_descriptor_suffix,
    status: statusOf(end),
  };
  world.tables.charges.set(charge.id, charge);
  world.emit(`charge.${statusOf(end)}`, charge);
  return charge;
}

function statusOf(end: ChargeAttempt['end']): 'succeeded' | 'pending' | 'failed' {
  if (end === 'paid') return 'succeeded';
  return end === 'pending' ? 'pending' : 'failed';
}

/** The bank's answer to a charge that was on its way. */
export function settleCharge(world: World, charge: Stripe.Charge, end: 'paid' | Decline): void {
  const decline = end === 'paid' ? null : end;
  charge.status = statusOf(end);
  charge.paid = decline === null;
  charge.amount_captured = decline === null ? charge.amount : 0;
  charge.captured = decline === null;
  charge.failure_code = decline?.code ?? null;
  charge.failure_message = decline?.message ?? null;
  charge.outcome = decline === null ? paidOutcome : declinedOutcome(decline);
  world.emit(`charge.${statusOf(end)}`, charge);
}
