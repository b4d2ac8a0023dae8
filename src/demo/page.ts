/** A page of styled text, 100 columns wide; how it is shown is decided where it is written. */
export const columns = 100;

export type Style = 'plain' | 'bold' | 'dim' | 'good' | 'bad' | 'title';
export type Span = { readonly text: string; readonly style: Style };
export type Line = readonly Span[];

export const span = (text: string, style: Style = 'plain'): Span => ({ text, style });
export const line = (text: string, style: Style = 'plain'): Line => [span(text, style)];

const ansi: Readonly<Record<Style, string>> = {
  plain: '',
  bold: '\u001B[1m',
  dim: '\u001B[2m',
  good: '\u001B[32m',
  bad: '\u001B[31m',
  title: '\u001B[1;36m',
};

/** For a terminal; without colours nothing but the text is left. */
export const printed = (page: readonly Line[], colours: boolean): string =>
  page
    .map((spans) =>
      spans
        .map((one) => paint(one, colours))
        .join('')
        .trimEnd(),
    )
    .join('\n');

const paint = ({ text, style }: Span, colours: boolean): string =>
  colours && ansi[style] !== '' ? `${ansi[style]}${text}\u001B[0m` : text;

/** Breaks words into rows that are at most so wide. */
export function wrap(words: Line, width: number): readonly Line[] {
  const rows: Span[][] = [[]];
  let used = 0;
  for (const { text, style } of words.flatMap(intoWords)) {
    if (used > 0 && used + 1 + text.length > width) {
      rows.push([]);
      used = 0;
    }
    const space = used === 0 ? '' : ' ';
    rows.at(-1)?.push(span(space + text, style));
    used += space.length + text.length;
  }
  return rows;
}

const intoWords = ({ text, style }: Span): Span[] =>
  text
    .split(' ')
    .filter((word) => word !== '')
    .map((word) => span(word, style));

const widthOf = (spans: Line): number => spans.reduce((sum, { text }) => sum + text.length, 0);

/** The same, filled up with spaces. */
export const padded = (spans: Line, width: number): Line => [
  ...spans,
  span(' '.repeat(Math.max(0, width - widthOf(spans)))),
];
