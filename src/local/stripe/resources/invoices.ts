import type Stripe from 'stripe';
import { z } from 'zod';
import { isCreatedIn, newestFirst } from '../http/lists.ts';
import {
  clearable,
  created,
  currency,
  flag,
  metadata,
  natural,
  page,
  text,
} from '../http/params.ts';
import { invalidRequest } from '../http/refusal.ts';
import { route } from '../http/router.ts';
import { needCustomer } from '../objects/customers.ts';
import { needDraft } from '../objects/invoice-items.ts';
import {
  finalizeInvoice,
  payInvoice,
  payOutOfBand,
  voidInvoice,
  wrongStatus,
} from '../objects/invoices.ts';
import { newInvoice } from '../objects/new-invoice.ts';
import { showLines } from '../objects/invoice-lines.ts';
import { idOf, mergeMetadata, type World } from '../world.ts';

/** Nothing here finalises or collects by itself, so asking for it is refused, not ignored. */
const autoAdvance = z.literal('false', { message: 'the emulator advances no invoice by itself' });
const collection = z.enum(['charge_automatically', 'send_invoice']);
const customFields = z.array(z.strictObject({ name: text, value: text }));

const editable = {
  auto_advance: autoAdvance.optional(),
  collection_method: collection.optional(),
  custom_fields: z.union([z.literal(''), customFields]).optional(),
  days_until_due: natural.optional(),
  default_payment_method: clearable.optional(),
  description: clearable.optional(),
  due_date: natural.optional(),
  effective_at: natural.optional(),
  footer: clearable.optional(),
  metadata: metadata.optional(),
  number: clearable.optional(),
  statement_descriptor: text.optional(),
};
const updateParams = z.strictObject(editable);
const createParams = z.strictObject({
  ...editable,
  currency: currency.optional(),
  customer: text,
  pending_invoice_items_behavior: z.enum(['exclude', 'include']).optional(),
});
type Editable = z.output<typeof updateParams>;

function assign(world: World, invoice: Stripe.Invoice, given: Editable): void {
  if (typeof given.number === 'string') refuseTakenNumber(world, given.number);
  if (given.collection_method !== undefined) invoice.collection_method = given.collection_method;
  if (given.custom_fields !== undefined) invoice.custom_fields = given.custom_fields || null;
  if (given.default_payment_method !== undefined) {
    invoice.default_payment_method = given.default_payment_method;
  }
  if (given.description !== undefined) invoice.description = given.description;
  if (given.due_date !== undefined) invoice.due_date = given.due_date;
  if (given.days_until_due !== undefined) {
    invoice.due_date = invoice.created + given.days_until_due * 86_400;
  }
  if (given.effective_at !== undefined) invoice.effective_at = given.effective_at;
  if (given.footer !== undefined) invoice.footer = given.footer;
  if (given.number !== undefined) invoice.number = given.number;
  if (given.statement_descriptor !== undefined) {
    invoice.statement_descriptor = given.statement_descriptor;
  }
  invoice.metadata = mergeMetadata(invoice.metadata, given.metadata);
}

function refuseTakenNumber(world: World, number: string): void {
  for (const invoice of world.tables.invoices.values()) {
    if (invoice.number !== number) continue;
    throw invalidRequest(`The invoice number ${number} is already used.`, { param: 'number' });
  }
}

function create(world: World, params: z.output<typeof createParams>): Stripe.Invoice {
  const customer = needCustomer(world, params.customer, 'customer');
  const isSent = params.collection_method === 'send_invoice';
  const hasTerm = params.days_until_due !== undefined || params.due_date !== undefined;
  if (isSent !== hasTerm) {
    throw invalidRequest(
      'An invoice with collection_method send_invoice, and only that, needs days_until_due or ' +
        'due_date.',
      { param: 'days_until_due', code: isSent ? 'parameter_missing' : 'parameters_exclusive' },
    );
  }
  const invoice = newInvoice(world, customer, params.currency ?? customer.currency ?? 'usd');
  assign(world, invoice, params);
  world.tables.invoices.set(invoice.id, invoice);
  if (params.pending_invoice_items_behavior === 'include') takePending(world, invoice);
  showLines(world, invoice);
  world.emit('invoice.created', invoice);
  return invoice;
}

function takePending(world: World, invoice: Stripe.Invoice): void {
  for (const item of world.tables.invoiceItems.values()) {
    const isTheirs = idOf(item.customer) === idOf(invoice.customer);
    if (isTheirs && item.invoice === null && item.currency === invoice.currency) {
      item.invoice = invoice.id;
    }
  }
}

