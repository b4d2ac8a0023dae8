import { z } from 'zod';
import { hasReached, overdueStage } from '../../domain/invoices/overdue.ts';
import type { Answers } from '../answers.ts';
import { mustBeFigure } from '../figures.ts';
import { inexpressible } from '../unsupported.ts';

const stagesShape = z.strictObject({
  thresholds_days: z.record(z.string(), z.int()),
  days_since_earliest_unpaid: z.array(z.int().nullable()),
});
const conditionShape = z
  .object({ condition: z.record(z.string(), z.unknown()) })
  .catchall(z.array(z.unknown()));

/** Whether a case asks what happens to one who owes. */
export const asksForOverdue = (inputs: Readonly<Record<string, unknown>>): boolean =>
  'condition' in inputs || 'thresholds_days' in inputs;

/** Answers how far a customer is in the stages of owing, or whether a condition on a debt holds. */
export function answerOverdue(inputs: Readonly<Record<string, unknown>>): Answers {
  const staged = stagesShape.safeParse(inputs);
  if (staged.success) return answerStages(staged.data);
  const conditioned = conditionShape.safeParse(inputs);
  if (conditioned.success) return answerCondition(conditioned.data);
  throw inexpressible('neither stages by days nor one condition with what is observed');
}

function answerStages(inputs: z.infer<typeof stagesShape>): Answers {
  const stages = Object.entries(inputs.thresholds_days).map(([name, fromDays]) => ({
    name,
    fromDays,
  }));
  const states = inputs.days_since_earliest_unpaid.map((age) => overdueStage(stages, age));
  return {
    policy: 'stages by the age of the earliest unpaid invoice',
    // The peers' word for a customer in no stage.
    answer: (asked) => (asked === 'states' ? states.map((state) => state ?? 'CLEAR') : undefined),
  };
}

/** One threshold, and a list of what is observed of the one fact that it is about. */
function answerCondition({ condition, ...observed }: z.infer<typeof conditionShape>): Answers {
  const [[name, threshold] = ['', null], ...more] = Object.entries(condition);
  const [values, ...others] = Object.values(observed);
  if (more.length > 0 || others.length > 0 || values === undefined || !name.endsWith('_gte')) {
    throw inexpressible('only one "at least" of one fact can be a condition');
  }
  const atLeast = mustBeFigure(threshold, name);
  const matches = values.map((value) =>
    hasReached(value === null ? null : mustBeFigure(value, name), atLeast),
  );
  return {
    policy: 'reached at the threshold itself; nothing unpaid never reaches it',
    answer: (asked) => (asked === 'matches' ? matches : undefined),
  };
}
