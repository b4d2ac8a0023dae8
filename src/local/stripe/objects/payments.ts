import type Stripe from 'stripe';
import type { Decline } from '../cards.ts';
import { invalidRequest } from '../http/refusal.ts';
import { idOf, type World } from '../world.ts';
import { recordCharge, settleCharge } from './charges.ts';
import { bankAccountOf, cardOf, keepPaymentMethod } from './payment-methods.ts';

export interface NewPayment {
  readonly amount: number;
  readonly currency: string;
  readonly customer: string | null;
  readonly paymentMethod: string | null;
  readonly allowedTypes: string[] | null;
  readonly redirects: 'always' | 'never';
  readonly description: string | null;
  readonly metadata: Record<string, string>;
  readonly setupFutureUsage: 'off_session' | 'on_session' | null;
  readonly receiptEmail: string | null;
  readonly statementDescriptor: string | null;
  readonly statementDescriptorSuffix: string | null;
  readonly invoice: string | null;
}

/** The smallest amount Stripe charges, in minor units. */
const minimumCharges: Record<string, number> = {
  gbp: 30,
  pln: 200,
  jpy: 50,
  czk: 1500,
  huf: 17500,
};
export const minimumCharge = (currency: string): number => minimumCharges[currency] ?? 50;

const authenticationRequired: Decline = {
  code: 'authentication_required',
  declineCode: 'authentication_required',
  message: 'Your card was declined. This transaction requires authentication.',
};

const authenticationFailed: Decline = {
  code: 'payment_intent_authentication_failure',
  declineCode: 'authentication_not_handled',
  message: 'The provided PaymentMethod has failed authentication. Use another payment method.',
};

/** What every new intent has in common. */
const untouched = {
  object: 'payment_intent',
  amount_capturable: 0,
  amount_received: 0,
  application: null,
  application_fee_amount: null,
  canceled_at: null,
  cancellation_reason: null,
  capture_method: 'automatic_async',
  confirmation_method: 'automatic',
  customer_account: null,
  excluded_payment_method_types: null,
  last_payment_error: null,
  latest_charge: null,
  livemode: false,
  managed_payments: null,
  next_action: null,
  on_behalf_of: null,
  payment_method_configuration_details: null,
  payment_method_options: null,
  payment_record: null,
  processing: null,
  review: null,
  shipping: null,
  source: null,
  transfer_data: null,
  transfer_group: null,
} as const;

export function createPayment(world: World, wanted: NewPayment): Stripe.PaymentIntent {
  if (wanted.amount < minimumCharge(wanted.currency)) {
    throw invalidRequest('Amount must convert to at least 50 cents.', {
      code: 'amount_too_small',
      param: 'amount',
    });
  }
  const id = world.ids.draw('pi');
  const intent: Stripe.PaymentIntent = {
    ...untouched,
    id,
    allowed_payment_method_types: wanted.allowedTypes,
    amount: wanted.amount,
    automatic_payment_methods: { allow_redirects: wanted.redirects, enabled: true },
    client_secret: world.ids.draw(`${id}_secret`),
    created: world.now(wanted.customer),
    currency: wanted.currency,
    customer: wanted.customer,
    description: wanted.description,
    metadata: wanted.metadata,
    payment_method: wanted.paymentMethod,
    payment_method_types: ['card'],
    receipt_email: wanted.receiptEmail,
    setup_future_usage: wanted.setupFutureUsage,
    statement_descriptor: wanted.statementDescriptor,
    statement_descriptor_suffix: wanted.statementDescriptorSuffix,
    status: wanted.paymentMethod === null ? 'requires_payment_method' : 'requires_confirmation',
  };
  world.tables.paymentIntents.set(id, intent);
  world.tables.intentSecrets.set(id, {
    offSession: false,
    errorOnRequiresAction: false,
    invoice: wanted.invoice,
  });
  world.emit('payment_intent.created', intent);
  return intent;
}

/** How an attempt to collect ended. */
export type Attempt =
  | { readonly kind: 'paid' }
  /** A bank debit: its end is told days later. */
  | { readonly kind: 'processing' }
  | { readonly kind: 'actionRequired' }
  | { readonly kind: 'declined'; readonly decline: Decline; readonly charge: string | null };

/**
 * Tries to charge the intent's payment method. A card that asks for authentication waits for the
 * customer, and fails at once where the customer is away (`off_session`).
 */
export function attemptPayment(
  world: World,
  intent: Stripe.PaymentIntent,
  given: { readonly returnUrl: string | null },
): Attempt {
  const paymentMethod = world.need('paymentMethods', idOf(intent.payment_method) ?? '');
  if (bankAccountOf(world, paymentMethod.id) !== undefined) {
    return debit(world, intent, paymentMethod);
  }
  const secret = world.need('intentSecrets', intent.id);
  const { authentication } = cardOf(world, paymentMethod.id);
  const isSetUp = secret.offSession && world.need('cardSecrets', paymentMethod.id).isSetUp;
  const mustAuthenticate =
    authentication === 'always' || (authentication === 'unlessSetUp' && !isSetUp);
  if (!mustAuthenticate) return charge(world, intent, paymentMethod);
  const isAway = secret.offSession && secret.invoice === null; // an invoice waits for its customer
  if (isAway || secret.errorOnRequiresAction) {
    const failed = recordCharge(world, intent, { paymentMethod, end: authenticationRequired });
    return fail(world, intent, { decline: authenticationRequired, charge: failed.id });
  }
  intent.status = 'requires_action';
  intent.next_action =
    given.returnUrl === null
      ? { type: 'use_stripe_sdk', use_stripe_sdk: {} }
      : {
          type: 'redirect_to_url',
          redirect_to_url: {
            return_url: given.returnUrl,
            url: `${world.baseUrl}/authenticate/${intent.id}`,
          },
        };
  world.emit('payment_intent.requires_action', intent);
  return { kind: 'actionRequired' };
}

