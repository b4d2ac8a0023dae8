import type { Answers } from '../answers.ts';
import type { Case } from '../case-file.ts';
import { grantAnswer } from './grant-answers.ts';
import { firstWorld } from './first-grants.ts';
import { playStep } from './play.ts';
import { parsePolicy, type CaseTerms } from './policy-words.ts';
import { schedule } from './schedule.ts';
import { parseStep } from './step-shapes.ts';
import { answerTold } from './told.ts';
import { totalAnswer } from './total-answers.ts';
import type { World } from './world.ts';
import type { Moments } from './moments.ts';

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

/**
 * Answers about credits: plays the steps on an account of the kernel, under the case's own policy
 * and, where it is given, another answer to usage that is short.
 */
export function answerCredits(
  one: Case,
  asked: readonly string[],
  onShort?: 'deny' | 'record',
): Answers {
  const own = parsePolicy(one.policy);
  const terms = { ...own, onShort: onShort ?? own.onShort };
  const steps = one.steps ?? [];
  const told = steps.filter((step) => typeof step === 'string');
  if (told.length > 0 && told.length === steps.length) return answerTold(told, terms);
  const story = play(steps, terms, asked);
  return {
    policy: policyOf(terms),
    answer: (key, form) => grantAnswer(story, key, form) ?? totalAnswer(story, key, form),
  };
}

function play(values: readonly unknown[], terms: CaseTerms, asked: readonly string[]): Story {
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

function policyOf({ credit, onShort, upgrade }: CaseTerms): string {
  const order = credit.order.map((one) => (typeof one === 'string' ? one : JSON.stringify(one)));
  return [
    `burn order ${order.join(', ')}`,
    `short usage ${onShort === 'deny' ? 'denied' : credit.settlement}`,
    `debt at a reset: ${credit.debtAtReset}`,
    `upgrade: ${upgrade}`,
  ].join('; ');
}