function update(world: World, invoice: Stripe.Invoice, params: Editable): Stripe.Invoice {
  const { metadata: kept, default_payment_method: method, ...rest } = params;
  // Once issued, only who pays and the metadata can change.
  if (Object.values(rest).some((value) => value !== undefined)) needDraft(world, invoice.id);
  const before = { metadata: invoice.metadata };
  assign(world, invoice, { ...rest, metadata: kept, default_payment_method: method });
  world.emit('invoice.updated', invoice, { previous: before });
  return invoice;
}

function send(world: World, invoice: Stripe.Invoice): Stripe.Invoice {
  if (invoice.collection_method !== 'send_invoice') {
    throw invalidRequest(
      'You can only manually send an invoice if its collection method is `send_invoice`.',
    );
  }
  if (invoice.status === 'draft') finalizeInvoice(world, invoice);
  if (invoice.status !== 'open') throw wrongStatus(invoice, 'send');
  world.emit('invoice.sent', invoice);
  return invoice;
}

function pay(world: World, invoice: Stripe.Invoice, params: z.output<typeof payParams>) {
  if (params.paid_out_of_band === true) payOutOfBand(world, invoice);
  else {
    payInvoice(world, invoice, {
      paymentMethod: params.payment_method,
      offSession: params.off_session ?? true,
    });
  }
  return invoice;
}

const payParams = z.strictObject({
  off_session: flag.optional(),
  paid_out_of_band: flag.optional(),
  payment_method: text.optional(),
});

const listParams = z.strictObject({
  ...page,
  collection_method: collection.optional(),
  created: created.optional(),
  customer: text.optional(),
  status: z.enum(['draft', 'open', 'paid', 'uncollectible', 'void']).optional(),
});

function list(world: World, params: z.output<typeof listParams>) {
  const { collection_method: method } = params;
  const rows = [...world.tables.invoices.values()].filter(
    (invoice) =>
      isCreatedIn(invoice.created, params.created) &&
      (params.customer === undefined || idOf(invoice.customer) === params.customer) &&
      (params.status === undefined || invoice.status === params.status) &&
      (method === undefined || invoice.collection_method === method),
  );
  return newestFirst(rows, { url: '/v1/invoices', params });
}

function remove(world: World, id: string): object {
  const invoice = world.need('invoices', id, 'invoice');
  if (invoice.status !== 'draft') {
    throw invalidRequest('You can only delete draft invoices. Void this invoice instead.', {
      code: 'invoice_not_editable',
    });
  }
  for (const item of world.tables.invoiceItems.values()) {
    if (idOf(item.invoice) !== id) continue;
    world.tables.invoiceItems.delete(item.id);
    world.tables.invoiceLines.delete(item.id);
  }
  world.tables.invoices.delete(id);
  world.emit('invoice.deleted', invoice);
  return { id, object: 'invoice', deleted: true };
}

/** An act on one invoice without parameters, which answers the invoice. */
const act = (name: string, perform: (world: World, invoice: Stripe.Invoice) => void) =>
  route(
    'POST',
    `/v1/invoices/:id/${name}`,
    z.strictObject(name === 'finalize' ? { auto_advance: autoAdvance.optional() } : {}),
    ({ world, ids: [id = ''] }) => {
      const invoice = world.need('invoices', id, 'invoice');
      perform(world, invoice);
      return invoice;
    },
  );

export const invoiceRoutes = [
  route('POST', '/v1/invoices', createParams, ({ world, params }) => create(world, params)),
  route('GET', '/v1/invoices', listParams, ({ world, params }) => list(world, params)),
  route('GET', '/v1/invoices/:id', z.strictObject({}), ({ world, ids: [id = ''] }) =>
    world.need('invoices', id, 'invoice'),
  ),
  route('POST', '/v1/invoices/:id', updateParams, ({ world, ids: [id = ''], params }) =>
    update(world, world.need('invoices', id, 'invoice'), params),
  ),
  route('DELETE', '/v1/invoices/:id', z.strictObject({}), ({ world, ids: [id = ''] }) =>
    remove(world, id),
  ),
  act('finalize', finalizeInvoice),
  act('void', voidInvoice),
  act('send', send),
  act('mark_uncollectible', (world, invoice) => {
    if (invoice.status !== 'open') throw wrongStatus(invoice, 'mark uncollectible');
    invoice.status = 'uncollectible';
    invoice.status_transitions.marked_uncollectible_at = world.now(idOf(invoice.customer));
    world.emit('invoice.marked_uncollectible', invoice);
  }),
  route('POST', '/v1/invoices/:id/pay', payParams, ({ world, ids: [id = ''], params }) =>
    pay(world, world.need('invoices', id, 'invoice'), params),
  ),
];
