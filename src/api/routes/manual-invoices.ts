import { z } from 'zod';
import { manualInvoiceKey } from '../../domain/invoices/sent-invoice.ts';
import { sum, times } from '../../domain/values/money.ts';
import { ok } from '../../domain/values/outcome.ts';
import type { WorkspaceRecord } from '../../ports/directory.ts';
import { actorOf, changeProblems, commandShown, submit, waiting } from '../carry-out.ts';
import { oneLine, price, shortText, type Money } from '../codecs.ts';
import type { Call } from '../parts.ts';
import { refuse, refuseAsStored, refuseField, type Refused } from '../problem.ts';
import { ringFor } from '../ring.ts';
import { none, route, type Route } from '../route.ts';
import { findWorkspace, inWorkspace } from '../workspace-lookup.ts';
import { inFullShown, invoiceInFull, ofInvoice } from './invoices.ts';

/** Stripe takes no more than eight digits on one invoice. */
const totalMostMinor = 99_999_999n;
const linesMost = 50;
const daysMost = 120;

const newLine = z
  .strictObject({
    description: shortText.meta({ description: 'What it charges, for a person' }),
    quantity: z.int().min(1).max(1_000_000).default(1).meta({ description: 'How many' }),
    unitPrice: price
      .refine(({ amountMinor }) => amountMinor > 0n, { error: 'must be more than zero' })
      .meta({ description: 'What one costs, in the workspace’s currency' }),
  })
  .meta({ id: 'NewInvoiceLine' });

const newInvoice = z
  .strictObject({
    lines: z.array(newLine).min(1).max(linesMost).meta({ description: 'What it charges' }),
    collect: z
      .enum(['send', 'charge'])
      .default('send')
      .meta({ description: 'send: the customer pays it; charge: the method on file does, now' }),
    dueInDays: z.int().min(0).max(daysMost).nullable().default(null).meta({
      description: 'Local days to pay it in, for one that is sent; 0: today',
      example: 30,
    }),
    purchaseOrder: oneLine(64)
      .nullable()
      .default(null)
      .meta({ description: 'The customer’s own number for it' }),
    memo: shortText
      .nullable()
      .default(null)
      .meta({ description: 'What else it says: where to pay, which contract' }),
  })
  .refine(({ collect, dueInDays }) => (collect === 'send') === (dueInDays !== null), {
    path: ['dueInDays'],
    error: 'must be given for an invoice that is sent, and for no other',
  })
  .meta({ id: 'NewInvoice' });

type NewInvoice = z.output<typeof newInvoice>;

const issue = route({
  method: 'post',
  path: '/api/workspaces/{workspace}/invoices',
  summary: 'Issue an invoice for a custom amount, to be paid by a day or charged now',
  tag: 'Operators',
  scopes: ['admin'],
  needs: 'manage',
  params: inWorkspace,
  query: none,
  body: newInvoice,
  responses: { 201: invoiceInFull, 202: commandShown },
  problems: [...changeProblems, 'paymentMethodRequired'],
  carryOut: async ({ params, body, sent }, call) => {
    const found = await findWorkspace(call, params.workspace);
    if (!found.ok) return found;
    const record = found.value;
    const mistake = mistakeIn(body, record.currency);
    if (mistake !== null) return mistake;
    const { dueInDays, purchaseOrder, memo } = body;
    const lines = body.lines.map(({ description, quantity, unitPrice }) => ({
      ...{ description, quantity, unitMinor: unitPrice.amountMinor.toString() },
    }));
    const command = { kind: 'issueInvoice', lines, dueInDays, purchaseOrder, memo } as const;
    const row = await submit(call, record, { command, sent });
    if (!row.ok) return row;
    if (row.value.result === null) return ok(waiting(record, row.value));
    if (row.value.result.kind === 'refused') return refuseAsStored(row.value.result);
    return ok({ status: 201, value: await issued(call, record, row.value.id) });
  },
});

function mistakeIn({ lines }: NewInvoice, currency: string): Refused | null {
  const foreign = lines.findIndex(({ unitPrice }) => unitPrice.currency !== currency);
  if (foreign !== -1) {
    return refuseField(`/lines/${foreign}/unitPrice/currency`, `must be "${currency}"`);
  }
  const total = sum(lines.map(({ unitPrice, quantity }) => costOf(unitPrice, quantity)));
  return total > totalMostMinor
    ? refuseField('/lines', 'must come to eight digits of the smallest unit at most; issue two')
    : null;
}

const costOf = ({ amountMinor }: Money, quantity: number) => times(amountMinor, quantity);

async function issued(call: Call, { account, of }: WorkspaceRecord, command: string) {
  const invoice = await call.parts.directory.invoiceOfKey(account, manualInvoiceKey(command));
  if (invoice === undefined) throw new Error(`the invoice of command ${command} is gone`);
  return inFullShown(invoice, of.workspace);
}

const recordPaid = route({
  method: 'post',
  path: '/api/workspaces/{workspace}/invoices/{invoice}/paid',
  summary: 'Tell that an open invoice was paid another way, such as by bank transfer',
  tag: 'Operators',
  scopes: ['admin'],
  needs: 'manage',
  params: ofInvoice,
  query: none,
  body: z
    .strictObject({
      reference: shortText.meta({
        description: 'How one finds the money again',
        example: 'bank transfer 2026-03-02, ACME 4711',
      }),
    })
    .meta({ id: 'InvoicePaidElsewhere' }),
  responses: { 200: invoiceInFull },
  problems: ['notFound', 'invoiceNotOpen', 'invoiceBeingPaid'],
  carryOut: async ({ params, body }, call) => {
    const found = await findWorkspace(call, params.workspace);
    if (!found.ok) return found;
    const { account, of } = found.value;
    const { directory } = call.parts;
    const paid = { invoice: params.invoice, reference: body.reference, actor: actorOf(call) };
    const booked = await directory.recordPaid(account, paid);
    if (!booked.ok) return refuse(booked.refusal.kind);
    ringFor(call, of);
    const invoice = await directory.invoice(account, params.invoice);
    if (invoice === undefined) throw new Error(`invoice ${params.invoice} was paid and is gone`);
    return ok({ status: 200, value: inFullShown(invoice, of.workspace) });
  },
});

export const manualInvoiceRoutes: readonly Route[] = [issue, recordPaid];
