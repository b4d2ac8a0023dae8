import type { DocumentRow, DocumentText } from './document-text.ts';
import { body, small, thickLine, thinLine } from './looks.ts';
import type { Element, Place, Sheet } from './sheet.ts';

type Column = { readonly head: string; readonly at: Omit<Place, 'y'> };
type Columns = { readonly what: Column; readonly figures: readonly Column[] };

const gap = 12;
const headHeight = 24;
const rowPadding = 7;

/** Draws a document's lines, over as many pages as they take; no line is cut in two. */
export function drawTable(
  sheet: Sheet,
  { rows, columns: heads }: DocumentText,
  top: number,
): number {
  const columns = columnsOf(sheet, heads);
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

/** From the right on. */
const widths = [96, 92, 46] as const;

/** Figures stand in columns of their own; what a line is for takes the room that is left. */
function columnsOf({ left, right }: Sheet, heads: readonly string[]): Columns {
  const figures: Column[] = [];
  let end = right;
  for (const [index, head] of heads.toReversed().entries()) {
    const width = widths[index];
    if (width === undefined) throw new Error(`no room for a column ${head}`);
    figures.unshift({ head, at: { x: end - width, width, align: 'right' } });
    end -= width + gap;
  }
  return { what: { head: 'Description', at: { x: left, width: end - left } }, figures };
}

function drawTableHead(sheet: Sheet, columns: Columns, y: number, table: Element): void {
  const row = sheet.element('TR', table);
  for (const { head, at } of [columns.what, ...columns.figures]) {
    sheet.write(head, { ...at, y }, small, ['TH', row]);
  }
  row.end();
  sheet.rule(y + headHeight - 6, thickLine);
}

/** On a further page the head is decoration: the table has one, however many pages it takes. */
function repeatHead(sheet: Sheet, columns: Columns): number {
  for (const { head, at } of [columns.what, ...columns.figures]) {
    sheet.print(head, { ...at, y: sheet.top }, small);
  }
  sheet.rule(sheet.top + headHeight - 6, thickLine);
  return sheet.top + headHeight;
}

function heightOf(sheet: Sheet, { what, figures }: Columns, row: DocumentRow): number {
  const { width } = what.at;
  const described =
    sheet.heightOf(row.description, width, body) + sheet.heightOf(row.detail, width, small);
  const heights = figures.map(({ at }, index) =>
    sheet.heightOf(figureOf(row, index), at.width, body),
  );
  return Math.max(described, ...heights) + 2 * rowPadding;
}

function drawRow(
  sheet: Sheet,
  { what, figures }: Columns,
  drawn: { readonly row: DocumentRow; readonly table: Element; readonly y: number },
): void {
  const { row, table, y } = drawn;
  const cells = sheet.element('TR', table);
  const described = sheet.element('TD', cells);
  const detailTop = sheet.write(row.description, { ...what.at, y }, body, ['Span', described]);
  sheet.write(row.detail, { ...what.at, y: detailTop }, small, ['Span', described]);
  described.end();
  for (const [index, { at }] of figures.entries()) {
    sheet.write(figureOf(row, index), { ...at, y }, body, ['TD', cells]);
  }
  cells.end();
}

function figureOf({ description, figures }: DocumentRow, index: number): string {
  const figure = figures[index];
  if (figure === undefined) throw new Error(`${description} has no figure ${index}`);
  return figure;
}
