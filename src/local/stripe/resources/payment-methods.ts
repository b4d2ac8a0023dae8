import { z } from 'zod';
import { cardByNumber, cardByToken } from '../cards.ts';
import { newestFirst } from '../http/lists.ts';
import { address, clearable, metadata, page, text } from '../http/params.ts';
import { invalidRequest, StripeRefusal } from '../http/refusal.ts';
import { route } from '../http/router.ts';
import { addressOf, noAddress } from '../objects/addresses.ts';
import { needCustomer } from '../objects/customers.ts';
import {
  attachPaymentMethod,
  cardsOfCustomer,
  createPaymentMethod,
  detachPaymentMethod,
  resolvePaymentMethod,
} from '../objects/payment-methods.ts';
import { mergeMetadata, type World } from '../world.ts';
import { onlyOfType } from './customers.ts';

const billingDetails = z.strictObject({
  address: address.optional(),
  email: clearable.optional(),
  name: clearable.optional(),
  phone: clearable.optional(),
});

const createParams = z.strictObject({
  allow_redisplay: z.enum(['always', 'limited', 'unspecified']).optional(),
  billing_details: billingDetails.optional(),
  card: z.union([
    z.strictObject({ token: text }),
    z.strictObject({
      cvc: text.optional(),
      exp_month: text,
      exp_year: text,
      number: text,
    }),
  ]),
  metadata: metadata.optional(),
  type: z.literal('card'),
});

function create(world: World, params: z.output<typeof createParams>): object {
  const card =
    'token' in params.card ? cardByToken(params.card.token) : cardByNumber(params.card.number);
  if (card === undefined) throw unknownCard(params.card);
  const created = createPaymentMethod(world, card);
  const { address: where, ...who } = params.billing_details ?? {};
  created.billing_details = {
    ...created.billing_details,
    address: where === undefined ? noAddress : addressOf(where),
    email: who.email ?? null,
    name: who.name ?? null,
    phone: who.phone ?? null,
  };
  if (params.allow_redisplay !== undefined) created.allow_redisplay = params.allow_redisplay;
  created.metadata = mergeMetadata({}, params.metadata);
  return created;
}

const unknownCard = (card: { readonly token?: string } | { readonly number: string }) =>
  'number' in card
    ? new StripeRefusal(402, {
        type: 'card_error',
        code: 'card_declined',
        decline_code: 'test_mode_live_card',
        message: 'Your card was declined. Only test cards work here: see the Checkout page.',
      })
    : invalidRequest(`No such token: '${card.token ?? ''}'`, {
        code: 'resource_missing',
        param: 'card[token]',
      });

export const paymentMethodRoutes = [
  route('POST', '/v1/payment_methods', createParams, ({ world, params }) => create(world, params)),
  route(
    'GET',
    '/v1/payment_methods',
    z.strictObject({ ...page, customer: text, type: text.optional() }),
    ({ world, params }) => {
      needCustomer(world, params.customer, 'customer');
      const rows = onlyOfType(cardsOfCustomer(world, params.customer), params.type);
      return newestFirst(rows, { url: '/v1/payment_methods', params });
    },
  ),
  route('GET', '/v1/payment_methods/:id', z.strictObject({}), ({ world, ids: [id = ''] }) =>
    resolvePaymentMethod(world, id),
  ),
  route(
    'POST',
    '/v1/payment_methods/:id',
    z.strictObject({
      allow_redisplay: z.enum(['always', 'limited', 'unspecified']).optional(),
      metadata: metadata.optional(),
    }),
    ({ world, ids: [id = ''], params }) => {
      const card = world.need('paymentMethods', id);
      if (params.allow_redisplay !== undefined) card.allow_redisplay = params.allow_redisplay;
      card.metadata = mergeMetadata(card.metadata, params.metadata);
      world.emit('payment_method.updated', card);
      return card;
    },
  ),
  route(
    'POST',
    '/v1/payment_methods/:id/attach',
    z.strictObject({ customer: text }),
    ({ world, ids: [id = ''], params }) => {
      needCustomer(world, params.customer, 'customer');
      const card = resolvePaymentMethod(world, id);
      attachPaymentMethod(world, card, params.customer);
      return card;
    },
  ),
  route(
    'POST',
    '/v1/payment_methods/:id/detach',
    z.strictObject({}),
    ({ world, ids: [id = ''] }) => {
      const card = world.need('paymentMethods', id);
      detachPaymentMethod(world, card);
      return card;
    },
  ),
];
