import { readFileSync } from 'node:fs';
import { readCatalog } from '../../src/catalog/load.ts';

type Product = 'studio' | 'team';

const textOf = (product: Product): string => readFileSync(`catalogs/${product}.yaml`, 'utf8');

/** What is said of a product's catalog after one passage of it was changed. */
export function mistakesAfter(product: Product, from: string, to: string): readonly string[] {
  const text = textOf(product);
  if (!text.includes(from)) throw new Error(`${product} does not say ${from}`);
  return readCatalog(
    text.replace(from, () => to),
    `${product}.yaml`,
  ).mistakes;
}

/** The same, without the place. */
export const complaintsAfter = (product: Product, from: string, to: string): string[] =>
  mistakesAfter(product, from, to).map((line) => line.replace(/^\w+\.yaml:\d+:\d+: /, ''));
