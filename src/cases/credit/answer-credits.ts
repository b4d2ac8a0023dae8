import type { Answers } from '../answers.ts';
import type { Case } from '../case-file.ts';
import { grantAnswer } from './grant-answers.ts';
import { parsePolicy, type CaseTerms } from './policy-words.ts';
import { playStory } from './story.ts';
import { answerTold } from './told.ts';
import { totalAnswer } from './total-answers.ts';

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
  const story = playStory(steps, terms, asked);
  return {
    policy: policyOf(terms),
    answer: (key, form) => grantAnswer(story, key, form) ?? totalAnswer(story, key, form),
  };
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
