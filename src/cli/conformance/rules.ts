import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

/**
 * A rule that the product's documents state. Tags: `C` catalog, `E` engine, `P` permission, `U` something
 * that a page shows, `X` left out on purpose.
 */
const rule = z.strictObject({
  id: z.string().regex(/^[0-4]\.\d\d$/),
  tags: z.array(z.enum(['C', 'E', 'P', 'U', 'X'])).min(1),
  text: z.string().min(1),
});

export type Rule = z.infer<typeof rule>;

/** Every rule, in the order of its document. */
export function readRules(root: string): Rule[] {
  const text = readFileSync(path.join(root, 'test/conformance/rules.json'), 'utf8');
  return z.array(rule).parse(JSON.parse(text));
}

const citation = /\[((?:[0-4]\.\d\d|K\d+)(?: (?:[0-4]\.\d\d|K\d+))*)\]/g;

/**
 * The rules that a test's title says it shows: `refills on the first [0.42 1.14]`. A contradiction between
 * the documents, such as K2, may stand beside them and is no rule.
 */
export const citedIn = (text: string): string[] =>
  [...text.matchAll(citation)]
    .flatMap(([, cited]) => (cited ?? '').split(' '))
    .filter((id) => !id.startsWith('K'));
