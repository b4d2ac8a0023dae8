import type Stripe from 'stripe';
import { z } from 'zod';
import type { Decline } from '../cards.ts';
import { isCreatedIn, newestFirst } from '../http/lists.ts';
import { created, currency, flag, metadata, natural, page, text } from '../http/params.ts';
import { invalidRequest } from '../http/refusal.ts';
import { route } from '../http/router.ts';
import { settleInvoice } from '../objects/invoices.ts';
import { needCustomer } from '../objects/customers.ts';
import { cardError, refuseDetached, resolvePaymentMethod } from '../objects/payment-methods.ts';
import {
  attemptPayment,
  cancelPayment,
  createPayment,
  unexpectedState,
} from '../objects/payments.ts';
import { idOf, mergeMetadata, type World } from '../world.ts';

const confirmation = {
  error_on_requires_action: flag.optional(),
  off_session: z.enum(['true', 'false', 'one_off', 'recurring']).optional(),
  payment_method: text.optional(),
  return_url: text.optional(),
  setup_future_usage: z.enum(['off_session', 'on_session']).optional(),
};

const createParams = z.strictObject({
  ...confirmation,
  allowed_payment_method_types: z
    .array(text)
    .refine(
      (types) => types.includes('card') || types.includes('us_bank_account'),
      'must include card or us_bank_account',
    )
    .optional(),
  amount: natural,
  automatic_payment_methods: z
    .strictObject({
      allow_redirects: z.enum(['always', 'never']).optional(),
      // Switched off, the types would have to be named one by one; the card is the only one here.
      enabled: z.literal('true'),
    })
    .optional(),
  confirm: flag.optional(),
  currency,
  customer: text.optional(),
  description: text.optional(),
  metadata: metadata.optional(),
  receipt_email: text.optional(),
  statement_descriptor: text.optional(),
  statement_descriptor_suffix: text.optional(),
});

type CreateParams = z.output<typeof createParams>;

const confirmParams = z.strictObject(confirmation);
type Confirmation = z.output<typeof confirmParams>;

const updateParams = z.strictObject({
  amount: natural.optional(),
  description: text.optional(),
  metadata: metadata.optional(),
  payment_method: text.optional(),
  receipt_email: text.optional(),
  setup_future_usage: z.enum(['off_session', 'on_session']).optional(),
});

const reasons = z.enum(['abandoned', 'duplicate', 'fraudulent', 'requested_by_customer']);

function create(world: World, params: CreateParams): Stripe.PaymentIntent {
  const customer = params.customer ?? null;
  if (customer !== null) needCustomer(world, customer, 'customer');
  if (params.off_session !== undefined && params.confirm !== true) {
    throw invalidRequest('You can only set `off_session` when `confirm` is true.', {
      param: 'off_session',
    });
  }
  const intent = createPayment(world, {
    amount: params.amount,
    currency: params.currency,
    customer,
    paymentMethod:
      params.payment_method === undefined
        ? null
        : usableMethod(world, params.payment_method, customer).id,
    ...wishesOf(params),
    invoice: null,
  });
  return params.confirm === true ? confirm(world, intent, params) : intent;
}

const wishesOf = (params: CreateParams) => ({
  allowedTypes: params.allowed_payment_method_types ?? null,
  redirects: params.automatic_payment_methods?.allow_redirects ?? ('always' as const),
  description: params.description ?? null,
  metadata: mergeMetadata({}, params.metadata),
  setupFutureUsage: params.setup_future_usage ?? null,
  receiptEmail: params.receipt_email ?? null,
  statementDescriptor: params.statement_descriptor ?? null,
  statementDescriptorSuffix: params.statement_descriptor_suffix ?? null,
});

/** A payment method may pay for its own customer, or for whoever holds it if it is nobody's. */
function usableMethod(world: World, id: string, customer: string | null): Stripe.PaymentMethod {
  const paymentMethod = resolvePaymentMethod(world, id);
  const owner = idOf(paymentMethod.customer);
  if (owner !== null && owner !== customer) {
    throw invalidRequest(
      'The provided PaymentMethod belongs to another Customer. Include that Customer in the ' +
        '`customer` parameter, or use a method of this Customer.',
      { code: 'payment_intent_invalid_parameter', param: 'payment_method' },
    );
  }
  refuseDetached(world, paymentMethod);
  return paymentMethod;
}

