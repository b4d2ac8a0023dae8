import type Stripe from 'stripe';
import { z } from 'zod';
import { isCreatedIn, newestFirst } from '../http/lists.ts';
import { address, clearable, created, metadata, page, text } from '../http/params.ts';
import { invalidRequest } from '../http/refusal.ts';
import { route } from '../http/router.ts';
import { addressOf } from '../objects/addresses.ts';
import { chooseDefaultCard, needCustomer, newCustomer, notAttached } from '../objects/customers.ts';
import {
  attachPaymentMethod,
  cardsOfCustomer,
  detachPaymentMethod,
  resolvePaymentMethod,
} from '../objects/payment-methods.ts';
import { mergeMetadata, type World } from '../world.ts';
import { addTaxId, taxIdParams } from './tax-ids.ts';

const fields = {
  address: z.union([z.literal(''), address]).optional(),
  description: clearable.optional(),
  email: clearable.optional(),
  invoice_prefix: z
    .string()
    .regex(/^[A-Z0-9]{3,12}$/, '3 to 12 capital letters or digits.')
    .optional(),
  invoice_settings: z
    .strictObject({
      default_payment_method: clearable.optional(),
      footer: clearable.optional(),
    })
    .optional(),
  metadata: metadata.optional(),
  name: clearable.optional(),
  phone: clearable.optional(),
  preferred_locales: z.array(text).optional(),
  tax_exempt: z.enum(['', 'exempt', 'none', 'reverse']).optional(),
};
const updateParams = z.strictObject(fields);
const createParams = z.strictObject({
  ...fields,
  payment_method: text.optional(),
  tax_id_data: z.array(taxIdParams).optional(),
});
type Fields = z.output<typeof updateParams>;

/** Writes the fields that were given, and answers the former values of those that changed. */
function assign(world: World, customer: Stripe.Customer, given: Fields): object {
  const before = structuredClone(customer);
  if (given.address !== undefined) {
    customer.address = given.address === '' ? null : addressOf(given.address);
  }
  if (given.description !== undefined) customer.description = given.description;
  if (given.email !== undefined) customer.email = given.email;
  if (given.name !== undefined) customer.name = given.name;
  if (given.phone !== undefined) customer.phone = given.phone;
  if (given.invoice_prefix !== undefined) customer.invoice_prefix = given.invoice_prefix;
  if (given.preferred_locales !== undefined) customer.preferred_locales = given.preferred_locales;
  if (given.tax_exempt !== undefined) customer.tax_exempt = given.tax_exempt || 'none';
  customer.metadata = mergeMetadata(customer.metadata, given.metadata);
  const settings = given.invoice_settings ?? {};
  if (settings.footer !== undefined) customer.invoice_settings.footer = settings.footer;
  const { default_payment_method: chosen } = settings;
  if (chosen === null) customer.invoice_settings.default_payment_method = null;
  else if (chosen !== undefined) chooseDefaultCard(world, customer, chosen);
  return changedFields(before, customer);
}

/** The fields of `before` that differ from `after`, as an update event reports them. */
function changedFields(before: object, after: object): object {
  const now = new Map(Object.entries(after));
  return Object.fromEntries(
    Object.entries(before).filter(
      ([name, value]) => JSON.stringify(value) !== JSON.stringify(now.get(name)),
    ),
  );
}

function create(world: World, params: z.output<typeof createParams>): Stripe.Customer {
  const chosen = params.invoice_settings?.default_payment_method ?? params.payment_method;
  if (chosen !== undefined && chosen !== params.payment_method) throw notAttached(chosen);
  const card = params.payment_method && resolvePaymentMethod(world, params.payment_method);
  const customer = newCustomer(world, { email: null, name: null });
  if (card) attachPaymentMethod(world, card, customer.id);
  // The default can only be the card just attached, which a test id does not name.
  const { default_payment_method: wantsDefault, ...settings } = params.invoice_settings ?? {};
  assign(world, customer, { ...params, invoice_settings: settings });
  if (card && wantsDefault) chooseDefaultCard(world, customer, card.id);
  world.tables.customers.set(customer.id, customer);
  for (const taxId of params.tax_id_data ?? []) addTaxId(world, customer.id, taxId);
  world.emit('customer.created', customer);
  return customer;
}

function remove(world: World, customer: Stripe.Customer): object {
  for (const card of cardsOfCustomer(world, customer.id)) detachPaymentMethod(world, card);
  const deleted = { id: customer.id, object: 'customer', deleted: true } as const;
  world.tables.customers.delete(customer.id);
  world.tables.deletedCustomers.set(customer.id, deleted);
  world.emit('customer.deleted', customer);
  return deleted;
}

export const customerRoutes = [
  route('POST', '/v1/customers', createParams, ({ world, params }) => create(world, params)),
  route(
    'GET',
    '/v1/customers',
    z.strictObject({ ...page, created: created.optional(), email: text.optional() }),
    ({ world, params }) => {
      const rows = [...world.tables.customers.values()].filter(
        (customer) =>
          isCreatedIn(customer.created, params.created) &&
          (params.email === undefined || customer.email === params.email),
      );
      return newestFirst(rows, { url: '/v1/customers', params });
    },
  ),
  route(
    'GET',
    '/v1/customers/:id',
    z.strictObject({}),
    ({ world, ids: [id = ''] }) => world.tables.deletedCustomers.get(id) ?? needCustomer(world, id),
  ),
  route('POST', '/v1/customers/:id', updateParams, ({ world, ids: [id = ''], params }) => {
    const customer = needCustomer(world, id);
    world.emit('customer.updated', customer, { previous: assign(world, customer, params) });
    return customer;
  }),
  route('DELETE', '/v1/customers/:id', z.strictObject({}), ({ world, ids: [id = ''] }) =>
    remove(world, needCustomer(world, id)),
  ),
  route(
    'GET',
    '/v1/customers/:id/payment_methods',
    z.strictObject({ ...page, type: text.optional() }),
    ({ world, ids: [id = ''], params }) => {
      const rows = cardsOfCustomer(world, needCustomer(world, id).id);
      const url = `/v1/customers/${id}/payment_methods`;
      return newestFirst(onlyOfType(rows, params.type), { url, params });
    },
  ),
  route(
    'GET',
    '/v1/customers/:id/payment_methods/:method',
    z.strictObject({}),
    ({ world, ids: [id = '', method = ''] }) => {
      const found = cardsOfCustomer(world, needCustomer(world, id).id).find(
        (card) => card.id === method,
      );
      if (found !== undefined) return found;
      throw invalidRequest(`No such PaymentMethod: '${method}' for this customer`, {
        code: 'resource_missing',
        param: 'payment_method',
      });
    },
  ),
];

export const onlyOfType = (
  cards: readonly Stripe.PaymentMethod[],
  type: string | undefined,
): Stripe.PaymentMethod[] => cards.filter((card) => type === undefined || card.type === type);
