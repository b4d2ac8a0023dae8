import { expect, test } from 'vitest';
import { hold, median, verdictOn, type Contest, type Figure } from '../../bench/contest.ts';
import { jsonOf, tableOf } from '../../bench/report.ts';

const effort = { quick: true, rounds: 5, roundMs: 1 };

/** Answers the given values one after another; the first is the warm-up's. */
function says(...values: readonly number[]): () => number {
  const left = [...values];
  return () => left.shift() ?? Number.NaN;
}

const contest = (changes: Partial<Contest> = {}): Contest => ({
  name: 'debits',
  unit: 'debits/s',
  ours: says(1, 60, 70, 80, 90, 100),
  baseline: { name: 'pgbench', measure: says(1, 100, 100, 100, 100, 200) },
  aim: { of: 'ratio', better: 'more', goal: 0.6, floor: 0.35 },
  ...changes,
});

test('a figure is the median of rounds, its ratio the median of neighbours, with the range', async () => {
  expect(await hold(contest(), effort)).toMatchObject({
    name: 'debits',
    value: 80,
    unit: 'debits/s',
    baseline: 'pgbench',
    baselineValue: 100,
    ratio: 0.7,
    range: { low: 0.5, high: 0.9 },
  });
});

test('ours and the baseline take turns, after a warm-up that does not count', async () => {
  const order: string[] = [];
  const turn = (who: string) => (): number => order.push(who);
  await hold(
    contest({ ours: turn('ours'), baseline: { name: 'pgbench', measure: turn('theirs') } }),
    { ...effort, rounds: 2 },
  );
  expect(order).toEqual(['ours', 'theirs', 'ours', 'theirs', 'ours', 'theirs']);
});

test('a figure without a baseline has no ratio, and the range of its values', async () => {
  expect(await hold(contest({ baseline: null }), effort)).toMatchObject({
    value: 80,
    baseline: null,
    baselineValue: null,
    ratio: null,
    range: { low: 60, high: 100 },
  });
});

test('the median of an even count is the mean of the middle two', () => {
  expect(median([4, 1, 3, 2])).toBe(2.5);
});

const figure = (changes: Partial<Figure>): Figure => ({
  ...{ name: 'debits', value: 80, unit: 'debits/s', baseline: 'pgbench', baselineValue: 100 },
  ratio: 0.7,
  range: { low: 0.5, high: 0.9 },
  aim: { of: 'ratio', better: 'more', goal: 0.6, floor: 0.35 },
  ...changes,
});

test.each([
  [0.6, 'goal'],
  [0.59, 'floor'],
  [0.35, 'floor'],
  [0.34, 'below'],
] as const)('a ratio of %s is told as %s', (ratio, verdict) => {
  expect(verdictOn(figure({ ratio }))).toBe(verdict);
});

test.each([
  [2, 'goal'],
  [10, 'floor'],
  [10.1, 'below'],
] as const)('where less is better, %s milliseconds are told as %s', (value, verdict) => {
  const aim = { of: 'value', better: 'less', goal: 2, floor: 10 } as const;
  expect(verdictOn(figure({ value, aim }))).toBe(verdict);
});

test('the file for machines has the six agreed fields, the table one line a figure', () => {
  expect(JSON.parse(jsonOf([figure({})]))).toEqual([
    {
      name: 'debits',
      value: 80,
      unit: 'debits/s',
      baseline: 'pgbench',
      baselineValue: 100,
      ratio: 0.7,
    },
  ]);
  expect(tableOf([figure({})]).split('\n')[1]).toMatch(
    /^debits +80 +debits\/s +pgbench +100 +0\.7x +0\.5 to 0\.9 +>= 0\.6x \(floor 0\.35x\) +goal reached$/,
  );
});
