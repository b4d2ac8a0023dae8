/** One line of a CSV file (RFC 4180): what has a comma, a quote or a line's end in it is quoted. */
export const csvLine = (cells: readonly string[]): string => `${cells.map(cellOf).join(',')}\r\n`;

const cellOf = (text: string): string =>
  /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;

/**
 * A text that somebody else chose, for a cell: a spreadsheet would take one that begins like a formula for
 * one, and run it. Our own figures may begin with a minus and are not passed through this.
 */
export const csvText = (text: string | null): string =>
  text === null ? '' : /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