/** What follows when the customer answers their bank's question. */
export function authenticatePayment(
  world: World,
  intent: Stripe.PaymentIntent,
  answer: 'complete' | 'fail',
): Attempt {
  const paymentMethod = world.need('paymentMethods', idOf(intent.payment_method) ?? '');
  intent.next_action = null;
  if (answer === 'complete') return charge(world, intent, paymentMethod);
  return fail(world, intent, { decline: authenticationFailed, charge: null });
}

function charge(
  world: World,
  intent: Stripe.PaymentIntent,
  paymentMethod: Stripe.PaymentMethod,
): Attempt {
  const { onCharge } = cardOf(world, paymentMethod.id);
  const made = recordCharge(world, intent, { paymentMethod, end: onCharge });
  intent.latest_charge = made.id;
  if (onCharge !== 'paid') return fail(world, intent, { decline: onCharge, charge: made.id });
  keepForLater(world, intent, paymentMethod);
  return succeed(world, intent);
}

function succeed(world: World, intent: Stripe.PaymentIntent): Attempt {
  intent.status = 'succeeded';
  intent.amount_received = intent.amount;
  intent.last_payment_error = null;
  world.emit('payment_intent.succeeded', intent);
  return { kind: 'paid' };
}

/** The customer agreed to later charges, so the method is theirs from now on. */
function keepForLater(
  world: World,
  intent: Stripe.PaymentIntent,
  paymentMethod: Stripe.PaymentMethod,
): void {
  const customer = idOf(intent.customer);
  if (intent.setup_future_usage === null || customer === null) return;
  world.need('cardSecrets', paymentMethod.id).isSetUp = true;
  paymentMethod.allow_redisplay = 'limited';
  if (idOf(paymentMethod.customer) === null) keepPaymentMethod(world, paymentMethod, customer);
}

/** A bank answers a debit within four business days, at Stripe as here. */
const bankAnswersAfter = 4 * 86_400;

function debit(
  world: World,
  intent: Stripe.PaymentIntent,
  paymentMethod: Stripe.PaymentMethod,
): Attempt {
  const made = recordCharge(world, intent, { paymentMethod, end: 'pending' });
  intent.latest_charge = made.id;
  intent.status = 'processing';
  intent.last_payment_error = null;
  const dueAt = world.now(idOf(intent.customer)) + bankAnswersAfter;
  world.tables.bankDebits.set(intent.id, { intent: intent.id, dueAt });
  keepForLater(world, intent, paymentMethod);
  world.emit('payment_intent.processing', intent);
  return { kind: 'processing' };
}

/** The bank's answer to a debit that was on its way. */
export function endDebit(
  world: World,
  intent: Stripe.PaymentIntent,
  end: 'paid' | Decline,
): Attempt {
  const charge = world.need('charges', idOf(intent.latest_charge) ?? '');
  world.tables.bankDebits.delete(intent.id);
  settleCharge(world, charge, end);
  return end === 'paid'
    ? succeed(world, intent)
    : fail(world, intent, { decline: end, charge: charge.id });
}

function fail(
  world: World,
  intent: Stripe.PaymentIntent,
  failure: { readonly decline: Decline; readonly charge: string | null },
): Attempt {
  const { decline } = failure;
  const paymentMethod = world.need('paymentMethods', idOf(intent.payment_method) ?? '');
  intent.status = 'requires_payment_method';
  intent.payment_method = null;
  intent.next_action = null;
  if (failure.charge !== null) intent.latest_charge = failure.charge;
  intent.last_payment_error = {
    ...(failure.charge === null ? {} : { charge: failure.charge }),
    code: decline.code,
    decline_code: decline.declineCode,
    message: decline.message,
    payment_method: structuredClone(paymentMethod),
    type: 'card_error',
  };
  world.emit('payment_intent.payment_failed', intent);
  return { kind: 'declined', ...failure };
}

const cancelable = ['requires_payment_method', 'requires_confirmation', 'requires_action'];

export function cancelPayment(
  world: World,
  intent: Stripe.PaymentIntent,
  reason: Stripe.PaymentIntent.CancellationReason | null,
): void {
  if (!cancelable.includes(intent.status)) throw unexpectedState(intent, 'cancel');
  intent.status = 'canceled';
  intent.canceled_at = world.now(idOf(intent.customer));
  intent.cancellation_reason = reason;
  intent.next_action = null;
  world.emit('payment_intent.canceled', intent);
}

export const unexpectedState = (intent: Stripe.PaymentIntent, verb: string) =>
  invalidRequest(
    `You cannot ${verb} this PaymentIntent because it has a status of ${intent.status}.`,
    { code: 'payment_intent_unexpected_state', payment_intent: structuredClone(intent) },
  );
