import { columns, type Line, type Span, type Style } from './page.ts';

const cell = { width: 7.82, height: 18 }; // a monospace character at 13 px
const margin = 20;

const paint: Readonly<Record<Style, string>> = {
  plain: 'fill="#d6deeb"',
  bold: 'fill="#ffffff" font-weight="bold"',
  dim: 'fill="#7f8ea3"',
  good: 'fill="#7fd48a"',
  bad: 'fill="#ff8f80"',
  title: 'fill="#82d4ff" font-weight="bold"',
};

/** The page as a picture of a terminal. */
export function drawPage(page: readonly Line[]): string {
  const width = Math.ceil(columns * cell.width) + 2 * margin;
  const height = page.length * cell.height + 2 * margin;
  const rows = page.map((spans, row) => drawLine(spans, margin + (row + 1) * cell.height - 5));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}">`,
    '<title>npm run demo: a workspace’s year, as the terminal shows it</title>',
    `<rect width="${width}" height="${height}" rx="8" fill="#101826"/>`,
    '<g font-family="ui-monospace, Menlo, Consolas, monospace" font-size="13">',
    ...rows,
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

function drawLine(spans: Line, y: number): string {
  let column = 0;
  const words = spans.map((one) => {
    const drawn = drawSpan(one, margin + column * cell.width, y);
    column += one.text.length;
    return drawn;
  });
  return words.join('');
}

/** Each span stands at its own column, and is as wide as its characters, whatever the font. */
function drawSpan({ text, style }: Span, x: number, y: number): string {
  const shown = text.trimStart();
  const kept = shown.trimEnd();
  if (kept === '') return '';
  const start = x + (text.length - shown.length) * cell.width;
  const length = kept.length * cell.width;
  return (
    `<text x="${start.toFixed(1)}" y="${y}" textLength="${length.toFixed(1)}" ` +
    `xml:space="preserve" ${paint[style]}>${escape(kept)}</text>`
  );
}

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
