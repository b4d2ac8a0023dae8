import type { InvoiceRow } from './invoice-text.ts';
import { body, small, thickLine, thinLine } from './looks.ts';
import type { Element, Place, Sheet } from './sheet.ts';

type Column = { readonly head: string; readonly at: Omit<Place, 'y'> };
type Amount = Column & { readonly of: 'quantity' | 'unit' | 'amount' };
type Columns = { readonly what: Column; readonly amounts: readonly Amount[] };

const gap = 12;
const headHeight = 24;
const rowPadding = 7;

/** Draws an invoice's lines, over as many pages as they take; no line is cut in two. */
export function drawTable(sheet: Sheet, rows: readonly InvoiceRow[], top: number): number {
  const columns = columnsOf(sheet);
  const table = sheet.element('Table');
  drawTableHead(sheet, columns, top, table);
  const end = rows.reduce((y, row) => {
    const height = heightOf(sheet, columns, row);
    const start = roomFor(sheet, y, height, () => repeatHead(sheet, columns));
    drawRow(sheet, columns, { row, table, y: start + rowPadding });
    sheet.rule(start + height, thinLine);
    return start + height;
  }, top + headHeight);
  table.end();
  return end;
}

/** Where something of this height begins: here, or on a new page if the rest of this one is too short. */
export function roomFor(
  sheet: Sheet,
  y: number,
  height: number,
  openPage: () => number = () => sheet.top,
): number {
  if (y + height <= sheet.bottom) return y;
  sheet.addPage();
  return openPage();
}

/** Amounts stand in columns of their own; what a line is for takes the room that is left. */
function columnsOf({ left, right }: Sheet): Columns {
  const column = (of: Amount['of'], head: string, x: number, width: number): Amount => ({
    ...{ of, head },
    at: { x, width, align: 'right' },
  });
  const amount = column('amount', 'Amount', right - 96, 96);
  const unit = column('unit', 'Unit price', amount.at.x - gap - 92, 92);
  const quantity = column('quantity', 'Quantity', unit.at.x - gap - 46, 46);
  const what = { head: 'Description', at: { x: left, width: quantity.at.x - gap - left } };
  return { what, amounts: [quantity, unit, amount] };
}

function drawTableHead(sheet: Sheet, columns: Columns, y: number, table: Element): void {
  const row = sheet.element('TR', table);
  for (const { head, at } of [columns.what, ...columns.amounts]) {
    sheet.write(head, { ...at, y }, small, ['TH', row]);
  }
  row.end();
  sheet.rule(y + headHeight - 6, thickLine);
}

/** On a further page the head is decoration: the table has one, however many pages it takes. */
function repeatHead(sheet: Sheet, columns: Columns): number {
  for (const { head, at } of [columns.what, ...columns.amounts]) {
    sheet.print(head, { ...at, y: sheet.top }, small);
  }
  sheet.rule(sheet.top + headHeight - 6, thickLine);
  return sheet.top + headHeight;
}

function heightOf(sheet: Sheet, { what, amounts }: Columns, row: InvoiceRow): number {
  const { width } = what.at;
  const described =
    sheet.heightOf(row.description, width, body) + sheet.heightOf(row.detail, width, small);
  const figures = amounts.map(({ of, at }) => sheet.heightOf(row[of], at.width, body));
  return Math.max(described, ...figures) + 2 * rowPadding;
}

function drawRow(
  sheet: Sheet,
  { what, amounts }: Columns,
  drawn: { readonly row: InvoiceRow; readonly table: Element; readonly y: number },
): void {
  const { row, table, y } = drawn;
  const cells = sheet.element('TR', table);
  const described = sheet.element('TD', cells);
  const detailTop = sheet.write(row.description, { ...what.at, y }, body, ['Span', described]);
  sheet.write(row.detail, { ...what.at, y: detailTop }, small, ['Span', described]);
  described.end();
  for (const { of, at } of amounts) sheet.write(row[of], { ...at, y }, body, ['TD', cells]);
  cells.end();
}
