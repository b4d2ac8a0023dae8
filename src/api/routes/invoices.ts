import { z } from 'zod';
import { pricePerCredit } from '../../domain/credits/metering.ts';
import { ok } from '../../domain/values/outcome.ts';
import type { InvoiceInFull, InvoiceShown } from '../../ports/directory.ts';
import { billedToShown } from '../billing-details.ts';
import { fileSchema } from '../file-answer.ts';
import { instant, money, signedCredits, uuid } from '../codecs.ts';
import { nextPage, page, readPage } from '../paging.ts';
import { refuse } from '../problem.ts';
import { none, route, type Route } from '../route.ts';
import { findWorkspace, inWorkspace } from '../workspace-lookup.ts';

const period = z.strictObject({
  start: instant.meta({ description: 'Its first instant' }),
  end: instant.meta({ description: 'The first instant after it' }),
});

export const invoiceSchema = z
  .strictObject({
    id: uuid.meta({ description: 'The invoice' }),
    number: z.string().meta({ description: 'Its number; a product’s numbers have no gaps' }),
    reason: z
      .enum(['renewal', 'supplementary', 'purchase', 'manual'])
      .meta({ description: 'A period’s run, a change within one, something bought, or by hand' }),
    status: z
      .enum(['open', 'paid', 'carried', 'void'])
      .meta({ description: 'carried: too small or negative, it counts in the next one' }),
    period: period.meta({ description: 'What it is for' }),
    subtotal: money.meta({ description: 'The sum of its lines' }),
    applied: money.meta({ description: 'Credit applied (negative), or an old debt (positive)' }),
    total: money.meta({ description: 'What is to be paid' }),
    billing: billedToShown.meta({ description: 'As it was when the invoice was issued' }),
    seller: z.string().meta({ description: 'Who sold it: the product, by its name at issue' }),
    issuedAt: instant.meta({ description: 'When it was issued' }),
    paidAt: instant.nullable().meta({ description: 'When it was paid; null: not yet' }),
    paidReference: z
      .string()
      .nullable()
      .meta({ description: 'How it was paid elsewhere; null: through Stripe, or not yet' }),
    dueAt: instant
      .nullable()
      .meta({ description: 'Until when it is to be paid; null: it is charged by itself' }),
    purchaseOrder: z.string().nullable().meta({ description: 'The customer’s own number for it' }),
    memo: z.string().nullable().meta({ description: 'What else it says' }),
    pdf: z.string().meta({ description: 'The path of its PDF; asked for with the same key' }),
  })
  .meta({ id: 'Invoice' });

export const invoiceShown = (
  invoice: InvoiceShown,
  workspace: string,
): z.output<typeof invoiceSchema> => {
  const { id, number, reason, status, currency, billing, seller, issuedAt, paidAt } = invoice;
  const { paidReference, dueAt, purchaseOrder, memo } = invoice;
  return {
    ...{ id, number, reason, status, billing, seller, issuedAt, paidAt },
    ...{ paidReference, dueAt, purchaseOrder, memo },
    pdf: `/api/workspaces/${workspace}/invoices/${id}/pdf`,
    period: invoice.period,
    subtotal: { amountMinor: invoice.subtotalMinor, currency },
    applied: { amountMinor: invoice.appliedMinor, currency },
    total: { amountMinor: invoice.totalMinor, currency },
  };
};

export const lineSchema = z
  .strictObject({
    kind: z
      .enum([
        'base',
        'seats',
        'seatAdded',
        'seatRemoved',
        'proration',
        'topUp',
        'metered',
        'custom',
      ])
      .meta({ description: 'What it charges' }),
    description: z.string().meta({ description: 'The same for a person' }),
    quantity: z.int().meta({ description: 'How many' }),
    unit: money.meta({ description: 'What one costs' }),
    amount: money.meta({ description: 'What the line comes to' }),
    period: period.meta({ description: 'What it is for' }),
    days: z
      .strictObject({
        part: z.int().meta({ description: 'Days charged' }),
        whole: z.int().meta({ description: 'Days of the whole period' }),
      })
      .nullable()
      .meta({ description: 'The share of the period; null: the whole' }),
    member: z.string().nullable().meta({ description: 'Whose seat it is about' }),
    metered: z
      .strictObject({
        credits: signedCredits.meta({ description: 'How many; negative were given back' }),
        price: z.string().meta({ description: 'Of one credit, in the invoice’s currency' }),
      })
      .nullable()
      .meta({ description: 'Usage beyond the credits; null: the line is about something else' }),
  })
  .meta({ id: 'InvoiceLine' });

