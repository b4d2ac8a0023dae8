import { catalogJsonSchema } from '../../../src/catalog/load.ts';

/** A leaf's values: its words, or `<string>`, `<integer>`, `<boolean>`, `<null>`. */
export type Leaves = ReadonlyMap<string, readonly string[]>;

/** Every leaf of the catalog's shape, through lists (`[]`), maps (`.*`) and unions. */
export function leavesOfCatalog(): Leaves {
  const found = new Map<string, string[]>();
  collect(catalogJsonSchema(), '', found);
  return found;
}

type Node = Readonly<Record<string, unknown>>;

function collect(schema: unknown, path: string, found: Map<string, string[]>): void {
  if (typeof schema !== 'object' || schema === null) return;
  const node = schema as Node; // any JSON object is one
  const options = [node['anyOf'], node['oneOf']].flat().filter((option) => option !== undefined);
  if (options.length > 0) {
    for (const option of options) collect(option, path, found);
    return;
  }
  if (node['type'] === 'array') {
    collect(node['items'], `${path}[]`, found);
    return;
  }
  if (node['type'] === 'object') {
    const properties = (node['properties'] ?? {}) as Node; // JSON Schema
    for (const [name, inner] of Object.entries(properties)) {
      collect(inner, path === '' ? name : `${path}.${name}`, found);
    }
    collect(node['additionalProperties'], `${path}.*`, found);
    return;
  }
  found.set(path, [...(found.get(path) ?? []), ...valuesOf(node)]);
}

function valuesOf(node: Node): string[] {
  if ('const' in node) return [String(node['const'])];
  if (Array.isArray(node['enum'])) return node['enum'].map(String);
  return [`<${String(node['type'])}>`];
}
