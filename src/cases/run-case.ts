import type { Answers } from './answers.ts';
import type { Case } from './case-file.ts';
import { isRecord, isSame } from './compare.ts';
import { answerCredits } from './credit/answer-credits.ts';
import type { Json } from './figures.ts';
import { answerInputs } from './inputs/answer-inputs.ts';
import { readOurs } from './ours.ts';
import { inexpressible, Unsupported } from './unsupported.ts';

/** What became of a case, as one line of output. */
export type Verdict = {
  readonly id: string;
  readonly status: 'pass' | 'fail' | 'unsupported';
  readonly expected: unknown;
  readonly actual: Json;
  readonly why: string;
};

/**
 * Runs a case through the domain kernel and compares. `reject` passes when our answer is another
 * than theirs (and is `ours`, as far as that is given); every other case when it is the expected one.
 */
export function runCase(one: Case): Verdict {
  const expected = one.expected ?? one.expect ?? null;
  try {
    return judge(one, expected);
  } catch (error) {
    return { id: one.id, ...withoutAnswer(error), expected, actual: null };
  }
}

/** What the kernel cannot compute from is the case's; any other error is a defect, told as one. */
function withoutAnswer(error: unknown): Pick<Verdict, 'status' | 'why'> {
  if (error instanceof Unsupported) {
    return { status: 'unsupported', why: `${error.reason}: ${error.message}` };
  }
  const message = error instanceof Error ? error.message : String(error);
  return error instanceof RangeError
    ? { status: 'unsupported', why: `inexpressible: ${message}` }
    : { status: 'fail', why: `defect: ${message}` };
}

function judge(one: Case, expected: unknown): Verdict {
  if (!isRecord(expected)) throw inexpressible('nothing is expected');
  const { id, follow = 'policy' } = one;
  const answers = answersTo(one, Object.keys(expected));
  if (follow === 'reject') return judgeRejected(one, expected, answers);
  if (follow !== 'adopt' && follow !== 'policy') throw inexpressible(`follow "${follow}"`);
  const actual = answerAll(answers, expected);
  const wrong = Object.keys(expected).filter((key) => !isSame(expected[key], actual[key] ?? null));
  return wrong.length === 0
    ? { id, status: 'pass', expected, actual, why: answers.policy }
    : { id, status: 'fail', expected, actual, why: `another ${wrong.join(', ')}` };
}

function answersTo(one: Case, asked: readonly string[]): Answers {
  if (one.steps !== undefined) return answerCredits(one, asked);
  if (one.inputs === undefined) throw inexpressible('the case has neither steps nor inputs');
  return answerInputs(one.inputs, one.tags ?? [], asked);
}

/** Everything that is expected must be answered, so that nothing passes unseen. */
function answerAll(answers: Answers, expected: object): { readonly [key: string]: Json } {
  return Object.fromEntries(
    Object.entries(expected).map(([key, form]) => {
      const answer = answers.answer(key, form);
      if (answer === undefined) throw inexpressible(`nothing here answers to "${key}"`);
      return [key, answer];
    }),
  );
}

/** Our answer to what can be asked of us; it must differ from theirs. */
function judgeRejected(one: Case, expected: object, answers: Answers): Verdict {
  const { id } = one;
  const entries = Object.entries(expected).flatMap(([key, form]: [string, unknown]) => {
    const answer = answers.answer(key, form);
    return answer === undefined ? [] : [[key, form, answer] as const];
  });
  if (entries.length === 0) throw inexpressible('nothing here answers to what is expected');
  const ours = readOurs(one.ours);
  const our = ours.map(({ asked, value }) => [asked, value, answers.answer(asked, value)] as const);
  const actual = Object.fromEntries([
    ...entries.map(([key, , answer]) => [key, answer]),
    ...our.map(([key, , answer]) => [key, answer ?? null]),
  ]);
  const isTheirs = entries.every(([, theirs, answer]) => isSame(theirs, answer));
  const wrong = our.filter(([, value, answer]) => !isSame(value, answer ?? null));
  if (isTheirs) return { id, status: 'fail', expected, actual, why: 'we do what is rejected' };
  return wrong.length === 0
    ? { id, status: 'pass', expected, actual, why: `not done here: ${answers.policy}` }
    : {
        id,
        status: 'fail',
        expected,
        actual,
        why: `ours has another ${wrong.map(([key]) => key).join(', ')}`,
      };
}
