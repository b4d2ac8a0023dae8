import {
  micro,
  minor,
  minorDigits,
  plus,
  toDecimal,
  type MicroCredits,
  type Minor,
} from '../../domain/values/money.ts';
import { toPlain } from '../../domain/values/plain.ts';
import type { BacktestSettings, Comparison, Outcomes, Side } from '../../foresight/backtest.ts';

type Result = { readonly rows: number; readonly comparisons: readonly Comparison[] };

const nothing: Outcomes = {
  invoices: 0,
  invoicedMinor: minor(0),
  calls: 0,
  denials: 0,
  usedMicro: micro(0),
  grantedMicro: micro(0),
};

const together = (comparisons: readonly Comparison[]): Omit<Comparison, 'workspace'> => ({
  from: comparisons.reduce((all, { from }) => add(all, from), nothing),
  to: comparisons.reduce((all, { to }) => add(all, to), nothing),
  difference: comparisons.reduce((all, { difference }) => add(all, difference), nothing),
});

const add = (a: Outcomes, b: Outcomes): Outcomes => ({
  invoices: a.invoices + b.invoices,
  invoicedMinor: plus(a.invoicedMinor, b.invoicedMinor),
  calls: a.calls + b.calls,
  denials: a.denials + b.denials,
  usedMicro: plus(a.usedMicro, b.usedMicro),
  grantedMicro: plus(a.grantedMicro, b.grantedMicro),
});

/** The comparison for machines; amounts are integer strings in the unit that their key names. */
export const jsonOf = (
  { rows, comparisons }: Result,
  { from, to, timeZone }: BacktestSettings,
): string =>
  JSON.stringify(
    {
      ...{ from: sideShown(from), to: sideShown(to), timeZone, rows },
      workspaces: toPlain(comparisons),
      totals: toPlain(together(comparisons)),
    },
    null,
    2,
  );

const sideShown = ({ terms, plan, interval }: Side): object => {
  const { product, version, currency } = terms;
  return { product, version, currency, plan, interval };
};

/** The comparison for people: a line for each workspace, each figure as `before -> after`. */
export function textOf({ rows, comparisons }: Result, settings: BacktestSettings): string {
  const { from, to } = settings;
  const digits = minorDigits(from.terms.currency);
  const head = [
    'workspace',
    'invoices',
    from.terms.currency,
    'credits used',
    'refused',
    'changes by',
  ];
  const row = (name: string, comparison: Omit<Comparison, 'workspace'>): string[] => {
    const { from: before, to: after, difference } = comparison;
    const changed = [
      `${signed(money(difference.invoicedMinor, digits))} ${from.terms.currency}`,
      `${signed(credits(difference.usedMicro))} credits`,
      `${signed(String(difference.denials))} refused`,
    ];
    return [
      name,
      arrow(String(before.invoices), String(after.invoices)),
      arrow(money(before.invoicedMinor, digits), money(after.invoicedMinor, digits)),
      arrow(credits(before.usedMicro), credits(after.usedMicro)),
      arrow(String(before.denials), String(after.denials)),
      changed.join(', '),
    ];
  };
  const table = [
    head,
    ...comparisons.map((comparison) => row(comparison.workspace, comparison)),
    row(`all ${comparisons.length}`, together(comparisons)),
  ];
  const title = `${rows} calls: ${nameOf(from)} -> ${nameOf(to)}`;
  return [title, '', ...aligned(table)].join('\n');
}

const nameOf = ({ terms, plan, interval }: Side): string =>
  `${terms.product} version ${terms.version}, ${plan} by the ${interval}`;

const arrow = (before: string, after: string): string =>
  before === after ? before : `${before} -> ${after}`;

const signed = (text: string): string => (text.startsWith('-') ? text : `+${text}`);
const money = (amount: Minor, digits: number): string => toDecimal(amount, digits);
const credits = (amount: MicroCredits): string => toDecimal(amount, 6).replace(/\.?0+$/, '');

function aligned(table: readonly (readonly string[])[]): string[] {
  const widths = (table[0] ?? []).map((_, column) =>
    table.reduce((most, row) => Math.max(most, row[column]?.length ?? 0), 0),
  );
  return table.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
