import type { Answers } from '../answers.ts';
import { answerDates, asksForDates } from './calendar.ts';
import { answerChange } from './change-answers.ts';
import { answerCycles, asksForCycles } from './cycles.ts';
import { answerMetered } from './metered.ts';
import { answerOverdue, asksForOverdue } from './overdue.ts';
import { parseInputs } from './shape.ts';
import { answerAllocation, answerRounding, answerTaxedLines } from './splits.ts';

/** Finds out by what a case gives and asks which part of the kernel answers, and answers. */
export function answerInputs(
  given: Readonly<Record<string, unknown>>,
  tags: readonly string[],
  asked: readonly string[],
): Answers {
  if (asksForOverdue(given)) return answerOverdue(given);
  const inputs = parseInputs(given);
  if (inputs.model !== undefined) return answerMetered(inputs);
  if (inputs.weights !== undefined) return answerAllocation(inputs);
  if (inputs.lines !== undefined) return answerTaxedLines(inputs);
  if (asked.includes('amount')) return answerRounding(inputs);
  if (asksForCycles(inputs, asked)) return answerCycles(inputs);
  if (asksForDates(inputs, asked)) return answerDates(inputs);
  return answerChange(inputs, tags, asked);
}
