import { z } from 'zod';
import { isCreatedIn, newestFirst } from '../http/lists.ts';
import { created, metadata, page, text } from '../http/params.ts';
import { route } from '../http/router.ts';
import { idOf, mergeMetadata } from '../world.ts';

export const chargeRoutes = [
  route(
    'GET',
    '/v1/charges',
    z.strictObject({
      ...page,
      created: created.optional(),
      customer: text.optional(),
      payment_intent: text.optional(),
    }),
    ({ world, params }) => {
      const rows = [...world.tables.charges.values()].filter(
        (charge) =>
          isCreatedIn(charge.created, params.created) &&
          (params.customer === undefined || idOf(charge.customer) === params.customer) &&
          (params.payment_intent === undefined ||
            idOf(charge.payment_intent) === params.payment_intent),
      );
      return newestFirst(rows, { url: '/v1/charges', params });
    },
  ),
  route('GET', '/v1/charges/:id', z.strictObject({}), ({ world, ids: [id = ''] }) =>
    world.need('charges', id, 'charge'),
  ),
  route(
    'POST',
    '/v1/charges/:id',
    z.strictObject({
      description: text.optional(),
      metadata: metadata.optional(),
      receipt_email: text.optional(),
    }),
    ({ world, ids: [id = ''], params }) => {
      const charge = world.need('charges', id, 'charge');
      if (params.description !== undefined) charge.description = params.description;
      if (params.receipt_email !== undefined) charge.receipt_email = params.receipt_email;
      charge.metadata = mergeMetadata(charge.metadata, params.metadata);
      world.emit('charge.updated', charge);
      return charge;
    },
  ),
];
