import type { Instant } from '../domain/values/calendar.ts';
import type { CreditNotePrinter } from '../ports/credit-notes.ts';
import type { InvoicePrinter } from '../ports/invoice-pdf.ts';
import { writeCreditNote } from './credit-note-text.ts';
import { drawTable, roomFor } from './document-table.ts';
import type { DocumentText, Fact } from './document-text.ts';
import { writeInvoice } from './invoice-text.ts';
import { body, small, strong, title } from './looks.ts';
import { openSheet, type Place, type Sheet } from './sheet.ts';

/** Prints an invoice as a tagged PDF: the same page always as the same bytes [2.39 4.13]. */
export const printInvoice: InvoicePrinter = (page) =>
  printDocument(writeInvoice(page), page.invoice.issuedAt);

/** Prints a credit note likewise. */
export const printCreditNote: CreditNotePrinter = (page) =>
  printDocument(writeCreditNote(page), page.creditNote.issuedAt);

function printDocument(text: DocumentText, at: Instant): Promise<Uint8Array> {
  const sheet = openSheet({ title: text.title, author: text.seller, at });
  const tableTop = drawHead(sheet, text);
  const tableEnd = drawTable(sheet, text, tableTop);
  drawTotals(sheet, text, tableEnd);
  return sheet.finish((no, all) => `${text.seller} · ${text.title} · page ${no} of ${all}`, small);
}

/** Who sold what to whom: seller and title, then the document's facts beside the buyer's. */
function drawHead(sheet: Sheet, text: DocumentText): number {
  const { left, right, top } = sheet;
  const width = right - left;
  const sold = sheet.write(text.seller, { x: left, y: top, width }, strong, ['P']);
  const y = sheet.write(text.title, { x: left, y: sold + 4, width }, title, ['H1']) + 18;
  const half = (width - columnGap) / 2;
  const facts = { x: left, y, width: half };
  const buyer = { x: right - half, y, width: half };
  const ends = [
    drawFacts(sheet, facts, text.kind, text.facts),
    drawFacts(sheet, buyer, 'Billed to', text.buyer),
  ];
  return Math.max(...ends) + 22;
}

const columnGap = 24;
const labelWidth = 84;

function drawFacts(sheet: Sheet, at: Place, head: string, facts: readonly Fact[]): number {
  const start = sheet.write(head, at, strong, ['H2']) + 6;
  return facts.reduce((y, { label, value }) => {
    const fact = sheet.element('P');
    sheet.write(label, { ...at, y: y + 1.5, width: labelWidth }, small, ['Span', fact]);
    const beside = { x: at.x + labelWidth, y, width: at.width - labelWidth };
    const end = sheet.write(value, beside, body, ['Span', fact]);
    fact.end();
    return end + 3;
  }, start);
}

const totalsWidth = 270;
const totalHeight = 20;

/** The totals stay together, with what is still to be paid below them. */
function drawTotals(sheet: Sheet, { totals, standing }: DocumentText, after: number): void {
  const x = sheet.right - totalsWidth;
  const start = roomFor(sheet, after + 12, (totals.length + 1) * totalHeight + 10);
  const end = totals.reduce((y, { label, value }) => {
    const style = label === totals.at(-1)?.label ? strong : body;
    const total = sheet.element('P');
    sheet.write(label, { x, y, width: totalsWidth * 0.65 }, style, ['Span', total]);
    const amount = { x: x + totalsWidth * 0.65, y, width: totalsWidth * 0.35 };
    sheet.write(value, { ...amount, align: 'right' }, style, ['Span', total]);
    total.end();
    return y + totalHeight;
  }, start);
  const at = { x, y: end + 6, width: totalsWidth, align: 'right' } as const;
  sheet.write(standing, at, strong, ['P']);
}
