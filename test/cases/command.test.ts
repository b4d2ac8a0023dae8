import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommand } from '../cli/run-command.ts';

const command = path.join(import.meta.dirname, '..', '..', 'src', 'cli', 'cases.ts');
let directory = '';

beforeAll(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'tollgate-cases-'));
});
afterAll(() => fs.rmSync(directory, { recursive: true }));

const write = (name: string, content: unknown): string => {
  const file = path.join(directory, name);
  fs.writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
};

const grant = { op: 'grant', id: 'g', amount: 5 };
const policy =
  'burn order priority, expiresSoonest, grantedFirst; short usage creditOnly; debt at a reset: carry; upgrade: reseed';
const cases = {
  about: 'three ways to end',
  cases: [
    { id: 'good', follow: 'adopt', steps: [grant], expect: { g: 5 } },
    { id: 'bad', follow: 'adopt', steps: [grant], expect: { g: 6 } },
    { id: 'odd', follow: 'adopt', steps: ['a sentence'], expect: { g: 5 } },
  ],
};

describe('npm run cases', () => {
  test('prints a line of JSON for each case, then the totals, and ends with 1 if any failed', async () => {
    const { status, stdout, stderr } = await runCommand(command, [write('three.json', cases)], {});
    const lines: unknown[] = stdout
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    expect(lines).toEqual([
      { id: 'good', status: 'pass', expected: { g: 5 }, actual: { g: 5 }, why: policy },
      { id: 'bad', status: 'fail', expected: { g: 6 }, actual: { g: 5 }, why: 'another g' },
      {
        id: 'odd',
        status: 'unsupported',
        expected: { g: 5 },
        actual: null,
        why: 'inexpressible: steps in prose: "a sentence"',
      },
      { passed: 1, failed: 1, unsupported: 1 },
    ]);
    expect(Object.keys(lines[0] ?? {})).toEqual(['id', 'status', 'expected', 'actual', 'why']);
    expect([status, stderr]).toEqual([1, '']);
  });

  test('ends with 0 if none failed, over all files', async () => {
    const [good, , odd] = cases.cases;
    const files = [write('good.json', { cases: [good] }), write('odd.json', [odd])];
    const { status, stdout } = await runCommand(command, files, {});
    expect([status, stdout.trim().split('\n').at(-1)]).toEqual([
      0,
      '{"passed":1,"failed":0,"unsupported":1}',
    ]);
  });

  test.each([
    ['no file', () => [], 'no file is named'],
    ['a file that is not there', () => ['nowhere.json'], 'nowhere.json cannot be read: ENOENT'],
    ['text', () => [write('text.json', 'hello')], 'is not JSON'],
    [
      'a good file beside a bad one',
      () => [write('a.json', cases), write('b.json', '{}')],
      'no list',
    ],
  ])('ends with 2 for %s, before it prints anything', async (_name, files, message) => {
    const { status, stdout, stderr } = await runCommand(command, files(), {});
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
  });
});
