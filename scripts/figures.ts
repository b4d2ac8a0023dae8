import { z } from 'zod';

const figures = z.array(
  z.object({
    name: z.string(),
    value: z.number(),
    unit: z.string(),
    baseline: z.string().nullable(),
    baselineValue: z.number().nullable(),
    ratio: z.number().nullable(),
  }),
);

const opens = '<!-- figures: written by npm run generate from bench/results/latest.json -->';
const closes = '<!-- end of figures -->';

/** A text with the table of the last benchmarks' figures between its two marks. */
export function withFigures(text: string, results: string): string {
  const from = text.indexOf(opens);
  const to = text.indexOf(closes);
  if (from < 0 || to < from) throw new Error(`the marks of the figures are missing: ${opens}`);
  const rows = figures
    .parse(JSON.parse(results))
    .map(({ name, value, unit, baseline, baselineValue, ratio }) => [
      name,
      `${short(value)} ${unit}`,
      baseline === null || baselineValue === null ? '' : `${baseline}: ${short(baselineValue)}`,
      ratio === null ? '' : short(ratio),
    ]);
  const table = [['figure', 'value', 'beside', 'ratio'], ['-', '-', '-', '-'], ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
  return `${text.slice(0, from)}${opens}\n\n${table}\n\n${text.slice(to)}`;
}

/** Three digits are what a measurement on a shared machine can stand for. */
const short = (value: number): string =>
  Math.abs(value) >= 1_000
    ? Math.round(Number(value.toPrecision(3))).toLocaleString('en-US')
    : Number(value.toPrecision(3)).toString();
