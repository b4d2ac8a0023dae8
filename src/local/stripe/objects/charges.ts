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
  const { card } = paymentMethod;
  if (card === undefined) throw new Error(`${paymentMethod.id} is no card`);
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

/** The record of one attempt to charge a card, paid or declined. */
export function recordCharge(
  world: World,
  intent: Stripe.PaymentIntent,
  attempt: { readonly paymentMethod: Stripe.PaymentMethod; readonly decline: Decline | null },
): Stripe.Charge {
  const { paymentMethod, decline } = attempt;
  const customer = idOf(intent.customer);
  const charge: Stripe.Charge = {
    ...untouched,
    id: world.ids.draw('ch'),
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
    paid: decline === null,
    payment_intent: intent.id,
    payment_method: paymentMethod.id,
    payment_method_details: detailsOf(paymentMethod, intent.amount),
    receipt_email: intent.receipt_email,
    statement_descriptor: intent.statement_descriptor,
    statement_descriptor_suffix: intent.statement_descriptor_suffix,
    status: decline === null ? 'succeeded' : 'failed',
  };
  world.tables.charges.set(charge.id, charge);
  world.emit(decline === null ? 'charge.succeeded' : 'charge.failed', charge);
  return charge;
}
