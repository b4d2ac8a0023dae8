import type { Effort, Figure } from './contest.ts';

/** A set of figures that share what has to be set up for them. */
export type Benchmark = {
  /** As it is asked for: `npm run bench -- domain`. */
  readonly name: string;
  /** It takes long, and runs only when it is asked for. */
  readonly onRequest?: true;
  /** Sets up, holds its contests one after another, and leaves nothing running. */
  readonly run: (effort: Effort) => Promise<readonly Figure[]>;
};
