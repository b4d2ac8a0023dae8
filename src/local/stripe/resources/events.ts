import { z } from 'zod';
import { isCreatedIn, newestFirst } from '../http/lists.ts';
import { created, flag, page, text } from '../http/params.ts';
import { route } from '../http/router.ts';

/** `type` may be a family: `invoice.*`. */
export const isOfType = (type: string, wanted: string): boolean =>
  wanted === '*' ||
  wanted === type ||
  (wanted.endsWith('.*') && type.startsWith(wanted.slice(0, -1)));

export const eventRoutes = [
  route(
    'GET',
    '/v1/events',
    z.strictObject({
      ...page,
      created: created.optional(),
      delivery_success: flag.optional(),
      type: text.optional(),
      types: z.array(text).max(20).optional(),
    }),
    ({ world, params }) => {
      const wanted = params.types ?? (params.type === undefined ? ['*'] : [params.type]);
      const rows = [...world.tables.events.values()].filter(
        (event) =>
          isCreatedIn(event.created, params.created) &&
          wanted.some((type) => isOfType(event.type, type)) &&
          (params.delivery_success === undefined ||
            params.delivery_success === (event.pending_webhooks === 0)),
      );
      return newestFirst(rows, { url: '/v1/events', params });
    },
  ),
  route('GET', '/v1/events/:id', z.strictObject({}), ({ world, ids: [id = ''] }) =>
    world.need('events', id),
  ),
];
