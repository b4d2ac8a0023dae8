import type { z } from 'zod';
import type { DenialAnswer } from '../domain/gates/denial.ts';
import { explainRefusal, type Refusal } from '../domain/life/refusal.ts';
import { isProblemCode, problemKinds, type ProblemCode } from './problem-kinds.ts';

/** One field that is wrong: where it stands, and what it must be. */
export type Mistake = {
  readonly in: 'body' | 'path' | 'query' | 'header';
  /** A JSON pointer into the body, or the parameter's name behind a slash. */
  readonly pointer: string;
  readonly message: string;
};

/** Why a request was not answered as wished; its form on the wire is RFC 9457's. */
export type Problem = {
  readonly code: ProblemCode;
  /** What happened and what to do about it, for a person. */
  readonly detail: string;
  readonly mistakes?: readonly Mistake[];
  readonly retryAfterSeconds?: number;
  /** How the product's catalog wants a denial told; default: by its kind. */
  readonly told?: DenialAnswer;
  /** Further members of the answer: the limits that fired, the remedies. */
  readonly more?: Readonly<Record<string, unknown>>;
};

export function problemOf(code: ProblemCode, detail?: string): Problem {
  const { title, fix } = problemKinds[code];
  return { code, detail: detail ?? `${title} ${fix}` };
}

/** An outcome that is a problem, whatever was asked for. */
export type Refused = { readonly ok: false; readonly refusal: Problem };

const refuseWith = (refusal: Problem): Refused => ({ ok: false, refusal });

export const refuse = (code: ProblemCode, detail?: string): Refused =>
  refuseWith(problemOf(code, detail));

const namedMost = 50;

/** All mistakes of a request at once; of very many the first ones, and how many there are. */
export function refuseMistakes(mistakes: readonly Mistake[]): Refused {
  const { code, detail } = problemOf('invalidRequest');
  const rest = ` There are ${mistakes.length} mistakes; the first ${namedMost} are named.`;
  return refuseWith({
    code,
    detail: mistakes.length > namedMost ? detail + rest : detail,
    mistakes: mistakes.slice(0, namedMost),
  });
}

/** A mistake that no schema can find, said like those of a schema. */
export const refuseField = (pointer: string, message: string) =>
  refuseMistakes([{ in: 'body', pointer, message }]);

/** What the kernel refuses, in the kernel's words. */
export const refuseByRule = (refusal: Refusal): Refused =>
  refuse(refusal.kind, explainRefusal(refusal));

/** A refusal as it stands on a command's row. */
export function refuseAsStored(stored: {
  readonly code: string;
  readonly message: string;
}): Refused {
  const { code, message } = stored;
  if (!isProblemCode(code)) throw new Error(`a command was refused with an unknown code: ${code}`);
  return refuse(code, message);
}

/** A schema's findings, one for each field; an unknown field is pointed at by its own name. */
export function mistakesOf(
  place: Mistake['in'],
  issues: readonly z.core.$ZodIssue[],
): readonly Mistake[] {
  const found = issues.flatMap((issue) => mistakesIn(place, issue));
  // What stands first says it best: a text that is no time at all is not also too precise.
  const seen = new Set<string>();
  return found.filter(({ pointer }) => !seen.has(pointer) && seen.add(pointer));
}

function mistakesIn(place: Mistake['in'], issue: z.core.$ZodIssue): Mistake[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      in: place,
      pointer: pointerTo([...issue.path, key]),
      message: 'is not a known field; remove it or correct its name',
    }));
  }
  return [{ in: place, pointer: pointerTo(issue.path), message: messageOf(issue) }];
}

const messageOf = (issue: z.core.$ZodIssue): string =>
  issue.code === 'invalid_type' && issue.input === undefined ? 'is missing' : issue.message;

const pointerTo = (path: readonly PropertyKey[]): string =>
  path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/** RFC 9457's members, and ours: `code`, `pointers`, and what the kind of problem adds. */
export function renderProblem(problem: Problem): {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
} {
  const { code: kind, detail, mistakes, more } = problem;
  const { title } = problemKinds[kind];
  const { status, code } = problem.told ?? { status: problemKinds[kind].status, code: kind };
  return {
    status,
    body: {
      // What it means is told under its kind, whatever the product calls it.
      type: `/docs/errors#${kind}`,
      title,
      status,
      detail,
      code,
      ...(mistakes === undefined ? {} : { pointers: mistakes }),
      ...more,
    },
  };
}
