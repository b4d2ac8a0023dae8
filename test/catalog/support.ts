import { readFileSync } from 'node:fs';
import { readCatalog } from '../../src/catalog/load.ts';
import type { Terms } from '../../src/domain/terms/terms.ts';

type Product = 'studio' | 'team' | 'tools' | 'agents';

const textOf = (product: Product): string => readFileSync(`catalogs/${product}.yaml`, 'utf8');

function readAfter(product: Product, from: string, to: string) {
  const text = textOf(product);
  if (!text.includes(from)) throw new Error(`${product} does not say ${from}`);
  return readCatalog(
    text.replace(from, () => to),
    `catalogs/${product}.yaml`,
  );
}

/** What is said of a product's catalog after one passage of it was changed, without the places. */
export const complaintsAfter = (product: Product, from: string, to: string): string[] =>
  readAfter(product, from, to).mistakes.map((line) =>
    line.replace(/^catalogs\/\w+\.yaml:\d+:\d+: /, ''),
  );

/** A product's terms after one passage of its catalog was changed. */
export function termsAfter(product: Product, from: string, to: string): Terms {
  const { terms, mistakes } = readAfter(product, from, to);
  if (terms === undefined) throw new Error(mistakes.join('\n'));
  return terms;
}

export function loaded(all: readonly Terms[], product: Product): Terms {
  const terms = all.find((each) => each.product === product);
  if (terms === undefined) throw new Error(`there is no catalog ${product}`);
  return terms;
}
