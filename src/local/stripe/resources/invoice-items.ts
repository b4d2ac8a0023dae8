import type Stripe from 'stripe';
import { z } from 'zod';
import { isCreatedIn, newestFirst, pageOf } from '../http/lists.ts';
import {
  clearable,
  created,
  currency,
  flag,
  integer,
  metadata,
  natural,
  page,
  text,
} from '../http/params.ts';
import { invalidRequest } from '../http/refusal.ts';
import { route } from '../http/router.ts';
import { needCustomer } from '../objects/customers.ts';
import { addItem, changeItem, needDraft, removeItem } from '../objects/invoice-items.ts';
import { linesOf } from '../objects/invoice-lines.ts';
import { idOf, mergeMetadata, type World } from '../world.ts';

const period = z.strictObject({ start: natural, end: natural });
const priceData = {
  currency: currency.optional(),
  product: text.optional(),
  unit_amount: integer,
};
const lineFields = {
  amount: integer.optional(),
  description: clearable.optional(),
  discountable: flag.optional(),
  metadata: metadata.optional(),
  period: period.optional(),
  pricing: z.strictObject({ price: text.optional() }).optional(),
  quantity: natural.optional(),
};
const lineParams = z.strictObject({
  ...lineFields,
  price_data: z
    .strictObject({ ...priceData, product_data: z.strictObject({ name: text }).optional() })
    .optional(),
});
const createParams = z.strictObject({
  ...lineFields,
  currency: currency.optional(),
  customer: text,
  invoice: text.optional(),
  price_data: z.strictObject(priceData).optional(),
});
const changes = {
  amount: integer.optional(),
  description: clearable.optional(),
  metadata: metadata.optional(),
  period: period.optional(),
  quantity: natural.optional(),
};
const changeParams = z.strictObject(changes);

function create(world: World, params: z.output<typeof createParams>): Stripe.InvoiceItem {
  needCustomer(world, params.customer, 'customer');
  return addItem(world, {
    customer: params.customer,
    invoice: params.invoice ?? null,
    cost: params,
    description: params.description ?? null,
    discountable: params.discountable ?? true,
    metadata: mergeMetadata({}, params.metadata),
    period: params.period,
  });
}

function addLines(
  world: World,
  invoice: Stripe.Invoice,
  lines: readonly z.output<typeof lineParams>[],
): Stripe.Invoice {
  for (const line of lines) {
    addItem(world, {
      customer: idOf(invoice.customer) ?? '',
      invoice: invoice.id,
      cost: { ...line, currency: invoice.currency },
      description: line.description ?? null,
      discountable: line.discountable ?? true,
      metadata: mergeMetadata({}, line.metadata),
      period: line.period,
    });
  }
  return saved(world, invoice);
}

function saved(world: World, invoice: Stripe.Invoice): Stripe.Invoice {
  world.emit('invoice.updated', invoice, { previous: {} });
  return invoice;
}

function change(
  world: World,
  item: Stripe.InvoiceItem,
  params: z.output<typeof changeParams>,
): Stripe.InvoiceItem {
  changeItem(world, item, {
    ...params,
    metadata: params.metadata === undefined ? undefined : merged(item, params.metadata),
  });
  return item;
}

const merged = (item: Stripe.InvoiceItem, given: z.output<typeof metadata>) =>
  mergeMetadata(item.metadata, given);

/** The item behind a line of this invoice. */
function itemOfLine(world: World, invoice: string, line: string): Stripe.InvoiceItem {
  for (const [item, shown] of world.tables.invoiceLines) {
    if (shown.id === line && shown.invoice === invoice) return world.need('invoiceItems', item);
  }
  throw invalidRequest(`No such line: '${line}' on this invoice`, {
    code: 'resource_missing',
    param: 'lines',
  });
}

const identified = z.strictObject({ ...changes, id: text });

const lineRoutes = [
  route(
    'GET',
    '/v1/invoices/:id/lines',
    z.strictObject(page),
    ({ world, ids: [id = ''], params }) => {
      world.need('invoices', id, 'invoice');
      return pageOf(linesOf(world, id), { url: `/v1/invoices/${id}/lines`, params });
    },
  ),
  route(
    'POST',
    '/v1/invoices/:id/add_lines',
    z.strictObject({ lines: z.array(lineParams) }),
    ({ world, ids: [id = ''], params }) => addLines(world, needDraft(world, id), params.lines),
  ),
  route(
    'POST',
    '/v1/invoices/:id/update_lines',
    z.strictObject({ lines: z.array(identified) }),
    ({ world, ids: [id = ''], params }) => {
      const invoice = needDraft(world, id);
      const found = params.lines.map((line) => ({ line, item: itemOfLine(world, id, line.id) }));
      for (const { line, item } of found) change(world, item, line);
      return saved(world, invoice);
    },
  ),
  route(
    'POST',
    '/v1/invoices/:id/remove_lines',
    z.strictObject({
      lines: z.array(z.strictObject({ behavior: z.literal('delete'), id: text })),
    }),
    ({ world, ids: [id = ''], params }) => {
      const invoice = needDraft(world, id);
      const items = params.lines.map((line) => itemOfLine(world, id, line.id));
      for (const item of items) removeItem(world, item);
      return saved(world, invoice);
    },
  ),
  route(
    'POST',
    '/v1/invoices/:id/lines/:line',
    changeParams,
    ({ world, ids: [id = '', line = ''], params }) => {
      change(world, itemOfLine(world, needDraft(world, id).id, line), params);
      return linesOf(world, id).find((each) => each.id === line) ?? {};
    },
  ),
];

const itemListParams = z.strictObject({
  ...page,
  created: created.optional(),
  customer: text.optional(),
  invoice: text.optional(),
  pending: flag.optional(),
});

function listItems(world: World, params: z.output<typeof itemListParams>) {
  const rows = [...world.tables.invoiceItems.values()].filter(
    (item) =>
      isCreatedIn(item.date, params.created) &&
      (params.customer === undefined || idOf(item.customer) === params.customer) &&
      (params.invoice === undefined || idOf(item.invoice) === params.invoice) &&
      (params.pending === undefined || (item.invoice === null) === params.pending),
  );
  return newestFirst(rows, { url: '/v1/invoiceitems', params });
}

export const invoiceItemRoutes = [
  ...lineRoutes,
  route('POST', '/v1/invoiceitems', createParams, ({ world, params }) => create(world, params)),
  route('GET', '/v1/invoiceitems', itemListParams, ({ world, params }) => listItems(world, params)),
  route('GET', '/v1/invoiceitems/:id', z.strictObject({}), ({ world, ids: [id = ''] }) =>
    world.need('invoiceItems', id),
  ),
  route('POST', '/v1/invoiceitems/:id', changeParams, ({ world, ids: [id = ''], params }) =>
    change(world, world.need('invoiceItems', id), params),
  ),
  route('DELETE', '/v1/invoiceitems/:id', z.strictObject({}), ({ world, ids: [id = ''] }) => {
    removeItem(world, world.need('invoiceItems', id));
    return { id, object: 'invoiceitem', deleted: true };
  }),
];
