import { readFileSync } from 'node:fs';
import { readCatalog } from '../../src/catalog/load.ts';

type Product = 'studio' | 'team' | 'tools' | 'agents';

const textOf = (product: Product): string => readFileSync(`catalogs/${product}.yaml`, 'utf8');

/** What is said of a product's catalog after one passage of it was changed, without the places. */
export function complaintsAfter(product: Product, from: string, to: string): string[] {
  const text = textOf(product);
  if (!text.includes(from)) throw new Error(`${product} does not say ${from}`);
  const changed = text.replace(from, () => to);
  const { mistakes } = readCatalog(changed, `catalogs/${product}.yaml`);
  return mistakes.map((line) => line.replace(/^catalogs\/\w+\.yaml:\d+:\d+: /, ''));
}
