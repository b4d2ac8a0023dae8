import { z } from 'zod';
import { micro, minor } from '../../domain/values/money.ts';
import { ok } from '../../domain/values/outcome.ts';
import type { FeedRow } from '../../ports/directory.ts';
import { count, givenCount, instant, money, signedCredits } from '../codecs.ts';
import { pageSize } from '../paging.ts';
import { none, route, type Route } from '../route.ts';

const eventSchema = z
  .strictObject({
    cursor: count.meta({ description: 'Its place in the product’s feed' }),
    workspace: z.string().meta({ description: 'Whose event it is' }),
    seq: count.meta({ description: 'Its number among the workspace’s own, without gaps' }),
    kind: z.string().meta({ description: 'granted, statusChanged, invoiceIssued, …' }),
    at: instant.meta({ description: 'When it happened, in the workspace’s time' }),
    data: z
      .record(z.string(), z.unknown())
      .meta({ description: 'What happened; credits as decimals, money with its currency' }),
  })
  .meta({ id: 'Event' });

const events = route({
  method: 'get',
  path: '/api/events',
  summary: 'What happened in the product’s workspaces, after a cursor',
  tag: 'Reports',
  scopes: ['read', 'manage'],
  needs: 'product',
  params: none,
  query: z.strictObject({
    after: givenCount
      .optional()
      .meta({ description: 'The last cursor that was read; default: from the beginning' }),
    limit: pageSize,
  }),
  body: null,
  responses: {
    200: z
      .strictObject({
        events: z.array(eventSchema).meta({ description: 'In the order of their cursors' }),
        after: count.meta({ description: 'Ask with this for what comes next' }),
      })
      .meta({ id: 'Events' }),
  },
  problems: [],
  carryOut: async ({ query }, { parts, caller }) => {
    const after = query.after ?? 0n;
    const rows = await parts.directory.events(caller.product, { after, limit: query.limit });
    const last = rows.at(-1)?.cursor ?? after;
    return ok({ status: 200, value: { events: rows.map(eventShown), after: last } });
  },
});

const eventShown = (row: FeedRow): z.output<typeof eventSchema> => ({
  cursor: row.cursor,
  workspace: row.workspace,
  seq: row.seq,
  kind: row.kind,
  at: row.at,
  data: Object.fromEntries(
    Object.entries(row.data).map(([name, value]) => amountShown(name, value, row.currency)),
  ),
});

/** The feed keeps amounts as integers under names that end in their unit; people read decimals. */
function amountShown(name: string, value: unknown, currency: string): readonly [string, unknown] {
  if (typeof value !== 'string' || !/^-?\d+$/.test(value)) return [name, value];
  if (name.endsWith('Micro')) {
    return [name.slice(0, -'Micro'.length), z.encode(signedCredits, micro(value))];
  }
  if (name.endsWith('Minor')) {
    const shown = z.encode(money, { amountMinor: minor(value), currency });
    return [name.slice(0, -'Minor'.length), shown];
  }
  return [name, value];
}

export const eventRoutes: readonly Route[] = [events];
