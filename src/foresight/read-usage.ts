import type { Instant } from '../domain/values/calendar.ts';
import { fromDecimal, micro } from '../domain/values/money.ts';
import { ok, refused, type Outcome } from '../domain/values/outcome.ts';
import { tokenBuckets, type TokenBucket, type Tokens } from '../domain/terms/rate-card.ts';
import type { UsageRow, Use } from './usage-row.ts';

/** How each field may be called in a file; the first name is ours, the others are of public traces. */
const names = {
  at: ['at', 'day', 'timestamp'],
  workspace: ['workspace'],
  member: ['member'],
  credits: ['credits'],
  model: ['model'],
  input: ['input', 'input_tokens'],
  cacheRead: ['cacheRead', 'cache_read_tokens'],
  cacheWrite: ['cacheWrite', 'cache_write_tokens'],
  output: ['output', 'output_tokens'],
  rate: ['rate'],
  quantity: ['quantity'],
} as const;

type Field = keyof typeof names;
const fields = Object.keys(names) as Field[]; // the keys of a constant object are its own

/** One line's text by field; a field that the line does not have is empty. */
type Cells = (field: Field) => string;

/** A row, or in words why the line is none. */
export type ReadLine = (line: string) => Outcome<UsageRow, string>;

/**
 * Reads usage line by line. `model` is taken where a row of tokens names none. A file of JSON lines is
 * known by its first character; a CSV's first line names its columns, and answers no row.
 */
export function usageReader(
  firstLine: string,
  model: string | null,
): Outcome<{ readonly read: ReadLine; readonly firstIsRow: boolean }, string> {
  const readInstant = instantReader();
  if (firstLine.startsWith('{')) {
    const read: ReadLine = (line) => {
      const cells = jsonCells(line);
      return cells.ok ? rowOf(cells.value, readInstant, model) : cells;
    };
    return ok({ read, firstIsRow: true });
  }
  const header = split(firstLine);
  const place = Object.fromEntries(
    fields.map((field) => [field, placeOf(header, field)]),
  ) as Readonly<Record<Field, number>>; // every field has its place, or -1
  if (place.at === -1) {
    return refused(`the first line has to name the columns, one of them ${names.at.join(' or ')}`);
  }
  const read: ReadLine = (line) => {
    const cells = split(line);
    if (cells.length !== header.length) {
      return refused(`${cells.length} cells, but the first line names ${header.length} columns`);
    }
    return rowOf((field) => cells[place[field]] ?? '', readInstant, model);
  };
  return ok({ read, firstIsRow: false });
}

const placeOf = (header: readonly string[], field: Field): number =>
  header.findIndex((name) => names[field].some((known) => known === name.trim()));

/** The cells of a CSV line; a quoted one may hold commas, and two quotes for one. */
function split(line: string): string[] {
  if (!line.includes('"')) return line.split(',');
  const quotedOrPlain = /(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g;
  return [...line.matchAll(quotedOrPlain)].map(([, quoted, plain]) =>
    quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'),
  );
}

/** A JSON line's fields as text; a number stands for its digits. */
function jsonCells(line: string): Outcome<Cells, string> {
  const value = parsed(line);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refused('not a JSON object');
  }
  const entries = new Map<string, unknown>(Object.entries(value));
  return ok((field) => {
    const found = names[field].find((name) => entries.has(name));
    const cell = found === undefined ? '' : entries.get(found);
    return typeof cell === 'string' || typeof cell === 'number' ? String(cell) : '';
  });
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function rowOf(
  cells: Cells,
  readInstant: (text: string) => Instant | null,
  model: string | null,
): Outcome<UsageRow, string> {
  const at = readInstant(cells('at'));
  if (at === null) {
    return refused(
      `"${cells('at')}" is no day or instant, like 2026-02-28 or 2026-02-28T09:30:00Z`,
    );
  }
  const use = useOf(cells, model);
  if (!use.ok) return use;
  const workspace = cells('workspace');
  const member = cells('member');
  return ok({
    at,
    workspace: workspace === '' ? null : workspace,
    member: member === '' ? null : member,
    use: use.value,
  });
}

function useOf(cells: Cells, defaultModel: string | null): Outcome<Use, string> {
  const credits = cells('credits');
  if (credits !== '') {
    const amount = fromDecimal(credits, 6);
    return amount === undefined || amount < 0n
      ? refused(`"${credits}" is no amount of credits, like 12 or 0.25`)
      : ok({ kind: 'credits', amountMicro: micro(amount) });
  }
  const rate = cells('rate');
  if (rate !== '') {
    const quantity = countOf(cells('quantity'));
    return quantity === null
      ? refused(`"${cells('quantity')}" is no whole number of units of ${rate}`)
      : ok({ kind: 'units', rate, quantity });
  }
  const tokens = tokensOf(cells);
  if (!tokens.ok) return tokens;
  const model = cells('model') === '' ? defaultModel : cells('model');
  if (model === null)
    return refused('says neither credits, nor a rate, nor a model: add a column, or --model');
  return ok({ kind: 'tokens', model, tokens: tokens.value });
}

function tokensOf(cells: Cells): Outcome<Tokens, string> {
  const tokens: Partial<Record<TokenBucket, number>> = {};
  for (const bucket of tokenBuckets) {
    const text = cells(bucket);
    if (text === '') continue;
    const count = countOf(text);
    if (count === null) return refused(`"${text}" is no whole number of ${bucket} tokens`);
    tokens[bucket] = count;
  }
  return ok(tokens);
}

function countOf(text: string): number | null {
  const count = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(count) ? count : null;
}

const written = /^(\d{4}-\d\d-\d\d)(?:T((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(?:\.(\d{1,9}))?Z)?$/;

/**
 * Reads instants in UTC; a day alone counts at its noon, so that it is the same day in every zone that
 * is in use from -12 to +11. Parts of a millisecond are dropped. Rows come in order of time, so a day's
 * rows are neighbours and its date is checked once.
 */
function instantReader(): (text: string) => Instant | null {
  let lastDay = '';
  return (text) => {
    const found = written.exec(text);
    if (found === null) return null;
    const [, day = '', time = '12:00:00', fraction = ''] = found;
    if (day !== lastDay) {
      if (!isDate(day)) return null;
      lastDay = day;
    }
    return `${day}T${time}.${fraction.slice(0, 3).padEnd(3, '0')}Z`;
  };
}

/** 30 February would silently be another day in March. */
function isDate(day: string): boolean {
  const midnight = Date.parse(`${day}T00:00:00.000Z`);
  return !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(day);
}
