import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

/**
 * One mistake that somebody could make. Several rules beside one break share it: each of them must be noticed by
 * a test of its own, or by a test that cites them all.
 */
const oneBreak = z.strictObject({
  /** The rules that this breaks; none where it breaks what no document states. */
  rules: z.array(z.string().regex(/^\d\.\d\d$/)),
  file: z.string(),
  /** What the file says exactly once. */
  text: z.string().min(1),
  becomes: z.string(),
  /** Where the tests stand that must notice: those that cite the rules, or all where there are none. */
  test: z.string(),
  /** Why no test can notice this today. */
  survives: z.string().optional(),
});

export type Break = z.output<typeof oneBreak>;

/** Every break, in the order of the file. */
export const readBreaks = (root: string): Break[] =>
  z
    .array(oneBreak)
    .parse(JSON.parse(readFileSync(path.join(root, 'test/conformance/breaks.json'), 'utf8')));

/** The file with the break in it; throws where it does not say what is to be broken exactly once. */
export function broken(whole: string, { file, text, becomes }: Break): string {
  const [before, after, ...more] = whole.split(text);
  if (before === undefined || after === undefined || more.length > 0) {
    throw new Error(`${file} must say this exactly once: ${text}`);
  }
  return before + becomes + after;
}
