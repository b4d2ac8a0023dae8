import { expect, test } from 'vitest';
import { runCommand } from '../cli/run-command.ts';

test.each([
  ['--minutes', 'many'],
  ['--minutes', '-1'],
  ['--hours', '2'],
  ['--seed', '1.5'],
])('test:long refuses %s %s and says what it takes', async (...args) => {
  expect(await runCommand('test/long/main.ts', args, {})).toEqual({
    status: 2,
    stdout: '',
    stderr: 'usage: npm run test:long -- --minutes N [--seed S], both whole numbers\n',
  });
});
