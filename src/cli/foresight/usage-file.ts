import { createReadStream } from 'node:fs';
import { usageReader, type ReadLine } from '../../foresight/read-usage.ts';
import type { UsageRow } from '../../foresight/usage-row.ts';
import { CannotForesee } from './cannot-foresee.ts';

/** How the file looks, for `--help`. */
export const usageFormat = `FILE is CSV whose first line names the columns, or JSON lines with these names:
  at          a day (2026-02-28, counted at noon UTC) or an instant in UTC (2026-02-28T09:30:00Z);
              also "day" or "timestamp"; rows stand in order of time
  workspace   whose call it is (backtest), where the recording is of several
  member      who made the call
  credits     what it was charged: 12 or 0.25; or, to be priced by the catalog,
  model       with input, cacheRead, cacheWrite, output: tokens
              (also input_tokens, output_tokens, …); or
  rate        with quantity: a whole number of units of that rate`;

const mistakesShown = 20;

/** Reads a file of usage row by row, in one pass; throws with every bad line's number. */
export async function readUsage(
  file: string,
  model: string | null,
  take: (row: UsageRow) => void,
): Promise<void> {
  const mistakes: string[] = [];
  let read: ReadLine | null = null;
  let number = 0;
  const takeLine = (line: string): void => {
    number += 1;
    if (line === '') return;
    if (read === null) {
      const begun = usageReader(line, model);
      if (!begun.ok) throw new CannotForesee(`${file}:${number}: ${begun.refusal}`);
      ({ read } = begun.value);
      if (!begun.value.firstIsRow) return;
    }
    const row = read(line);
    if (row.ok) take(row.value);
    else mistakes.push(`${file}:${number}: ${row.refusal}`);
  };
  await eachLine(file, takeLine);
  if (mistakes.length > 0) throw new CannotForesee(told(mistakes));
}

function told(mistakes: readonly string[]): string {
  const more = mistakes.length - mistakesShown;
  const rest = more > 0 ? [`and ${more} more`] : [];
  const count = `${mistakes.length} lines of usage cannot be read; correct or remove them:`;
  return [count, ...mistakes.slice(0, mistakesShown), ...rest].join('\n');
}

/** Every line of a file without its end, whichever way it ends. */
async function eachLine(file: string, take: (line: string) => void): Promise<void> {
  let rest = '';
  try {
    for await (const chunk of createReadStream(file, 'utf8')) {
      const text = rest + String(chunk);
      let from = 0;
      for (let to = text.indexOf('\n'); to !== -1; to = text.indexOf('\n', from)) {
        take(withoutReturn(text.slice(from, to)));
        from = to + 1;
      }
      rest = text.slice(from);
    }
  } catch (error) {
    throw isMissing(error) ? new CannotForesee(`there is no file ${file}`) : error;
  }
  if (rest !== '') take(withoutReturn(rest));
}

const withoutReturn = (line: string): string => (line.endsWith('\r') ? line.slice(0, -1) : line);

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';
