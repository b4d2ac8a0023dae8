import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readCases, UnreadableFile, type Case } from '../../src/cases/case-file.ts';
import { runCase } from '../../src/cases/run-case.ts';
import { otherThan } from './other-than.ts';

const directory = path.join(import.meta.dirname, 'files');
const files = ['credits.json', 'mixed.json', 'proration.json', 'variants.json'];
const readFile = (file: string): readonly Case[] =>
  readCases(fs.readFileSync(path.join(directory, file), 'utf8'));
const all = files.flatMap((file) => readFile(file).map((one) => [one.id, one] as const));

/** Their own inputs leave open what the answer depends on. */
const undetermined: Readonly<Record<string, string>> = {
  'stripe-02': 'undetermined: the price of the next period is not given',
  'stripe-09': 'undetermined: change_at: 2020-07-31 (time of day not given)',
  'stripe-11': 'undetermined: no price of a unit is given',
};

describe('every figure of a peer that we follow comes out, and none that we reject', () => {
  test.each(all)('%s', (id, one) => {
    const { status, why } = runCase(one);
    const reason = undetermined[id];
    if (reason === undefined) expect({ status, why }).toEqual({ status: 'pass', why });
    else expect({ status, why }).toEqual({ status: 'unsupported', why: reason });
  });
});

test('172 cases of peers and 60 of our own in their shapes are kept', () => {
  expect(all).toHaveLength(172 + 60);
});

describe('no answer is taken from what is expected', () => {
  const followed = all.filter(([, one]) => one.follow !== 'reject');

  test.each(followed)('%s fails when it expects anything else', (_id, one) => {
    const asked = one.expected === undefined ? 'expect' : 'expected';
    const passing = otherThan(one[asked])
      .flatMap((other) => readCases(JSON.stringify([{ ...one, [asked]: other }])))
      .filter((other) => runCase(other).status === 'pass');
    expect(passing).toEqual([]);
  });
});

test('a case is judged by its shape alone, whoever it is from', () => {
  for (const [, one] of all) {
    const { status } = runCase(one);
    const anonymous = readCases(
      JSON.stringify([{ ...one, id: 'x', system: 'y', source: 'z', note: '', topic: '' }]),
    );
    expect(anonymous.map((same) => runCase(same).status)).toEqual([status]);
  }
});

test('what a rejected case does is a failure when we do it', () => {
  const rejected = {
    id: 'overdraft',
    follow: 'reject',
    steps: [
      { op: 'grant', id: 'g', amount: 5 },
      { op: 'use', amount: 3 },
    ],
  };
  expect(runCase({ ...rejected, expect: { g: 2 } })).toMatchObject({ status: 'fail' });
  expect(runCase({ ...rejected, expect: { g: 0 } })).toMatchObject({ status: 'pass' });
  const withOurs = { ...rejected, expect: { g: 0 }, ours: { g: 1 } };
  expect(runCase(withOurs)).toMatchObject({ status: 'fail', why: 'ours has another g' });
});

describe('what cannot be expressed is unsupported, and says why', () => {
  test.each<[string, Omit<Case, 'id'>, string]>([
    [
      'nothing to run',
      { expected: { x: 1 } },
      'inexpressible: the case has neither steps nor inputs',
    ],
    ['nothing expected', { steps: [] }, 'inexpressible: nothing is expected'],
    [
      'a follow of its own',
      { follow: 'maybe', steps: [], expect: {} },
      'inexpressible: follow "maybe"',
    ],
    [
      'an unknown question',
      { steps: [{ op: 'grant', id: 'g', amount: 1 }], expect: { mood: 1 } },
      'inexpressible: nothing answers to mood',
    ],
    [
      'an unknown step',
      { steps: [{ op: 'dance' }], expect: { balance: 1 } },
      'inexpressible: a step "dance": {"op":"dance"}',
    ],
    [
      'prose',
      { steps: ['do as you like'], expect: { balance: 1 } },
      'inexpressible: steps in prose: "do as you like"',
    ],
    [
      'an unknown policy',
      { policy: { mood: 'good' }, steps: [], expect: { balance: 1 } },
      'inexpressible: policy: Unrecognized key: "mood"',
    ],
    [
      'an unknown input',
      { inputs: { mood: 1 }, expected: { charge: 1 } },
      'inexpressible: inputs: Unrecognized key: "mood"',
    ],
    [
      'a granularity that is not given',
      {
        inputs: {
          period_start: '2026-01-01',
          period_end: '2026-02-01',
          change_at: '2026-01-11T10:00:00Z',
          new_amount: 100,
        },
        expected: { charge: 1 },
      },
      'undetermined: the granularity is not given',
    ],
    [
      'a date that does not exist',
      { inputs: { anchor: '2026-02-30', interval: 'month' }, expected: { period_ends: ['x'] } },
      'inexpressible: there is no 2026-02-30 on the calendar',
    ],
    [
      'a change outside of its period',
      {
        inputs: {
          granularity: 'day',
          period_start: '2026-01-01',
          period_end: '2026-02-01',
          change_at: '2026-03-01',
          new_amount: 100,
        },
        expected: { charge: 1 },
      },
      'inexpressible: 2026-03-01T00:00:00.000Z is not in the period from 2026-01-01T00:00:00.000Z to 2026-02-01T00:00:00.000Z',
    ],
    [
      'a moment that does not exist',
      {
        inputs: { anchor: '2027-02-30T00:00:00Z', interval: 'month' },
        expected: { period_ends: ['x'] },
      },
      'inexpressible: there is no 2027-02-30T00:00:00Z on the calendar',
    ],
    [
      'a negative use',
      { steps: [{ op: 'use', amount: -30 }], expect: { balance: 30 } },
      'inexpressible: a negative use; what is given back is a refund',
    ],
    [
      'a void of what was never granted',
      { steps: [{ op: 'void', id: 'nope' }], expect: { balance: 0 } },
      'inexpressible: no grant is called nope',
    ],
    [
      'a negative quantity',
      {
        kind: 'rating',
        inputs: { model: 'unit', unit: '1', quantity: '-7' },
        expected: { amount: '-7' },
      },
      'inexpressible: a negative quantity',
    ],
    [
      'credits finer than a millionth',
      { steps: [{ op: 'grant', id: 'g', amount: '0.0000001' }], expect: { g: 1 } },
      'inexpressible: amount is finer than a millionth of a credit: 0.0000001',
    ],
  ])('%s', (_name, one, why) => {
    expect(runCase({ id: 'x', ...one })).toMatchObject({
      status: 'unsupported',
      actual: null,
      why,
    });
  });
});

describe('a file that is none of ours is refused as a whole', () => {
  test.each([
    ['text', 'hello', 'is not JSON'],
    ['an object without cases', '{"x": 1}', 'has no list of cases; give it as {"cases": [...]}'],
    ['a case without an id', '{"cases": [{"steps": []}]}', 'is no case file: cases.0.id'],
    ['steps that are no list', '[{"id": "a", "steps": 1}]', 'is no case file: cases.0.steps'],
  ])('%s', (_name, text, message) => {
    expect(() => readCases(text)).toThrow(UnreadableFile);
    expect(() => readCases(text)).toThrow(message);
  });
});
