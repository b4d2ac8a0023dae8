import { z } from 'zod';
import { ok } from '../../domain/values/outcome.ts';
import type { Charge } from '../../ports/accounts.ts';
import { instant, money, uuid } from '../codecs.ts';
import { nextPageOf, pageOf, readPage } from '../paging.ts';
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
    creditNotes: z
      .array(
        z.strictObject({
          id: uuid.meta({ description: 'The credit note' }),
          number: z.string().meta({ description: 'Its number' }),
        }),
      )
      .meta({ description: 'The documents of what was given back, oldest first' }),
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
  creditNotes,
  ...charge
}: Charge): z.output<typeof chargeShown> => ({
  ...charge,
  creditNotes: [...creditNotes],
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
  query: z.strictObject(
    pageOf(
      z.string().regex(/^[0-9a-f-]{36}(?::\d{1,18})?$/, { error: 'must be the id of a charge' }),
    ),
  ),
  body: null,
  responses: {
    200: z
      .strictObject({
        charges: z.array(chargeShown).meta({ description: 'Newest first' }),
        before: nextPageOf(z.string()),
      })
      .meta({ id: 'Charges' }),
  },
  problems: [],
  carryOut: async ({ params, query }, call) => {
    const found = await findWorkspace(call, params.workspace);
    if (!found.ok) return found;
    const { rows, before } = await readPage(query, (asked) =>
      call.parts.directory.charges(found.value.account, asked),
    );
    return ok({ status: 200, value: { charges: rows.map(showCharge), before } });
  },
});

export const chargeRoutes: readonly Route[] = [list];
