import fc from 'fast-check';
import { longSeed } from './drawing.ts';

/** Every run of `npm test` draws the same cases, so that it tells of a change and not of luck; rounds draw anew. */
const seedOfTests = 20_261_121;

fc.configureGlobal({ seed: longSeed() ?? seedOfTests });
