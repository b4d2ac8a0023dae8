import type Stripe from 'stripe';
import { z } from 'zod';
import { isCreatedIn, newestFirst, pageOf } from '../http/lists.ts';
import { created, currency, metadata, natural, page, text } from '../http/params.ts';
import { invalidRequest } from '../http/refusal.ts';
import { route } from '../http/router.ts';
import { expireCheckout } from '../objects/checkout.ts';
import { needCustomer } from '../objects/customers.ts';
import { newCheckout } from '../objects/new-checkout.ts';
import { createPrice, createProduct } from '../objects/prices.ts';
import { createSetup } from '../objects/setups.ts';
import { idOf, mergeMetadata, type World } from '../world.ts';

const webUrl = z.string().refine((url) => /^https?:\/\/[^\s]+$/.test(url), 'Not a valid URL');

const lineItem = z.strictObject({
  metadata: metadata.optional(),
  price: text.optional(),
  price_data: z
    .strictObject({
      currency,
      product: text.optional(),
      product_data: z
        .strictObject({
          description: text.optional(),
          metadata: metadata.optional(),
          name: text,
        })
        .optional(),
      unit_amount: natural,
    })
    .optional(),
  quantity: natural.optional(),
});

/** Cards and US bank accounts are what the page takes; other types may be allowed beside them. */
const methodTypes = z
  .array(text)
  .refine(
    (types) => types.includes('card') || types.includes('us_bank_account'),
    'must include card or us_bank_account',
  );

const createParams = z.strictObject({
  // Switched on, the page would show another currency; there is one here.
  adaptive_pricing: z.strictObject({ enabled: z.literal('false') }).optional(),
  allowed_payment_method_types: methodTypes.optional(),
  cancel_url: webUrl.optional(),
  client_reference_id: text.optional(),
  currency: currency.optional(),
  customer: text.optional(),
  customer_creation: z.enum(['always', 'if_required']).optional(),
  customer_email: text.optional(),
  expires_at: natural.optional(),
  line_items: z.array(lineItem).max(100).optional(),
  metadata: metadata.optional(),
  mode: z.enum(['payment', 'setup']),
  payment_intent_data: z
    .strictObject({
      description: text.optional(),
      metadata: metadata.optional(),
      setup_future_usage: z.enum(['off_session', 'on_session']).optional(),
      statement_descriptor_suffix: text.optional(),
    })
    .optional(),
  setup_intent_data: z
    .strictObject({ description: text.optional(), metadata: metadata.optional() })
    .optional(),
  success_url: webUrl,
  ui_mode: z.literal('hosted_page').optional(),
});
type CreateParams = z.output<typeof createParams>;

const minute = 60;

interface Rule {
  readonly param: keyof CreateParams;
  readonly isBroken: boolean;
  readonly says: string;
}

/** What of the parameters fits together in which mode. */
function rulesOf(world: World, params: CreateParams): readonly Rule[] {
  const isPayment = params.mode === 'payment';
  const now = world.now(params.customer);
  const until = params.expires_at ?? now + 24 * 60 * minute;
  const hasOther = params.customer_email !== undefined || params.customer_creation !== undefined;
  return [
    {
      param: 'customer',
      isBroken: params.customer !== undefined && hasOther,
      says: 'excludes `customer_email` and `customer_creation`',
    },
    {
      param: 'line_items',
      isBroken: isPayment !== (params.line_items !== undefined && params.line_items.length > 0),
      says: 'is required in `payment` mode, and only there',
    },
    {
      param: 'payment_intent_data',
      isBroken: !isPayment && params.payment_intent_data !== undefined,
      says: 'is only for `payment` mode',
    },
    {
      param: 'setup_intent_data',
      isBroken: isPayment && params.setup_intent_data !== undefined,
      says: 'is only for `setup` mode',
    },
    {
      param: 'currency',
      isBroken: !isPayment && !params.currency && !params.allowed_payment_method_types,
      says: 'or `allowed_payment_method_types` is required in `setup` mode',
    },
    {
      param: 'expires_at',
      isBroken: until < now + 30 * minute || until > now + 24 * 60 * minute,
      says: 'must be between 30 minutes and 24 hours from now',
    },
  ];
}

function create(world: World, params: CreateParams): Stripe.Checkout.Session {
  if (params.customer !== undefined) needCustomer(world, params.customer, 'customer');
  const broken = rulesOf(world, params).find((rule) => rule.isBroken);
  if (broken !== undefined) {
    throw invalidRequest(`\`${broken.param}\` ${broken.says}.`, { param: broken.param });
  }
  const lines = (params.line_items ?? []).map((line, index) => lineOf(world, line, index));
  const session = openSession(world, params, lines);
  world.tables.checkoutSessions.set(session.id, session);
  world.tables.checkoutLines.set(session.id, lines);
  const data = params.payment_intent_data ?? {};
  world.tables.checkoutSecrets.set(session.id, {
    intentMetadata: mergeMetadata({}, data.metadata),
    intentDescription: data.description ?? null,
    setupFutureUsage: data.setup_future_usage ?? null,
    statementDescriptorSuffix: data.statement_descriptor_suffix ?? null,
  });
  return session;
}

