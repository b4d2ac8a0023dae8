import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startChild } from '../../src/local/child.ts';
import type { ChildPlan } from '../../src/local/child.ts';
import { isRunning } from '../../src/local/process.ts';
import { makeTemporaryDirectory } from './temporary-directory.ts';

function planNode(code: string, readiness: ChildPlan['readiness']): ChildPlan {
  const directory = makeTemporaryDirectory();
  return {
    name: 'worker',
    program: process.execPath,
    args: ['-e', code],
    env: process.env,
    logFile: path.join(directory, 'logs', 'worker.log'),
    pidFile: path.join(directory, 'run', 'worker.json'),
    readiness,
    readyLimitMs: 30_000,
  };
}

const byMessage = { kind: 'message' } as const; // the literal kind
const byOutput = { kind: 'output', pattern: /^ready$/m } as const; // likewise
const STAY = 'setInterval(() => {}, 1000);';

describe('a child', () => {
  test.each([
    ['says so by a message', `${STAY} process.send({ kind: 'ready' });`, byMessage],
    ['prints it', `${STAY} console.log('ready');`, byOutput],
  ])('is ready when it %s', async (_, code, readiness) => {
    const plan = planNode(code, readiness);
    const child = await startChild(plan);
    onTestFinished(() => child.stop(1_000));
    expect(isRunning(child.identity)).toBe(true);
    expect(JSON.parse(fs.readFileSync(plan.pidFile, 'utf8'))).toEqual(child.identity);
  });

  test('is not ready because an earlier run wrote so into the same log', async () => {
    const plan = planNode('process.exit(3)', byOutput);
    fs.mkdirSync(path.dirname(plan.logFile), { recursive: true });
    fs.writeFileSync(plan.logFile, 'ready\n');
    await expect(startChild(plan)).rejects.toThrow('The worker did not start (status 3)');
  });

  test('that dies at its start is reported with the end of its log and what to do', async () => {
    const plan = planNode("console.error('no such table: pool'); process.exit(1)", byMessage);
    await expect(startChild(plan)).rejects.toThrow(
      `The worker did not start (status 1). The end of its log, ${plan.logFile}:\n` +
        'no such table: pool\n' +
        'Put right what it names and start again. If the data in .data/ is at fault: npm run reset',
    );
  });

  test('whose program is missing is reported by name', async () => {
    const plan = { ...planNode('', byMessage), program: '/no/such/program' };
    await expect(startChild(plan)).rejects.toThrow('ENOENT');
  });

  test('that is never ready is ended and reported', async () => {
    const plan = { ...planNode(STAY, byOutput), readyLimitMs: 0 };
    await expect(startChild(plan)).rejects.toThrow('not ready within 0 s');
    expect(fs.existsSync(plan.pidFile)).toBe(false);
  });

  test('leaves no pid file when it has ended', async () => {
    const plan = planNode(`${STAY} console.log('ready');`, byOutput);
    const child = await startChild(plan);
    await child.stop(5_000);
    expect(await child.ended).toBe('SIGTERM');
    expect(fs.existsSync(plan.pidFile)).toBe(false);
  });
});
