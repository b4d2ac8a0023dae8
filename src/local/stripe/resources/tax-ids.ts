import type Stripe from 'stripe';
import { z } from 'zod';
import { newestFirst } from '../http/lists.ts';
import { page, text } from '../http/params.ts';
import { resourceMissing } from '../http/refusal.ts';
import { route } from '../http/router.ts';
import { needCustomer } from '../objects/customers.ts';
import { idOf, type World } from '../world.ts';

export const taxIdParams = z.strictObject({ type: text, value: text });

const euPrefix = /^[A-Z]{2}/;

export function addTaxId(
  world: World,
  customer: string,
  given: z.output<typeof taxIdParams>,
): Stripe.TaxId {
  const taxId: Stripe.TaxId = {
    id: world.ids.draw('txi'),
    object: 'tax_id',
    country:
      given.type === 'eu_vat'
        ? (euPrefix.exec(given.value)?.[0] ?? null)
        : given.type.slice(0, 2).toUpperCase(),
    created: world.now(customer),
    customer,
    customer_account: null,
    livemode: false,
    owner: { customer, customer_account: null, type: 'customer' },
    type: given.type,
    value: given.value,
    verification: { status: 'pending', verified_address: null, verified_name: null },
  };
  world.tables.taxIds.set(taxId.id, taxId);
  world.emit('customer.tax_id.created', taxId);
  return taxId;
}

function needTaxId(world: World, customer: string, id: string): Stripe.TaxId {
  const taxId = world.need('taxIds', id);
  if (idOf(taxId.customer) !== customer) throw resourceMissing('tax_id', id);
  return taxId;
}

export const taxIdRoutes = [
  route('POST', '/v1/customers/:id/tax_ids', taxIdParams, ({ world, ids: [id = ''], params }) =>
    addTaxId(world, needCustomer(world, id, 'customer').id, params),
  ),
  route(
    'GET',
    '/v1/customers/:id/tax_ids',
    z.strictObject(page),
    ({ world, ids: [id = ''], params }) => {
      needCustomer(world, id, 'customer');
      const rows = [...world.tables.taxIds.values()].filter((each) => idOf(each.customer) === id);
      return newestFirst(rows, { url: `/v1/customers/${id}/tax_ids`, params });
    },
  ),
  route(
    'GET',
    '/v1/customers/:id/tax_ids/:taxId',
    z.strictObject({}),
    ({ world, ids: [id = '', taxId = ''] }) => needTaxId(world, id, taxId),
  ),
  route(
    'DELETE',
    '/v1/customers/:id/tax_ids/:taxId',
    z.strictObject({}),
    ({ world, ids: [id = '', taxId = ''] }) => {
      const removed = needTaxId(world, id, taxId);
      world.tables.taxIds.delete(taxId);
      world.emit('customer.tax_id.deleted', removed);
      return { id: taxId, object: 'tax_id', deleted: true };
    },
  ),
];