function openSession(
  world: World,
  params: CreateParams,
  lines: readonly Stripe.LineItem[],
): Stripe.Checkout.Session {
  const customer = params.customer ?? null;
  const isPayment = params.mode === 'payment';
  const common = {
    customer,
    customerCreation: customer === null ? (params.customer_creation ?? 'if_required') : null,
    customerEmail: params.customer_email ?? null,
    successUrl: params.success_url,
    cancelUrl: params.cancel_url ?? null,
    expiresAt: params.expires_at ?? world.now(customer) + 24 * 60 * minute,
    clientReferenceId: params.client_reference_id ?? null,
    metadata: mergeMetadata({}, params.metadata),
    allowedTypes: params.allowed_payment_method_types ?? null,
  };
  return newCheckout(
    world,
    isPayment
      ? { ...common, mode: 'payment', ...sumOf(lines), setupIntent: null }
      : {
          ...common,
          mode: 'setup',
          currency: params.currency ?? null,
          total: null,
          setupIntent: setupFor(world, params),
        },
  );
}

function sumOf(lines: readonly Stripe.LineItem[]): { currency: string | null; total: number } {
  const [first] = lines;
  if (lines.some((line) => line.currency !== first?.currency)) {
    throw invalidRequest('All line items must have one currency.', { param: 'line_items' });
  }
  const total = lines.reduce((sum, line) => sum + line.amount_total, 0);
  return { currency: first?.currency ?? null, total };
}

const setupFor = (world: World, params: CreateParams): string =>
  createSetup(world, {
    customer: params.customer ?? null,
    description: params.setup_intent_data?.description ?? null,
    metadata: mergeMetadata({}, params.setup_intent_data?.metadata),
    paymentMethod: null,
    usage: 'off_session',
  }).id;

function lineOf(world: World, line: z.output<typeof lineItem>, index: number): Stripe.LineItem {
  const price = priceOf(world, line, index);
  const product = world.need('products', idOf(price.product) ?? '');
  const quantity = line.quantity ?? 1;
  const amount = (price.unit_amount ?? 0) * quantity;
  return {
    id: world.ids.draw('li'),
    object: 'item',
    adjustable_quantity: null,
    amount_discount: 0,
    amount_subtotal: amount,
    amount_tax: 0,
    amount_total: amount,
    currency: price.currency,
    description: product.name,
    metadata: mergeMetadata({}, line.metadata),
    price,
    quantity,
  };
}

function priceOf(world: World, line: z.output<typeof lineItem>, index: number): Stripe.Price {
  const data = line.price_data;
  if (line.price !== undefined) return world.need('prices', line.price, 'line_items[price]');
  const named = data?.product;
  if (data === undefined || (named === undefined) === (data.product_data === undefined)) {
    throw invalidRequest(
      'A line item needs `price`, or `price_data` with either `product` or `product_data`.',
      { param: `line_items[${index}]`, code: 'parameter_missing' },
    );
  }
  const product =
    named === undefined
      ? createProduct(world, {
          name: data.product_data?.name ?? '',
          description: data.product_data?.description ?? null,
          metadata: mergeMetadata({}, data.product_data?.metadata),
        })
      : world.need('products', named, 'line_items[price_data][product]');
  return createPrice(world, {
    currency: data.currency,
    product: product.id,
    unitAmount: data.unit_amount,
    metadata: {},
    active: false,
  });
}

function expire(world: World, session: Stripe.Checkout.Session): Stripe.Checkout.Session {
  if (session.status !== 'open') {
    throw invalidRequest(
      'Only Checkout Sessions with a status in ["open"] can be expired. This Session has a ' +
        `status of ${session.status ?? 'unknown'}.`,
    );
  }
  expireCheckout(world, session);
  return session;
}

const listParams = z.strictObject({
  ...page,
  created: created.optional(),
  customer: text.optional(),
  payment_intent: text.optional(),
  status: z.enum(['complete', 'expired', 'open']).optional(),
});

function list(world: World, params: z.output<typeof listParams>) {
  const { payment_intent: intent } = params;
  const rows = [...world.tables.checkoutSessions.values()].filter(
    (session) =>
      isCreatedIn(session.created, params.created) &&
      (params.customer === undefined || idOf(session.customer) === params.customer) &&
      (intent === undefined || idOf(session.payment_intent) === intent) &&
      (params.status === undefined || session.status === params.status),
  );
  return newestFirst(rows, { url: '/v1/checkout/sessions', params });
}

const base = '/v1/checkout/sessions';

export const checkoutRoutes = [
  route('POST', base, createParams, ({ world, params }) => create(world, params)),
  route('GET', base, listParams, ({ world, params }) => list(world, params)),
  route('GET', `${base}/:id`, z.strictObject({}), ({ world, ids: [id = ''] }) =>
    world.need('checkoutSessions', id, 'session'),
  ),
  route('POST', `${base}/:id/expire`, z.strictObject({}), ({ world, ids: [id = ''] }) =>
    expire(world, world.need('checkoutSessions', id, 'session')),
  ),
  route(
    'GET',
    `${base}/:id/line_items`,
    z.strictObject(page),
    ({ world, ids: [id = ''], params }) => {
      world.need('checkoutSessions', id, 'session');
      const lines = world.tables.checkoutLines.get(id) ?? [];
      return pageOf(lines, { url: `${base}/${id}/line_items`, params });
    },
  ),
];