export const lineShown = (
  line: InvoiceInFull['lines'][number],
  currency: string,
): z.output<typeof lineSchema> => {
  const { kind, description, quantity, days, member } = line;
  return {
    ...{ kind, description, quantity, days, member },
    metered: line.metered
      ? {
          credits: line.metered.quantityMicro,
          price: pricePerCredit(line.metered.priceMicro, currency),
        }
      : null,
    unit: { amountMinor: line.unitMinor, currency },
    amount: { amountMinor: line.amountMinor, currency },
    period: line.period,
  };
};

const list = route({
  method: 'get',
  path: '/api/workspaces/{workspace}/invoices',
  summary: 'The workspace’s invoices, newest first',
  tag: 'Billing',
  scopes: ['read', 'manage'],
  needs: 'read',
  params: inWorkspace,
  query: z.strictObject(page),
  body: null,
  responses: {
    200: z
      .strictObject({
        invoices: z.array(invoiceSchema).meta({ description: 'Newest first' }),
        before: nextPage,
      })
      .meta({ id: 'Invoices' }),
  },
  problems: [],
  carryOut: async ({ params, query }, call) => {
    const found = await findWorkspace(call, params.workspace);
    if (!found.ok) return found;
    const { rows, before } = await readPage(query, (asked) =>
      call.parts.directory.invoices(found.value.account, asked),
    );
    const invoices = rows.map((invoice) => invoiceShown(invoice, params.workspace));
    return ok({ status: 200, value: { invoices, before } });
  },
});

export const invoiceInFull = invoiceSchema
  .extend({ lines: z.array(lineSchema).meta({ description: 'What it charges' }) })
  .meta({ id: 'InvoiceInFull' });

export const inFullShown = (
  invoice: InvoiceInFull,
  workspace: string,
): z.output<typeof invoiceInFull> => ({
  ...invoiceShown(invoice, workspace),
  lines: invoice.lines.map((line) => lineShown(line, invoice.currency)),
});

export const ofInvoice = inWorkspace.extend({
  invoice: uuid.meta({ description: 'The invoice’s id' }),
});

const one = route({
  method: 'get',
  path: '/api/workspaces/{workspace}/invoices/{invoice}',
  summary: 'An invoice with its lines',
  tag: 'Billing',
  scopes: ['read', 'manage'],
  needs: 'read',
  params: ofInvoice,
  query: none,
  body: null,
  responses: { 200: invoiceInFull },
  problems: [],
  carryOut: async ({ params }, call) => {
    const found = await findWorkspace(call, params.workspace);
    if (!found.ok) return found;
    const invoice = await call.parts.directory.invoice(found.value.account, params.invoice);
    if (invoice === undefined) return refuse('notFound');
    return ok({ status: 200, value: inFullShown(invoice, params.workspace) });
  },
});

const pdf = route({
  method: 'get',
  path: '/api/workspaces/{workspace}/invoices/{invoice}/pdf',
  summary: 'An invoice as a PDF; the same invoice always as the same bytes',
  tag: 'Billing',
  scopes: ['read', 'manage'],
  needs: 'read',
  params: ofInvoice,
  query: none,
  body: null,
  responses: { 200: fileSchema },
  produces: 'application/pdf',
  problems: [],
  carryOut: async ({ params }, call) => {
    const found = await findWorkspace(call, params.workspace);
    if (!found.ok) return found;
    const { account, timeZone } = found.value;
    const invoice = await call.parts.directory.invoice(account, params.invoice);
    if (invoice === undefined) return refuse('notFound');
    const page = { buyer: params.workspace, timeZone, invoice };
    const content = await call.parts.printInvoice(page);
    return ok({ status: 200, value: { fileName: `${invoice.number}.pdf`, content } });
  },
});

export const invoiceRoutes: readonly Route[] = [list, one, pdf];
