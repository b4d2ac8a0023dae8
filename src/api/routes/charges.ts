import { z } from 'zod';
import { ok } from '../../domain/outcome.ts';
import type { Charge } from '../../ports/accounts.ts';
import { instant, money, uuid } from '../codecs.ts';
import { pageSize } from '../paging.ts';
import { route, type Route } from '../route.ts';
import { findWorkspace, inWorkspace } from '../workspace-lookup.ts';

const chargeShown = z
  .strictObject({
    id: z.string().meta({ description: 'The charge' }),
    at: instant.meta({ description: 'When it was settled; while it is open, when it was asked' }),
    what: z.enum(['purchase', 'invoice']).meta({ description: 'Something bought, or an invoice' }),
    description: z.string().nullable().meta({ description: 'For a person; null: see the invoice' }),
    amount: money.meta({ description: 'How much' }),
    state: z
      .enum(['open', 'succeeded', 'failed', 'expired'])
      .meta({ description: 'Whether the money came' }),
    invoice: z
      .strictObject({
        id: uuid.meta({ description: 'The invoice' }),
        number: z.string().meta({ description: 'Its number' }),
      })
      .nullable()
      .meta({ description: 'What it paid, or is to pay; null: nothing was bought in the end' }),
    refunded: money.meta({ description: 'What of it was given back since' }),
    dispute: z
      .enum(['open', 'withdrawn', 'lost', 'won'])
      .nullable()
      .meta({ description: 'Where a dispute at the bank stands; null: there is none' }),
  })
  .meta({ id: 'Charge' });

const showCharge = ({
  currency,
  amountMinor,
  refundedMinor,
  ...charge
}: Charge): z.output<typeof chargeShown> => ({
  ...charge,
  amount: { amountMinor, currency },
  refunded: { amountMinor: refundedMinor, currency },
});

const list = route({
  method: 'get',
  path: '/api/workspaces/{workspace}/charges',
  summary: 'Every try to move money and what became of it, newest first',
  tag: 'Billing',
  scopes: ['read', 'manage'],
  needs: 'read',
  params: inWorkspace,
  query: z.strictObject({
    before: z
      .string()
      .regex(/^[0-9a-f-]{36}(?::\d{1,18})?$/, { error: 'must be the id of a charge' })
      .optional()
      .meta({ description: 'The last id of the page before' }),
    limit: pageSize,
  }),
  body: null,
  responses: {
    200: z
      .strictObject({
        charges: z.array(chargeShown).meta({ description: 'Newest first' }),
        before: z
          .string()
          .nullable()
          .meta({ description: 'Ask with this for the next page; null: there is none' }),
      })
      .meta({ id: 'Charges' }),
  },
  problems: [],
  carryOut: async ({ params, query }, call) => {
    const found = await findWorkspace(call, params.workspace);
    if (!found.ok) return found;
    const { before = null, limit } = query;
    const page = { before, limit: limit + 1 };
    const read = await call.parts.directory.charges(found.value.account, page);
    const charges = read.slice(0, limit).map(showCharge);
    const last = read.length > limit ? (charges.at(-1)?.id ?? null) : null;
    return ok({ status: 200, value: { charges, before: last } });
  },
});

export const chargeRoutes: readonly Route[] = [list];
