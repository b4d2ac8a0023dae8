import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { flipped, saidIn } from './policies/flip.ts';
import { leavesOfCatalog } from './policies/leaves.ts';
import { flips } from './policies/rows.ts';
import { shown } from './policies/shown-rows.ts';

const leaves = leavesOfCatalog();
const named = new Set([...flips, ...shown].flatMap((row) => row.leaves));

describe('every policy of the catalog', () => {
  test('is read, and has a row that shows it', () => {
    const missing = [...leaves.keys()].filter((leaf) => !named.has(leaf));
    expect(missing, 'give each a row in test/catalog/policies').toEqual([]);
  });

  test('is named by rows as the catalog’s shape names it', () => {
    expect([...named].filter((leaf) => !leaves.has(leaf))).toEqual([]);
  });

  test('is flipped to each of its words', () => {
    const left = [...leaves].flatMap(([leaf, values]) => {
      const rows = flips.filter((row) => row.leaves.includes(leaf));
      const said = new Set(rows.flatMap(({ cases }) => cases.flatMap(([patch]) => saidIn(patch))));
      const words = values.filter((value) => !value.startsWith('<') || value === '<null>');
      const lacking = words.filter((word) => !said.has(word.replace(/[<>]/g, '')));
      return rows.length === 0 ? [] : lacking.map((word) => `${leaf}: ${word}`);
    });
    expect(left).toEqual([]);
  });

  test.each(shown)('$leaves is shown by $file', ({ file, title }) => {
    expect(readFileSync(file, 'utf8')).toContain(title);
  });
});

describe.each(flips)('$leaves of $product changes what is seen', ({ product, see, cases }) => {
  test.each(cases.map(([patch, seen]) => ({ patch, seen })))('$patch', ({ patch, seen }) => {
    expect(see(flipped(product, patch))).toEqual(seen);
  });

  test('each value shows something else', () => {
    const texts = cases.map(([, seen]) =>
      JSON.stringify(seen, (_, each: unknown) => (typeof each === 'bigint' ? `${each}n` : each)),
    );
    expect(new Set(texts).size).toBe(texts.length);
  });
});
