import { z } from 'zod';
import { nearest } from '../domain/values/nearest.ts';
import type { Mistake, Path, Source } from './source.ts';

type Issue = z.core.$ZodIssue;
type RawIssue = z.core.$ZodRawIssue;

/** What the schema expects where an issue was found, in a person's words. */
export function expectationOf(issue: RawIssue): string | undefined {
  const owner = issue.schema ?? issue.inst;
  const description = owner instanceof z.ZodType ? owner.description : undefined;
  if (description !== undefined) return description;
  switch (issue.code) {
    case 'invalid_type':
      return nouns[issue.expected] ?? issue.expected;
    case 'invalid_value':
      return issue.values.map(String).join(' or ');
    case 'too_small':
      return `at least ${issue.minimum}${unitOf(issue.origin)}`;
    case 'too_big':
      return `at most ${issue.maximum}${unitOf(issue.origin)}`;
    case 'invalid_key':
      return 'another name';
    // The others say themselves what they expect, or are told apart below.
    case 'invalid_format':
    case 'not_multiple_of':
    case 'unrecognized_keys':
    case 'invalid_union':
    case 'invalid_element':
    case 'custom':
      return undefined;
  }
}

const nouns: Readonly<Record<string, string>> = {
  object: 'a block of policies',
  record: 'a block of names',
  array: 'a list',
  string: 'a text in quotes',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
};

const unitOf = (origin: string): string =>
  ({ array: ' entry', record: ' entry', string: ' letter' })[origin] ?? '';

/** What is wrong, at its place, with the name that was most likely meant. */
export function describeIssue(issue: Issue, source: Source, knownKeys: KnownKeys): Mistake[] {
  const { path } = issue;
  const found = source.at(path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => {
        const message = `there is no such policy${didYouMean(key, knownKeys(path))}`;
        return { path: [...path, key], message, on: 'key' };
      });
    case 'invalid_union':
      return describeUnion(issue, source, knownKeys);
    case 'invalid_value': {
      const guess = didYouMean(found, issue.values.map(String));
      return [{ path, message: `${differs(found, issue.message)}${guess}` }];
    }
    case 'invalid_key': {
      const message = `found this name, expected ${issue.issues[0]?.message ?? issue.message}`;
      return [{ path, message, on: 'key' }];
    }
    case 'invalid_type':
    case 'too_small':
    case 'too_big':
    case 'invalid_format':
    case 'not_multiple_of':
    case 'invalid_element':
    case 'custom':
      return [{ path, message: differs(found, issue.message) }];
  }
}

/** The keys that the schema knows in the block at a path. */
export type KnownKeys = (path: Path) => readonly string[];

/** Of the forms that a policy can take, the one that was most likely meant. */
function describeUnion(
  issue: Extract<Issue, { readonly code: 'invalid_union' }>,
  source: Source,
  knownKeys: KnownKeys,
): Mistake[] {
  const { path } = issue;
  const found = source.at(path);
  if (issue.discriminator !== undefined) {
    const choices = 'options' in issue ? (issue.options ?? []).map(String) : [];
    const message = differs(found, choices.join(' or '));
    return [{ path, message: `${message}${didYouMean(found, choices)}` }];
  }
  const meant =
    typeof found === 'string'
      ? issue.errors.find((issues) => issues.some(({ code }) => code === 'invalid_value'))
      : issue.errors.find((issues) => issues.some((inner) => inner.path.length > 0));
  if (meant === undefined) return [{ path, message: differs(found, issue.message) }];
  return meant.flatMap((inner) =>
    describeIssue({ ...inner, path: [...path, ...inner.path] }, source, knownKeys),
  );
}

const differs = (found: unknown, expected: string): string =>
  found === undefined
    ? `is missing, expected ${expected}`
    : `found ${inBrief(found)}, expected ${expected}`;

function inBrief(found: unknown): string {
  if (Array.isArray(found)) return found.length === 0 ? 'an empty list' : 'a list';
  if (typeof found === 'object' && found !== null) return 'a block';
  return found === null ? 'nothing' : JSON.stringify(found);
}

const didYouMean = (written: unknown, names: readonly string[]): string => {
  const name = typeof written === 'string' ? nearest(written, names) : null;
  return name === null ? '' : `; did you mean ${name}?`;
};
