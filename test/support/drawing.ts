import { inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** The seed of this round of `npm run test:long`; undefined in `npm test`. */
    longSeed: number | undefined;
  }
}

const timesAsMany = 10;

/** The round's seed, or undefined outside of `npm run test:long`. */
export const longSeed = (): number | undefined => inject('longSeed');

/** How a test draws its cases: as it says, or in `npm run test:long` ten times as many, by the round's seed. */
export function drawing(usual: { readonly numRuns: number; readonly seed?: number }): {
  readonly numRuns: number;
  readonly seed?: number;
} {
  const seed = longSeed();
  return seed === undefined ? usual : { numRuns: usual.numRuns * timesAsMany, seed };
}