function confirm(
  world: World,
  intent: Stripe.PaymentIntent,
  given: Confirmation,
): Stripe.PaymentIntent {
  const confirmable = ['requires_payment_method', 'requires_confirmation', 'requires_action'];
  if (!confirmable.includes(intent.status)) throw unexpectedState(intent, 'confirm');
  if (given.payment_method !== undefined) {
    const { id } = usableMethod(world, given.payment_method, idOf(intent.customer));
    intent.payment_method = id;
  }
  if (given.setup_future_usage !== undefined) intent.setup_future_usage = given.setup_future_usage;
  if (idOf(intent.payment_method) === null) {
    throw invalidRequest(
      'You cannot confirm this PaymentIntent because it is missing a payment method. Update it ' +
        'with a payment method, or pass one.',
      { code: 'payment_intent_unexpected_state', payment_intent: structuredClone(intent) },
    );
  }
  const secret = world.need('intentSecrets', intent.id);
  secret.offSession = given.off_session !== undefined && given.off_session !== 'false';
  secret.errorOnRequiresAction = given.error_on_requires_action ?? false;
  const attempt = attemptPayment(world, intent, { returnUrl: given.return_url ?? null });
  settleInvoice(world, intent, attempt);
  if (attempt.kind === 'declined') throw declinedPayment(intent, attempt);
  return intent;
}

/** 402, naming the charge and carrying the intent as it is after the decline. */
const declinedPayment = (
  intent: Stripe.PaymentIntent,
  attempt: { readonly decline: Decline; readonly charge: string | null },
) =>
  cardError(attempt.decline, {
    ...(attempt.charge === null ? {} : { charge: attempt.charge }),
    payment_intent: structuredClone(intent),
    payment_method: structuredClone(intent.last_payment_error?.payment_method),
  });

const invoiceOwnsIt = (intent: Stripe.PaymentIntent) =>
  invalidRequest(
    'You cannot cancel this PaymentIntent because it was created by an Invoice. Void the Invoice.',
    { code: 'payment_intent_unexpected_state', payment_intent: structuredClone(intent) },
  );

function update(
  world: World,
  intent: Stripe.PaymentIntent,
  params: z.output<typeof updateParams>,
): Stripe.PaymentIntent {
  const isOver = intent.status === 'succeeded' || intent.status === 'canceled';
  if (isOver && (params.amount !== undefined || params.payment_method !== undefined)) {
    throw unexpectedState(intent, 'update');
  }
  if (params.amount !== undefined) intent.amount = params.amount;
  if (params.description !== undefined) intent.description = params.description;
  if (params.receipt_email !== undefined) intent.receipt_email = params.receipt_email;
  if (params.setup_future_usage) intent.setup_future_usage = params.setup_future_usage;
  intent.metadata = mergeMetadata(intent.metadata, params.metadata);
  if (params.payment_method !== undefined) {
    intent.payment_method = usableMethod(world, params.payment_method, idOf(intent.customer)).id;
    intent.status = 'requires_confirmation';
  }
  return intent;
}

export const paymentIntentRoutes = [
  route('POST', '/v1/payment_intents', createParams, ({ world, params }) => create(world, params)),
  route(
    'GET',
    '/v1/payment_intents',
    z.strictObject({ ...page, created: created.optional(), customer: text.optional() }),
    ({ world, params }) => {
      const rows = [...world.tables.paymentIntents.values()].filter(
        (intent) =>
          isCreatedIn(intent.created, params.created) &&
          (params.customer === undefined || idOf(intent.customer) === params.customer),
      );
      return newestFirst(rows, { url: '/v1/payment_intents', params });
    },
  ),
  route('GET', '/v1/payment_intents/:id', z.strictObject({}), ({ world, ids: [id = ''] }) =>
    world.need('paymentIntents', id, 'intent'),
  ),
  route('POST', '/v1/payment_intents/:id', updateParams, ({ world, ids: [id = ''], params }) =>
    update(world, world.need('paymentIntents', id, 'intent'), params),
  ),
  route(
    'POST',
    '/v1/payment_intents/:id/confirm',
    confirmParams,
    ({ world, ids: [id = ''], params }) =>
      confirm(world, world.need('paymentIntents', id, 'intent'), params),
  ),
  route(
    'POST',
    '/v1/payment_intents/:id/cancel',
    z.strictObject({ cancellation_reason: reasons.optional() }),
    ({ world, ids: [id = ''], params }) => {
      const intent = world.need('paymentIntents', id, 'intent');
      if (world.need('intentSecrets', id).invoice !== null) throw invoiceOwnsIt(intent);
      cancelPayment(world, intent, params.cancellation_reason ?? null);
      return intent;
    },
  ),
];
