import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { readCatalog } from '../../../src/catalog/load.ts';
import type { Terms } from '../../../src/domain/terms/terms.ts';

type Product = 'studio' | 'team' | 'tools' | 'agents';

/** What replaces what in a catalog: `plans/pro/rank` is the rank of the plan whose id is pro. */
export type Patch = Readonly<Record<string, unknown>>;

/** A policy that a pure function reads: each of its values, with what is seen under it. */
export type Flip = {
  /** The leaves of the catalog's shape that this row is about. */
  readonly leaves: readonly string[];
  readonly product: Product;
  readonly see: (terms: Terms) => unknown;
  readonly cases: readonly (readonly [Patch, unknown])[];
};

/** A policy that the ledger's SQL or a route reads: the test that shows its values on the real stack. */
export type Shown = {
  readonly leaves: readonly string[];
  readonly file: string;
  readonly title: string;
};

/** A product's terms after the patch; throws with the catalog's own complaints. */
export function flipped(product: Product, patch: Patch): Terms {
  const file = `catalogs/${product}.yaml`;
  let data: unknown = parse(readFileSync(file, 'utf8'));
  for (const [path, value] of Object.entries(patch)) data = replaced(data, path.split('/'), value);
  const { terms, mistakes } = readCatalog(JSON.stringify(data), file);
  if (terms === undefined) throw new Error(mistakes.join('\n'));
  return terms;
}

function replaced(node: unknown, path: readonly string[], value: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if (Array.isArray(node)) {
    const items: readonly unknown[] = node;
    const byId = items.findIndex((item) => fieldsOf(item)['id'] === step);
    const at = byId === -1 ? Number(step) : byId;
    return items.map((item, index) => (index === at ? replaced(item, rest, value) : item));
  }
  const fields = fieldsOf(node);
  return { ...fields, [step]: replaced(fields[step], rest, value) };
}

const fieldsOf = (node: unknown): Readonly<Record<string, unknown>> =>
  // A parsed document's maps are plain objects; whatever else it is has no fields.
  typeof node === 'object' && node !== null ? (node as Readonly<Record<string, unknown>>) : {};

/** Every word, number and null that the patches say, to see that no value of a policy is left out. */
export function saidIn(patch: unknown): string[] {
  if (typeof patch !== 'object' || patch === null) return [String(patch)];
  return Object.values(patch).flatMap(saidIn);
}
