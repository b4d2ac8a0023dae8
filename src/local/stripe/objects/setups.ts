import type Stripe from 'stripe';
import type { Decline } from '../cards.ts';
import { invalidRequest } from '../http/refusal.ts';
import { idOf, type World } from '../world.ts';
import { bankAccountOf, cardOf, keepPaymentMethod } from './payment-methods.ts';

export interface NewSetup {
  readonly customer: string | null;
  readonly description: string | null;
  readonly metadata: Record<string, string>;
  readonly paymentMethod: string | null;
  readonly usage: 'off_session' | 'on_session';
}

export function createSetup(world: World, wanted: NewSetup): Stripe.SetupIntent {
  const id = world.ids.draw('seti');
  const setup: Stripe.SetupIntent = {
    id,
    object: 'setup_intent',
    allowed_payment_method_types: null,
    application: null,
    automatic_payment_methods: { allow_redirects: 'always', enabled: true },
    cancellation_reason: null,
    client_secret: world.ids.draw(`${id}_secret`),
    created: world.now(wanted.customer),
    customer: wanted.customer,
    customer_account: null,
    description: wanted.description,
    excluded_payment_method_types: null,
    flow_directions: null,
    last_setup_error: null,
    latest_attempt: null,
    livemode: false,
    mandate: null,
    metadata: wanted.metadata,
    next_action: null,
    on_behalf_of: null,
    payment_method: wanted.paymentMethod,
    payment_method_configuration_details: null,
    payment_method_options: null,
    payment_method_types: ['card'],
    single_use_mandate: null,
    status: wanted.paymentMethod === null ? 'requires_payment_method' : 'requires_confirmation',
    usage: wanted.usage,
  };
  world.tables.setupIntents.set(id, setup);
  world.emit('setup_intent.created', setup);
  return setup;
}

export type SetupAttempt =
  | { readonly kind: 'saved' }
  | { readonly kind: 'actionRequired' }
  | { readonly kind: 'declined'; readonly decline: Decline };

/** Asks the bank to accept the card for later charges. */
export function attemptSetup(
  world: World,
  setup: Stripe.SetupIntent,
  given: { readonly returnUrl: string | null },
): SetupAttempt {
  const paymentMethod = world.need('paymentMethods', idOf(setup.payment_method) ?? '');
  // A bank account is verified on the page itself.
  if (bankAccountOf(world, paymentMethod.id) !== undefined) {
    return complete(world, setup, paymentMethod);
  }
  const card = cardOf(world, paymentMethod.id);
  if (card.onAttach === 'declined' && card.onCharge !== 'paid') {
    return fail(world, setup, card.onCharge);
  }
  if (card.authentication === 'never') return complete(world, setup, paymentMethod);
  setup.status = 'requires_action';
  setup.next_action =
    given.returnUrl === null
      ? { type: 'use_stripe_sdk', use_stripe_sdk: {} }
      : {
          type: 'redirect_to_url',
          redirect_to_url: {
            return_url: given.returnUrl,
            url: `${world.baseUrl}/authenticate/${setup.id}`,
          },
        };
  world.emit('setup_intent.requires_action', setup);
  return { kind: 'actionRequired' };
}

export function authenticateSetup(
  world: World,
  setup: Stripe.SetupIntent,
  answer: 'complete' | 'fail',
): SetupAttempt {
  const paymentMethod = world.need('paymentMethods', idOf(setup.payment_method) ?? '');
  if (answer === 'complete') return complete(world, setup, paymentMethod);
  return fail(world, setup, {
    code: 'setup_intent_authentication_failure',
    declineCode: 'authentication_not_handled',
    message: 'The provided PaymentMethod has failed authentication. Use another payment method.',
  });
}

function complete(
  world: World,
  setup: Stripe.SetupIntent,
  paymentMethod: Stripe.PaymentMethod,
): SetupAttempt {
  const customer = idOf(setup.customer);
  setup.status = 'succeeded';
  setup.next_action = null;
  setup.last_setup_error = null;
  world.need('cardSecrets', paymentMethod.id).isSetUp = setup.usage === 'off_session';
  if (customer !== null && idOf(paymentMethod.customer) === null) {
    keepPaymentMethod(world, paymentMethod, customer);
  }
  world.emit('setup_intent.succeeded', setup);
  return { kind: 'saved' };
}

function fail(world: World, setup: Stripe.SetupIntent, decline: Decline): SetupAttempt {
  const paymentMethod = world.need('paymentMethods', idOf(setup.payment_method) ?? '');
  setup.status = 'requires_payment_method';
  setup.payment_method = null;
  setup.next_action = null;
  setup.last_setup_error = {
    code: decline.code,
    decline_code: decline.declineCode,
    message: decline.message,
    payment_method: structuredClone(paymentMethod),
    type: 'card_error',
  };
  world.emit('setup_intent.setup_failed', setup);
  return { kind: 'declined', decline };
}

export function cancelSetup(
  world: World,
  setup: Stripe.SetupIntent,
  reason: Stripe.SetupIntent.CancellationReason | null,
): void {
  if (setup.status === 'succeeded' || setup.status === 'canceled') {
    throw unexpectedSetupState(setup, 'cancel');
  }
  setup.status = 'canceled';
  setup.cancellation_reason = reason;
  setup.next_action = null;
  world.emit('setup_intent.canceled', setup);
}

export const unexpectedSetupState = (setup: Stripe.SetupIntent, verb: string) =>
  invalidRequest(
    `You cannot ${verb} this SetupIntent because it has a status of ${setup.status}.`,
    {
      code: 'setup_intent_unexpected_state',
      setup_intent: structuredClone(setup),
    },
  );
