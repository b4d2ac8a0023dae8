import { firstWorld } from './first-grants.ts';
import type { Moments } from './moments.ts';
import { playStep } from './play.ts';
import type { CaseTerms } from './policy-words.ts';
import { schedule } from './schedule.ts';
import { parseStep } from './step-shapes.ts';
import type { World } from './world.ts';

/** What a case's steps led to: the world at each query, in the order of the case, and at the end. */
export type Story = {
  readonly terms: CaseTerms;
  readonly moments: Moments;
  readonly queries: readonly World[];
  /** At the last query, or after the last step without one. */
  readonly end: World;
  /** Everything that is asked: a debt that is asked for by itself is not in the balance. */
  readonly asked: readonly string[];
};

/** Plays a case's steps in time on an account of the kernel. */
export function playStory(
  values: readonly unknown[],
  terms: CaseTerms,
  asked: readonly string[],
): Story {
  const steps = values.map(parseStep);
  const { base, moments, scheduled } = schedule(steps, terms);
  let world = firstWorld(scheduled[0]?.at ?? base, terms, steps);
  const seen = new Map<unknown, World>();
  for (const one of scheduled) {
    world = playStep(world, one);
    if (one.step.op === 'query') seen.set(one.step, world);
  }
  const queries = steps.flatMap((step) => seen.get(step) ?? []);
  return { terms, moments, queries, end: queries.at(-1) ?? world, asked };
}
