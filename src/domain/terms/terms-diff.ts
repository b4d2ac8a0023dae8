/** What two versions of a product's terms differ in, policy by policy, in people's words. */
import { minorDigits, toDecimal } from '../values/money.ts';
import type { Terms } from './terms.ts';

/** One policy that another version changes; null: it is not there. */
export type PolicyChange = {
  /** As in the catalog: `plans.team.prices.month.base`. */
  readonly policy: string;
  /** What it is called: `plan Team: price, by the month, base`. */
  readonly words: string;
  readonly before: string | null;
  readonly after: string | null;
};

type Tree = Readonly<Record<string, unknown>>;
type Sides = { readonly from: unknown; readonly to: unknown };

const creditDigits = 6;

/**
 * Every policy that differs, in the order of the catalog; the number of the version is none. Lists whose
 * entries have an id are compared by it, other lists as a whole.
 */
export function changedPolicies(from: Terms, to: Terms): PolicyChange[] {
  const names = { ...planNames(from), ...planNames(to) };
  const { version: _before, coming: _first, ...old } = from;
  const { version: _after, coming: _second, ...fresh } = to;
  return compare({ from: old, to: fresh }, { path: [], names, currency: to.currency });
}

/** A change as one sentence. */
export function tellChange({ words, before, after }: PolicyChange): string {
  if (before === null) return `${words}: new, ${String(after)}`;
  if (after === null) return `${words}: gone, was ${before}`;
  return `${words}: from ${before} to ${after}`;
}

const planNames = (terms: Terms): Readonly<Record<string, string>> =>
  Object.fromEntries(terms.plans.map(({ id, name }) => [id, name]));

type Place = {
  readonly path: readonly string[];
  readonly names: Readonly<Record<string, string>>;
  readonly currency: string;
};

function compare(sides: Sides, place: Place): PolicyChange[] {
  const from = treeOf(sides.from);
  const to = treeOf(sides.to);
  if (from === null || to === null) return compareLeaves(sides, place);
  const keys = Object.keys(from).filter((key) => !(key in to));
  return [...Object.keys(to), ...keys].flatMap((key) =>
    compare({ from: from[key], to: to[key] }, { ...place, path: [...place.path, key] }),
  );
}

function compareLeaves({ from, to }: Sides, place: Place): PolicyChange[] {
  const before = from === undefined ? null : valueInWords(from, place);
  const after = to === undefined ? null : valueInWords(to, place);
  if (before === after) return [];
  return [{ policy: policyOf(place.path), words: pathInWords(place), before, after }];
}

/** What can be compared part by part: blocks of policies, and lists whose entries have an id. */
function treeOf(value: unknown): Tree | null {
  if (Array.isArray(value)) {
    const entries = value.map(idOf);
    if (value.length === 0 || entries.includes(null)) return null;
    return Object.fromEntries(value.map((item, index) => [String(entries[index]), item]));
  }
  return typeof value === 'object' && value !== null ? (value as Tree) : null; // any object is one
}

const idOf = (item: unknown): string | null =>
  typeof item === 'object' && item !== null && 'id' in item ? String(item.id) : null;

const withoutUnit = (step: string): string => step.replace(/(?:Minor|Micro)$/, '');

const policyOf = (path: readonly string[]): string => path.map(withoutUnit).join('.');

function pathInWords({ path, names }: Place): string {
  const [first, id, ...rest] = path;
  if (first !== 'plans' || id === undefined) return path.map(stepInWords).join(', ');
  const plan = `plan ${names[id] ?? id}`;
  return rest.length === 0 ? plan : `${plan}: ${rest.map(stepInWords).join(', ')}`;
}

const words: Readonly<Record<string, string>> = {
  prices: 'price',
  month: 'by the month',
  year: 'by the year',
  baseMinor: 'base',
  perSeatMinor: 'per seat',
  baseMicro: 'base',
  perSeatMicro: 'per seat',
  included: 'included credits',
  selfServe: 'sold without a contract',
  holder: 'whose credits they are',
};

/** `retryAfterDays` as `retry after days`. */
const stepInWords = (step: string): string =>
  words[step] ?? withoutUnit(step).replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

function valueInWords(value: unknown, place: Place): string {
  const key = place.path.at(-1) ?? '';
  if (value === null) return 'none';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'bigint') return amountInWords(value, key, place.currency);
  if (Array.isArray(value)) {
    return value.length === 0
      ? 'nothing'
      : value.map((item) => valueInWords(item, place)).join(', ');
  }
  if (typeof value === 'object') return blockInWords(value as Tree, place); // any object is one
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A plan by its name; any other block entry by entry. */
function blockInWords(block: Tree, place: Place): string {
  const { name, id } = block;
  if (typeof name === 'string' && typeof id === 'string') return `“${name}”`;
  // Stored blocks come back with their keys in another order.
  const sorted = Object.entries(block).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const entries = sorted.map(([key, item]) => {
    const inner = { ...place, path: [...place.path, key] };
    return `${stepInWords(key)} ${valueInWords(item, inner)}`;
  });
  return entries.length === 0 ? 'nothing' : entries.join(', ');
}

function amountInWords(amount: bigint, key: string, currency: string): string {
  if (key.endsWith('Minor')) return `${toDecimal(amount, minorDigits(currency))} ${currency}`;
  const decimal = toDecimal(amount, creditDigits);
  return decimal.replace(/\.?0+$/, '') || '0';
}
