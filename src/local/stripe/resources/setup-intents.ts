import type Stripe from 'stripe';
import { z } from 'zod';
import { isCreatedIn, newestFirst } from '../http/lists.ts';
import { created, flag, metadata, page, text } from '../http/params.ts';
import { invalidRequest } from '../http/refusal.ts';
import { route } from '../http/router.ts';
import { needCustomer } from '../objects/customers.ts';
import { cardError, refuseDetached, resolvePaymentMethod } from '../objects/payment-methods.ts';
import { attemptSetup, cancelSetup, createSetup, unexpectedSetupState } from '../objects/setups.ts';
import { idOf, mergeMetadata, type World } from '../world.ts';

const createParams = z.strictObject({
  automatic_payment_methods: z
    .strictObject({ allow_redirects: z.enum(['always', 'never']).optional(), enabled: flag })
    .optional(),
  confirm: flag.optional(),
  customer: text.optional(),
  description: text.optional(),
  metadata: metadata.optional(),
  payment_method: text.optional(),
  return_url: text.optional(),
  usage: z.enum(['off_session', 'on_session']).optional(),
});

const confirmParams = z.strictObject({
  payment_method: text.optional(),
  return_url: text.optional(),
});

function create(world: World, params: z.output<typeof createParams>): Stripe.SetupIntent {
  if (params.customer !== undefined) needCustomer(world, params.customer, 'customer');
  const setup = createSetup(world, {
    customer: params.customer ?? null,
    description: params.description ?? null,
    metadata: mergeMetadata({}, params.metadata),
    paymentMethod: params.payment_method
      ? usableMethod(world, params.payment_method, params.customer ?? null)
      : null,
    usage: params.usage ?? 'off_session',
  });
  return params.confirm === true ? confirm(world, setup, { return_url: params.return_url }) : setup;
}

function usableMethod(world: World, id: string, customer: string | null): string {
  const paymentMethod = resolvePaymentMethod(world, id);
  refuseDetached(world, paymentMethod);
  const owner = idOf(paymentMethod.customer);
  if (owner === null || owner === customer) return paymentMethod.id;
  throw invalidRequest('The provided PaymentMethod belongs to another Customer.', {
    code: 'setup_intent_invalid_parameter',
    param: 'payment_method',
  });
}

function confirm(
  world: World,
  setup: Stripe.SetupIntent,
  given: z.output<typeof confirmParams>,
): Stripe.SetupIntent {
  if (setup.status === 'succeeded' || setup.status === 'canceled') {
    throw unexpectedSetupState(setup, 'confirm');
  }
  if (given.payment_method !== undefined) {
    setup.payment_method = usableMethod(world, given.payment_method, idOf(setup.customer));
  }
  if (idOf(setup.payment_method) === null) throw unexpectedSetupState(setup, 'confirm');
  const attempt = attemptSetup(world, setup, { returnUrl: given.return_url ?? null });
  if (attempt.kind !== 'declined') return setup;
  throw cardError(attempt.decline, { setup_intent: structuredClone(setup) });
}

export const setupIntentRoutes = [
  route('POST', '/v1/setup_intents', createParams, ({ world, params }) => create(world, params)),
  route(
    'GET',
    '/v1/setup_intents',
    z.strictObject({ ...page, created: created.optional(), customer: text.optional() }),
    ({ world, params }) => {
      const rows = [...world.tables.setupIntents.values()].filter(
        (setup) =>
          isCreatedIn(setup.created, params.created) &&
          (params.customer === undefined || idOf(setup.customer) === params.customer),
      );
      return newestFirst(rows, { url: '/v1/setup_intents', params });
    },
  ),
  route('GET', '/v1/setup_intents/:id', z.strictObject({}), ({ world, ids: [id = ''] }) =>
    world.need('setupIntents', id, 'intent'),
  ),
  route(
    'POST',
    '/v1/setup_intents/:id/confirm',
    confirmParams,
    ({ world, ids: [id = ''], params }) =>
      confirm(world, world.need('setupIntents', id, 'intent'), params),
  ),
  route(
    'POST',
    '/v1/setup_intents/:id/cancel',
    z.strictObject({
      cancellation_reason: z.enum(['abandoned', 'duplicate', 'requested_by_customer']).optional(),
    }),
    ({ world, ids: [id = ''], params }) => {
      const setup = world.need('setupIntents', id, 'intent');
      cancelSetup(world, setup, params.cancellation_reason ?? null);
      return setup;
    },
  ),
];
