import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { judge, textOf, type TestResult } from '../../src/cli/conformance/judge.ts';
import { citedIn, readRules, type Rule } from '../../src/cli/conformance/rules.ts';

const root = path.resolve(import.meta.dirname, '../..');
const rules = readRules(root);

describe('the list of rules', () => {
  test('has the 172 that the five documents state, each once', () => {
    expect(rules).toHaveLength(172);
    expect(new Set(rules.map(({ id }) => id)).size).toBe(172);
    const perDocument = ['0', '1', '2', '3', '4'].map(
      (document) => rules.filter(({ id }) => id.startsWith(`${document}.`)).length,
    );
    expect(perDocument).toEqual([44, 19, 41, 30, 38]);
  });

  test('has every rule that a test cites', () => {
    const known = new Set(rules.map(({ id }) => id));
    const unknown = testFiles().flatMap((file) =>
      citedIn(readFileSync(file, 'utf8')).flatMap((id) =>
        known.has(id) ? [] : [`${path.relative(root, file)}: ${id}`],
      ),
    );
    expect(unknown).toEqual([]);
  });
});

const testFiles = (): string[] =>
  readdirSync(path.join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts') && !name.startsWith('conformance'))
    .map((name) => path.join(root, 'test', name));

test('a title cites one rule, or several in one pair of brackets', () => {
  expect(citedIn('refills on the first [0.42 1.14] and never [0.41]')).toEqual([
    '0.42',
    '1.14',
    '0.41',
  ]);
  expect(citedIn('by the day [2.16 K32], by itself [K5]')).toEqual(['2.16']);
  expect(citedIn('costs [12.50] or [0.5], [0.421] and 0.42')).toEqual([]);
});

const rule = (id: string, ...tags: Rule['tags']): Rule => ({ id, tags, text: 'Credits reset.' });
const result = (title: string, status: TestResult['status']): TestResult => ({
  ...{ file: 'test/a.test.ts', title, status },
});

describe('a rule', () => {
  const verdict = (tags: Rule['tags'], ...results: readonly TestResult[]) =>
    judge([rule('0.42', ...tags)], results)[0];

  test('passes by a test that cites it and passed', () => {
    expect(verdict(['C'], result('refills [0.42]', 'passed'))).toEqual({
      id: '0.42',
      status: 'pass',
      test: 'test/a.test.ts: refills [0.42]',
    });
  });

  test('fails by a test that cites it and failed, whatever else passed', () => {
    const results = [result('refills [0.42]', 'passed'), result('resets [0.42]', 'failed')];
    expect(verdict(['C'], ...results)).toEqual({
      id: '0.42',
      status: 'fail',
      test: 'test/a.test.ts: resets [0.42]',
    });
  });

  test.each([
    ['nobody cites it', []],
    ['its test was skipped', [result('refills [0.42]', 'other')]],
    ['another rule is cited', [result('refills [0.43]', 'passed')]],
  ] as const)('fails where %s', (_, results) => {
    expect(verdict(['C', 'U'], ...results)).toEqual({ id: '0.42', status: 'fail', test: null });
  });

  test('is pending where only a page can show it and no test does yet', () => {
    expect(verdict(['U'])).toEqual({ id: '0.42', status: 'pending', test: null });
    expect(verdict(['U'], result('shows the date [0.42]', 'other'))?.status).toBe('fail');
  });
});

test('the listing has a line for each rule, and ends with the totals', () => {
  const list = [rule('0.41', 'C'), rule('0.42', 'C'), rule('0.43', 'U')];
  const verdicts = judge(list, [result('refills [0.42]', 'passed')]);
  expect(textOf(list, verdicts).split('\n')).toEqual([
    '0.41  fail     no test shows: Credits reset.',
    '0.42  pass     test/a.test.ts: refills [0.42]',
    '0.43  pending  no test shows: Credits reset.',
    '',
    '1 pass, 1 fail, 1 pending',
  ]);
});
