/** What a verb answers: text for people, data for machines, and whether it found something wrong. */
export type Answer = {
  readonly text: string;
  readonly data: unknown;
  readonly found: 'nothing wrong' | 'something wrong';
};

export const good = (text: string, data: unknown): Answer => ({
  text,
  data,
  found: 'nothing wrong',
});

/** 0, or 1 where the verb found something wrong. */
export function printAnswer(answer: Answer, format: 'text' | 'json'): number {
  console.log(format === 'json' ? JSON.stringify(answer.data, undefined, 2) : answer.text);
  return answer.found === 'nothing wrong' ? 0 : 1;
}

/** Rows as columns of text, the first row being their names. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
