import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import {
  isMap,
  isPair,
  isScalar,
  LineCounter,
  parseDocument,
  type Document,
  type Node,
} from 'yaml';
import { z } from 'zod';
import type { Terms } from '../domain/terms.ts';
import { nearest } from './nearest.ts';
import { catalogSchema } from './schema.ts';
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

type Path = readonly PropertyKey[];
type Mistake = { readonly path: Path; readonly message: string; readonly onKey: boolean };

/** Every product of a directory; throws `CatalogMistakes` with all mistakes of all files. */
export function loadCatalogs(directory: string): Terms[] {
  const files = readdirSync(directory).filter((name) => /\.ya?ml$/.test(name));
  const mistakes: string[] = files.length === 0 ? [`${directory}: there is no catalog here`] : [];
  const all = files.toSorted().flatMap((file): Terms[] => {
    const text = readFileSync(path.join(directory, file), 'utf8');
    const read = readCatalog(text, path.join(directory, file));
    mistakes.push(...read.mistakes);
    return read.terms === undefined ? [] : [read.terms];
  });
  if (mistakes.length > 0) throw new CatalogMistakes(mistakes);
  return all;
}

/** One catalog's text into frozen terms, or everything that is wrong with it. */
export function readCatalog(
  text: string,
  file: string,
): { readonly terms: Terms | undefined; readonly mistakes: readonly string[] } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const place = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  if (document.errors.length > 0) {
    const mistakes = document.errors.map(({ pos, message }) => `${place(pos[0])}: ${message}`);
    return { terms: undefined, mistakes };
  }
  const say = ({ path: at, message, onKey }: Mistake): string =>
    `${place(offsetOf(document, at, onKey))}: ${at.join('.') || 'the file'}: ${message}`;
  const parsed = catalogSchema.safeParse(document.toJS());
  if (!parsed.success) {
    const found = parsed.error.issues.flatMap((issue) => describeIssue(issue, document));
    return { terms: undefined, mistakes: found.map(say) };
  }
  const { terms, mistakes } = toTerms(parsed.data);
  return mistakes.length > 0
    ? { terms: undefined, mistakes: mistakes.map((mistake) => say({ ...mistake, onKey: false })) }
    : { terms: deepFreeze(terms), mistakes: [] };
}

/** What editors check a catalog with while it is written. */
export const catalogJsonSchema = (): object =>
  z.toJSONSchema(catalogSchema, { io: 'input', target: 'draft-7' });

function describeIssue(issue: z.core.$ZodIssue, document: Document): Mistake[] {
  const found = document.getIn(issue.path);
  const seen = isScalar(found) || typeof found !== 'object' ? JSON.stringify(found) : 'a block';
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({
        path: [...issue.path, key],
        message: unknownKey(key, issue.path),
        onKey: true,
      }));
    case 'invalid_value': {
      const choices = issue.values.map(String);
      const message = `found ${seen}, expected ${choices.join(' or ')}${guess(String(found), choices)}`;
      return [{ path: issue.path, message, onKey: false }];
    }
    default: {
      const missing = found === undefined;
      const expected = issue.message.replace(/^Invalid discriminator value. Expected /, '');
      const message = missing ? 'is missing' : `found ${seen}, expected ${expected}`;
      return [{ path: issue.path, message, onKey: false }];
    }
  }
}

function unknownKey(key: string, parent: Path): string {
  const known = knownKeys(catalogJsonSchema(), parent);
  return `there is no such policy${guess(key, known)}`;
}

const guess = (name: string, known: readonly string[]): string => {
  const best = nearest(name, known);
  return best === undefined ? '' : `; did you mean ${best}?`;
};

/** The keys that the schema knows at a path, through lists, maps and unions. */
function knownKeys(schema: unknown, at: Path): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const node = schema as Readonly<Record<string, unknown>>; // any JSON object is one
  const options = [node['anyOf'], node['oneOf']].flat().filter((option) => option !== undefined);
  if (options.length > 0) return options.flatMap((option) => knownKeys(option, at));
  const properties = (node['properties'] ?? {}) as Readonly<Record<string, unknown>>; // JSON Schema
  const [step, ...rest] = at;
  if (step === undefined) return Object.keys(properties);
  if (typeof step === 'number') return knownKeys(node['items'], rest);
  return knownKeys(properties[String(step)] ?? node['additionalProperties'], rest);
}

/** Where a value, or the key of an entry, begins; for what is missing, where its parent begins. */
function offsetOf(document: Document, at: Path, onKey: boolean): number {
  const [last] = at.slice(-1);
  const parent = at.slice(0, -1);
  const holder = parent.length === 0 ? document.contents : document.getIn(parent, true);
  if (onKey && isMap(holder)) {
    const entry = holder.items.find((pair) => isPair(pair) && keyOf(pair.key) === last);
    const start = entry === undefined ? undefined : (entry.key as Node).range?.[0]; // a parsed key
    if (start !== undefined) return start;
  }
  const node = at.length === 0 ? document.contents : (document.getIn(at, true) as Node | undefined);
  if (node?.range) return node.range[0];
  return at.length === 0 ? 0 : offsetOf(document, parent, true);
}

const keyOf = (key: unknown): unknown => (isScalar(key) ? key.value : key);

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(deepFreeze);
    Object.freeze(value);
  }
  return value;
}
