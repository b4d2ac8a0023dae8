import type { Answers } from './answers.ts';
import type { Case } from './case-file.ts';
import { isRecord, isSame } from './compare.ts';
import { answerCredits } from './credit/answer-credits.ts';
import type { Json } from './figures.ts';
import { answerInputs } from './inputs/answer-inputs.ts';
import { readOurs, type Ours } from './ours.ts';
import { inexpressible, Unsupported } from './unsupported.ts';

/** What became of a case, as one line of output. */
export type Verdict = {
  readonly id: string;
  readonly status: 'pass' | 'fail' | 'unsupported';
  readonly expected: unknown;
  readonly actual: Json;
  readonly why: string;
};

type Judgement = Pick<Verdict, 'status' | 'actual' | 'why'>;
type Values = { readonly [key: string]: Json };

/**
 * Runs a case through the domain kernel and compares. `reject` passes when our answer is another
 * than theirs (and is `ours`, as far as that is given); every other case when it is the expected one.
 */
export function runCase(one: Case): Verdict {
  const { id } = one;
  const expected = one.expected ?? one.expect ?? null;
  const { status, actual, why } = judge(one, expected);
  return { id, status, expected, actual, why };
}

function judge(one: Case, expected: unknown): Judgement {
  try {
    if (!isRecord(expected)) throw inexpressible('nothing is expected');
    const { follow = 'policy' } = one;
    if (follow === 'reject') return judgeRejected(one, expected);
    if (follow !== 'adopt' && follow !== 'policy') throw inexpressible(`follow "${follow}"`);
    return judgeFollowed(one, expected);
  } catch (error) {
    return { ...withoutAnswer(error), actual: null };
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

/** Everything that is expected must be answered, so that nothing passes unseen. */
function judgeFollowed(one: Case, expected: Values): Judgement {
  const asked = Object.keys(expected);
  const answers = answersTo(one, asked);
  const actual = answerSome(answers, expected);
  const unanswered = asked.filter((key) => !Object.hasOwn(actual, key));
  if (unanswered.length > 0) throw inexpressible(`nothing answers to ${unanswered.join(', ')}`);
  const wrong = asked.filter((key) => !isSame(expected[key], actual[key] ?? null));
  return wrong.length === 0
    ? { status: 'pass', actual, why: answers.policy }
    : { status: 'fail', actual, why: `another ${wrong.join(', ')}` };
}

function answersTo(one: Case, asked: readonly string[], onShort?: 'deny' | 'record'): Answers {
  if (one.steps !== undefined) return answerCredits(one, asked, onShort);
  if (one.inputs === undefined) throw inexpressible('the case has neither steps nor inputs');
  return answerInputs(one.inputs, one.tags ?? [], asked);
}

function answerSome(answers: Answers, expected: Values): Values {
  const told = Object.entries(expected).map(
    ([key, form]) => [key, answers.answer(key, form)] as const,
  );
  return Object.fromEntries(
    told.flatMap(([key, answer]) => (answer === undefined ? [] : [[key, answer]])),
  );
}

/**
 * Our answer must be another than theirs, and ours where that is given. Where `theirs` stands beside
 * other answers, only it is rejected and those are ours.
 */
function judgeRejected(one: Case, expected: Values): Judgement {
  const asked = Object.keys(expected);
  const answers = answersTo(one, asked);
  const actual = answerSome(answers, expected);
  const theirs = asked.filter((key) => !asked.includes('theirs') || key === 'theirs');
  const known = theirs.filter((key) => Object.hasOwn(actual, key));
  if (known.length === 0) throw inexpressible('nothing here answers to what is expected');
  if (known.every((key) => isSame(expected[key], actual[key] ?? null))) {
    return { status: 'fail', actual, why: 'we do what is rejected' };
  }
  const besides = asked.filter((key) => !theirs.includes(key) && Object.hasOwn(actual, key));
  const wrong = besides.filter((key) => !isSame(expected[key], actual[key] ?? null));
  const our = readOurs(one.ours).map((ours) => compareOurs(one, ours));
  const misses = [...wrong, ...our.flatMap(({ missed }) => missed)];
  const all = Object.assign({}, actual, ...our.map(({ actual }) => actual)) as Values; // all alike
  return misses.length === 0
    ? { status: 'pass', actual: all, why: `not done here: ${answers.policy}` }
    : { status: 'fail', actual: all, why: `ours has another ${misses.join(', ')}` };
}

/** Asks for our own answers, under the policy that they are for. */
function compareOurs(
  one: Case,
  { onShort, answers: expected }: Ours,
): { readonly missed: readonly string[]; readonly actual: Values } {
  const asked = Object.keys(expected);
  if (asked.length === 0) return { missed: [], actual: {} };
  const answers = answersTo(one, asked, onShort ?? undefined);
  const actual = answerSome(answers, expected);
  const missed = asked.filter((key) => !isSame(expected[key], actual[key] ?? null));
  const name = (key: string): string => (onShort === null ? key : `${key} with ${onShort}`);
  const named = Object.entries(actual).map(([key, value]) => [name(key), value]);
  return { missed: missed.map(name), actual: Object.fromEntries(named) as Values }; // strings to Json
}
