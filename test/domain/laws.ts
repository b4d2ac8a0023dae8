import * as fc from 'fast-check';
import type { Terms } from '../../src/domain/terms/terms.ts';
import { drawing } from '../support/drawing.ts';
import { live, type Taken } from './live.ts';
import { randomLife, termsFor } from './random-life.ts';

export const drawn = drawing({ numRuns: 200 });

/** Lives many random lives and holds each against a law. */
export function always(law: (taken: readonly Taken[], terms: Terms) => void): void {
  fc.assert(
    fc.property(randomLife(), (random) => law(live(random), termsFor(random))),
    drawn,
  );
}
