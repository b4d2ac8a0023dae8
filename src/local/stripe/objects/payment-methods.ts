import type Stripe from 'stripe';
import {
  bankAccountByNumber,
  bankAccountByTestId,
  testRouting,
  type TestBankAccount,
} from '../bank-accounts.ts';
import {
  cardByNumber,
  cardByTestId,
  fingerprintOf,
  type Decline,
  type TestCard,
} from '../cards.ts';
import { invalidRequest, StripeRefusal } from '../http/refusal.ts';
import { idOf, type World } from '../world.ts';
import { noAddress } from './addresses.ts';

/** 402: the bank said no. */
export const cardError = (
  decline: Decline,
  details: { readonly [detail: string]: unknown } = {},
): StripeRefusal =>
  new StripeRefusal(402, {
    type: 'card_error',
    code: decline.code,
    ...(decline.code === 'authentication_required' ? {} : { decline_code: decline.declineCode }),
    message: decline.message,
    ...details,
  });

/** A test card or a test bank account. */
export type TestMethod = TestCard | TestBankAccount;

const isBankAccount = (method: TestMethod): method is TestBankAccount => 'onDebit' in method;

/** A new payment method of a test card or account, not yet anybody's. */
export function createPaymentMethod(world: World, card: TestMethod): Stripe.PaymentMethod {
  const created: Stripe.PaymentMethod = {
    id: world.ids.draw('pm'),
    object: 'payment_method',
    allow_redisplay: 'unspecified',
    billing_details: { address: noAddress, email: null, name: null, phone: null, tax_id: null },
    ...(isBankAccount(card)
      ? { type: 'us_bank_account', us_bank_account: shownAccount(card) }
      : { type: 'card', card: shownCard(card) }),
    created: world.now(),
    customer: null,
    customer_account: null,
    livemode: false,
    metadata: {},
  };
  world.tables.paymentMethods.set(created.id, created);
  world.tables.cardSecrets.set(created.id, {
    number: card.number,
    isSetUp: false,
    wasDetached: false,
  });
  return created;
}

const shownCard = (card: TestCard): Stripe.PaymentMethod.Card => ({
  brand: card.brand,
  checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'pass' },
  country: 'US',
  display_brand: card.brand,
  exp_month: 12,
  exp_year: 2040,
  fingerprint: fingerprintOf(card.number),
  funding: card.funding,
  generated_from: null,
  last4: card.number.slice(-4),
  networks: { available: [card.brand], preferred: null },
  regulated_status: 'unregulated',
  three_d_secure_usage: { supported: true },
  wallet: null,
});

const shownAccount = (account: TestBankAccount): Stripe.PaymentMethod.UsBankAccount => ({
  account_holder_type: 'company',
  account_type: 'checking',
  bank_name: 'STRIPE TEST BANK',
  financial_connections_account: null,
  fingerprint: fingerprintOf(account.number),
  last4: account.number.slice(-4),
  networks: { preferred: 'ach', supported: ['ach'] },
  routing_number: testRouting,
  status_details: null,
});

/** The payment method with this id; a reusable test id makes a new one, as at Stripe. */
export function resolvePaymentMethod(
  world: World,
  id: string,
  param = 'payment_method',
): Stripe.PaymentMethod {
  const tested = cardByTestId(id) ?? bankAccountByTestId(id);
  if (tested !== undefined) return createPaymentMethod(world, tested);
  return world.need('paymentMethods', id, param);
}

/** The test bank account behind a payment method; undefined: it is a card. */
export const bankAccountOf = (world: World, paymentMethod: string): TestBankAccount | undefined =>
  bankAccountByNumber(world.need('cardSecrets', paymentMethod).number);

/** The test card behind a payment method. */
export function cardOf(world: World, paymentMethod: string): TestCard {
  const card = cardByNumber(world.need('cardSecrets', paymentMethod).number);
  if (card === undefined) throw new Error(`${paymentMethod} was made from no known test card`);
  return card;
}

export function refuseDetached(world: World, paymentMethod: Stripe.PaymentMethod): void {
  if (!world.need('cardSecrets', paymentMethod.id).wasDetached) return;
  throw invalidRequest(
    'The provided PaymentMethod was previously detached from a Customer and may not be used ' +
      'again. Collect the payment details anew.',
    { param: 'payment_method' },
  );
}

/** Attaches after asking the bank, which refuses some cards here already. */
export function attachPaymentMethod(
  world: World,
  paymentMethod: Stripe.PaymentMethod,
  customer: string,
): void {
  const owner = idOf(paymentMethod.customer);
  if (owner === customer) return;
  if (owner !== null) {
    throw invalidRequest(
      'The payment method you provided has already been attached to a customer.',
      { code: 'payment_method_unexpected_state', param: 'payment_method' },
    );
  }
  refuseDetached(world, paymentMethod);
  if (bankAccountOf(world, paymentMethod.id) === undefined) {
    const { onAttach, onCharge } = cardOf(world, paymentMethod.id);
    if (onAttach === 'declined' && onCharge !== 'paid') throw cardError(onCharge);
  }
  keepPaymentMethod(world, paymentMethod, customer);
}

/** Makes the payment method the customer's without asking the bank again. */
export function keepPaymentMethod(
  world: World,
  paymentMethod: Stripe.PaymentMethod,
  customer: string,
): void {
  paymentMethod.customer = customer;
  paymentMethod.created = world.now(customer);
  world.emit('payment_method.attached', paymentMethod);
}

/** Takes the payment method from its customer, for good. */
export function detachPaymentMethod(world: World, paymentMethod: Stripe.PaymentMethod): void {
  const owner = idOf(paymentMethod.customer);
  if (owner === null) {
    throw invalidRequest(
      'The payment method you provided is not attached to a customer so detachment is impossible.',
      { code: 'payment_method_unexpected_state', param: 'payment_method' },
    );
  }
  paymentMethod.customer = null;
  world.need('cardSecrets', paymentMethod.id).wasDetached = true;
  const customer = world.tables.customers.get(owner);
  if (idOf(customer?.invoice_settings.default_payment_method) === paymentMethod.id && customer) {
    customer.invoice_settings.default_payment_method = null;
  }
  world.emit('payment_method.detached', paymentMethod, {
    previous: { customer: owner },
    customer: owner,
  });
}

export const cardsOfCustomer = (world: World, customer: string): Stripe.PaymentMethod[] =>
  [...world.tables.paymentMethods.values()].filter((each) => idOf(each.customer) === customer);
