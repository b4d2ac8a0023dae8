import { z } from 'zod';
import { ok } from '../../domain/values/outcome.ts';
import type { CreditNoteInFull, CreditNoteShown } from '../../ports/credit-notes.ts';
import { billedToShown } from '../billing-details.ts';
import { credits, instant, money, uuid } from '../codecs.ts';
import { fileSchema } from '../file-answer.ts';
import { nextPage, page, readPage } from '../paging.ts';
import { refuse } from '../problem.ts';
import { none, route, type Route } from '../route.ts';
import { findWorkspace, inWorkspace } from '../workspace-lookup.ts';

const creditNoteSchema = z
  .strictObject({
    id: uuid.meta({ description: 'The credit note' }),
    number: z.string().meta({ description: 'Its number, of a series without gaps of its own' }),
    status: z
      .enum(['issued', 'void'])
      .meta({ description: 'void: the bank could not pay the refund out' }),
    invoice: z
      .strictObject({
        id: uuid.meta({ description: 'The invoice' }),
        number: z.string().meta({ description: 'Its number' }),
        issuedAt: instant.meta({ description: 'When it was issued' }),
      })
      .meta({ description: 'The invoice that the money had paid' }),
    subtotal: money.meta({ description: 'The sum of its lines' }),
    applied: money.meta({ description: 'What of the account credit that the invoice applied' }),
    total: money.meta({ description: 'What went back' }),
    credits: credits.meta({ description: 'What the money had bought and was taken with it' }),
    billing: billedToShown.meta({ description: 'As the invoice has it' }),
    seller: z.string().meta({ description: 'As the invoice has it' }),
    issuedAt: instant.meta({ description: 'When the refund was booked' }),
    voidedAt: instant
      .nullable()
      .meta({ description: 'Since when it counts no more; null: it does' }),
    pdf: z.string().meta({ description: 'The path of its PDF; asked for with the same key' }),
  })
  .meta({ id: 'CreditNote' });

const creditNoteShown = (
  note: CreditNoteShown,
  workspace: string,
): z.output<typeof creditNoteSchema> => {
  const { id, number, status, invoice, currency, billing, seller, issuedAt, voidedAt } = note;
  return {
    ...{ id, number, status, invoice, billing, seller, issuedAt, voidedAt },
    subtotal: { amountMinor: note.subtotalMinor, currency },
    applied: { amountMinor: note.appliedMinor, currency },
    total: { amountMinor: note.totalMinor, currency },
    credits: note.creditsMicro,
    pdf: `/api/workspaces/${workspace}/credit-notes/${id}/pdf`,
  };
};

const lineSchema = z
  .strictObject({
    description: z.string().meta({ description: 'The invoice’s line' }),
    period: z
      .strictObject({
        start: instant.meta({ description: 'Its first instant' }),
        end: instant.meta({ description: 'The first instant after it' }),
      })
      .meta({ description: 'What the line was for' }),
    member: z.string().nullable().meta({ description: 'Whose seat it was about' }),
    invoiced: money.meta({ description: 'What the line came to' }),
    amount: money.meta({ description: 'What went back of it' }),
  })
  .meta({ id: 'CreditNoteLine' });

const creditNoteInFull = creditNoteSchema
  .extend({ lines: z.array(lineSchema).meta({ description: 'What went back of what' }) })
  .meta({ id: 'CreditNoteInFull' });

const inFullShown = (
  note: CreditNoteInFull,
  workspace: string,
): z.output<typeof creditNoteInFull> => ({
  ...creditNoteShown(note, workspace),
  lines: note.lines.map(({ invoicedMinor, amountMinor, ...line }) => ({
    ...line,
    invoiced: { amountMinor: invoicedMinor, currency: note.currency },
    amount: { amountMinor, currency: note.currency },
  })),
});

const list = route({
  method: 'get',
  path: '/api/workspaces/{workspace}/credit-notes',
  summary: 'What went back of the workspace’s invoices, newest first',
  tag: 'Billing',
  scopes: ['read', 'manage'],
  needs: 'read',
  params: inWorkspace,
  query: z.strictObject(page),
  body: null,
  responses: {
    200: z
      .strictObject({
        creditNotes: z.array(creditNoteSchema).meta({ description: 'Newest first' }),
        before: nextPage,
      })
      .meta({ id: 'CreditNotes' }),
  },
  problems: [],
  carryOut: async ({ params, query }, call) => {
    const found = await findWorkspace(call, params.workspace);
    if (!found.ok) return found;
    const { rows, before } = await readPage(query, (asked) =>
      call.parts.directory.creditNotes(found.value.account, asked),
    );
    const notes = rows.map((note) => creditNoteShown(note, params.workspace));
    return ok({ status: 200, value: { creditNotes: notes, before } });
  },
});

const ofCreditNote = inWorkspace.extend({
  creditNote: uuid.meta({ description: 'The credit note’s id' }),
});

const one = route({
  method: 'get',
  path: '/api/workspaces/{workspace}/credit-notes/{creditNote}',
  summary: 'A credit note with its lines',
  tag: 'Billing',
  scopes: ['read', 'manage'],
  needs: 'read',
  params: ofCreditNote,
  query: none,
  body: null,
  responses: { 200: creditNoteInFull },
  problems: [],
  carryOut: async ({ params }, call) => {
    const found = await findWorkspace(call, params.workspace);
    if (!found.ok) return found;
    const note = await call.parts.directory.creditNote(found.value.account, params.creditNote);
    if (note === undefined) return refuse('notFound');
    return ok({ status: 200, value: inFullShown(note, params.workspace) });
  },
});

const pdf = route({
  method: 'get',
  path: '/api/workspaces/{workspace}/credit-notes/{creditNote}/pdf',
  summary: 'A credit note as a PDF; the same one always as the same bytes',
  tag: 'Billing',
  scopes: ['read', 'manage'],
  needs: 'read',
  params: ofCreditNote,
  query: none,
  body: null,
  responses: { 200: fileSchema },
  produces: 'application/pdf',
  problems: [],
  carryOut: async ({ params }, call) => {
    const found = await findWorkspace(call, params.workspace);
    if (!found.ok) return found;
    const { account, timeZone } = found.value;
    const creditNote = await call.parts.directory.creditNote(account, params.creditNote);
    if (creditNote === undefined) return refuse('notFound');
    const buyer = params.workspace;
    const content = await call.parts.printCreditNote({ buyer, timeZone, creditNote });
    return ok({ status: 200, value: { fileName: `${creditNote.number}.pdf`, content } });
  },
});

export const creditNoteRoutes: readonly Route[] = [list, one, pdf];
