import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { Terms } from '../domain/terms/terms.ts';
import { crossCheck } from './cross-check.ts';
import { describeIssue, expectationOf } from './describe-issue.ts';
import { priceListsBeside } from './price-list.ts';
import { catalogSchema } from './schema.ts';
import { readSource, type Path } from './source.ts';
import { toTerms } from './to-terms.ts';

/** Every mistake of the catalog files, each as `file:line:column: what is wrong`. */
export class CatalogMistakes extends Error {
  override readonly name = 'CatalogMistakes';
  readonly mistakes: readonly string[];

  constructor(mistakes: readonly string[]) {
    super(`The catalog has mistakes:\n${mistakes.map((line) => `  ${line}`).join('\n')}`);
    this.mistakes = mistakes;
  }
}

type Read = { readonly terms: Terms | undefined; readonly mistakes: readonly string[] };

/** Every product of a directory; throws `CatalogMistakes` with all mistakes of all files. */
export function loadCatalogs(directory: string): Terms[] {
  const files = readdirSync(directory).filter((name) => /\.ya?ml$/.test(name));
  if (files.length === 0) throw new CatalogMistakes([`${directory}: there is no catalog here`]);
  const all = files.toSorted().map((name): Read => {
    const file = path.join(directory, name);
    return readCatalog(readFileSync(file, 'utf8'), file);
  });
  const mistakes = all.flatMap((read) => read.mistakes);
  if (mistakes.length > 0) throw new CatalogMistakes(mistakes);
  return all.flatMap(({ terms }) => terms ?? []);
}

/**
 * One catalog's text into frozen terms, or everything that is wrong with it. What contradicts what
 * is asked once every field is in order by itself.
 */
export function readCatalog(text: string, file: string): Read {
  const read = readSource(text, file);
  if ('mistakes' in read) return { terms: undefined, mistakes: read.mistakes };
  const { source } = read;
  const parsed = catalogSchema.safeParse(source.data, { error: expectationOf });
  if (!parsed.success) {
    const found = parsed.error.issues.flatMap((issue) => describeIssue(issue, source, knownKeys));
    return { terms: undefined, mistakes: found.map(source.say) };
  }
  const { terms, mistakes } = toTerms(parsed.data, priceListsBeside(file));
  // An amount that could not be read stands as zero; only its own mistake is told.
  const found =
    mistakes.length > 0 ? mistakes : [...checkProduct(terms, file), ...crossCheck(terms)];
  if (found.length > 0) return { terms: undefined, mistakes: found.map(source.say) };
  return { terms: deepFreeze(terms), mistakes: [] };
}

/** One file per product, named after it, so that no two files can publish the same product. */
function checkProduct({ product }: Terms, file: string) {
  const name = path.parse(file).name;
  const message = `found "${product}", expected the file's own name, ${name}`;
  return product === name ? [] : [{ path: ['product'], message }];
}

/** What editors check a catalog with while it is written. */
export const catalogJsonSchema = (): object =>
  z.toJSONSchema(catalogSchema, { io: 'input', target: 'draft-7' });

const knownKeys = (at: Path): string[] => keysOf(catalogJsonSchema(), at);

/** The keys that the schema knows at a path, through lists, maps and unions. */
function keysOf(schema: unknown, at: Path): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const node = schema as Readonly<Record<string, unknown>>; // any JSON object is one
  const options = [node['anyOf'], node['oneOf']].flat().filter((option) => option !== undefined);
  if (options.length > 0) return options.flatMap((option) => keysOf(option, at));
  const properties = (node['properties'] ?? {}) as Readonly<Record<string, unknown>>; // JSON Schema
  const [step, ...rest] = at;
  if (step === undefined) return Object.keys(properties);
  if (typeof step === 'number') return keysOf(node['items'], rest);
  return keysOf(properties[String(step)] ?? node['additionalProperties'], rest);
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(deepFreeze);
    Object.freeze(value);
  }
  return value;
}
