import { z } from 'zod';
import { isCreatedIn, newestFirst } from '../http/lists.ts';
import { created, metadata, page, text } from '../http/params.ts';
import { route } from '../http/router.ts';
import { decideDispute } from '../objects/disputes.ts';
import { idOf, mergeMetadata } from '../world.ts';

export const disputeRoutes = [
  route(
    'GET',
    '/v1/disputes',
    z.strictObject({
      ...page,
      charge: text.optional(),
      created: created.optional(),
      payment_intent: text.optional(),
    }),
    ({ world, params }) => {
      const rows = [...world.tables.disputes.values()].filter(
        (dispute) =>
          isCreatedIn(dispute.created, params.created) &&
          (params.charge === undefined || idOf(dispute.charge) === params.charge) &&
          (params.payment_intent === undefined ||
            idOf(dispute.payment_intent) === params.payment_intent),
      );
      return newestFirst(rows, { url: '/v1/disputes', params });
    },
  ),
  route('GET', '/v1/disputes/:id', z.strictObject({}), ({ world, ids: [id = ''] }) =>
    world.need('disputes', id),
  ),
  route(
    'POST',
    '/v1/disputes/:id',
    z.strictObject({ metadata: metadata.optional() }),
    ({ world, ids: [id = ''], params }) => {
      const dispute = world.need('disputes', id);
      dispute.metadata = mergeMetadata(dispute.metadata, params.metadata);
      world.emit('charge.dispute.updated', dispute);
      return dispute;
    },
  ),
  route('POST', '/v1/disputes/:id/close', z.strictObject({}), ({ world, ids: [id = ''] }) =>
    decideDispute(world, world.need('disputes', id), 'lost'),
  ),
];
