import { verdictOn, type Figure } from './contest.ts';

/** Stands above the table: figures of two versions are not to be compared. */
export const nodeLine = (version: string): string => `measured on Node ${version}`;

/** The figures as a table for people. */
export function tableOf(figures: readonly Figure[]): string {
  const head = ['figure', 'value', 'unit', 'baseline', 'its value', 'ratio', 'range', 'aim', ''];
  const rows = [head, ...figures.map(rowOf)];
  const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return rows.map(line).join('\n');
}

function rowOf(figure: Figure): string[] {
  const { name, value, unit, baseline, baselineValue, ratio, range } = figure;
  return [
    name,
    short(value),
    unit,
    baseline ?? '-',
    baselineValue === null ? '-' : short(baselineValue),
    ratio === null ? '-' : `${short(ratio)}x`,
    `${short(range.low)} to ${short(range.high)}`,
    aimOf(figure),
    { goal: 'goal reached', floor: 'above the floor', below: 'BELOW THE FLOOR', none: '' }[
      verdictOn(figure)
    ],
  ];
}

function aimOf({ aim }: Figure): string {
  if (aim === null) return '-';
  const sign = aim.better === 'more' ? '>=' : '<=';
  const unit = aim.of === 'ratio' ? 'x' : '';
  return `${sign} ${aim.goal}${unit} (floor ${aim.floor}${unit})`;
}

/** Three digits are what a measurement on a shared machine can stand for. */
const short = (value: number): string =>
  Math.abs(value) >= 1_000 || value === 0
    ? Math.round(value).toString()
    : Number(value.toPrecision(3)).toString();

type Told = Pick<Figure, 'name' | 'value' | 'unit' | 'baseline' | 'baselineValue' | 'ratio'>;

/** What earlier runs have told of other figures. */
export function keptBeside(figures: readonly Figure[], before: string): Told[] {
  const told = JSON.parse(before) as Told[]; // this program's own file
  return told.filter(({ name }) => figures.every((figure) => figure.name !== name));
}

/** The figures for machines: `[{name, value, unit, baseline, baselineValue, ratio}]`. */
export const jsonOf = (figures: readonly Told[]): string =>
  `${JSON.stringify(
    figures.map(({ name, value, unit, baseline, baselineValue, ratio }) => ({
      ...{ name, value, unit, baseline, baselineValue, ratio },
    })),
    null,
    2,
  )}\n`;
