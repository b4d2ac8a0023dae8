import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { claimPidFile, findRunningOwner } from '../../src/local/pid-file.ts';
import { identifyProcess, isRunning, stopProcess } from '../../src/local/process.ts';
import type { ProcessIdentity } from '../../src/local/process.ts';
import { makeTemporaryDirectory } from './temporary-directory.ts';

async function startProgram(script: string): Promise<ProcessIdentity> {
  const child = spawn('sh', ['-c', `${script}; echo up; while :; do read line || exit; done`], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  const identity = child.pid === undefined ? undefined : identifyProcess(child.pid);
  if (identity === undefined) throw new Error('the program did not start');
  return identity;
}

const makeFile = (): string => path.join(makeTemporaryDirectory(), 'run', 'start.json');

describe('a process', () => {
  test('is not taken for another that has its pid now', async () => {
    const identity = await startProgram('true');
    expect(isRunning(identity)).toBe(true);
    expect(isRunning({ ...identity, startedAt: 'earlier' })).toBe(false);
  });

  test('ends by SIGTERM, without being killed', async () => {
    const identity = await startProgram('true');
    await stopProcess(identity);
    expect(isRunning(identity)).toBe(false);
  });

  test('is killed when it does not end in time', async () => {
    const identity = await startProgram("trap '' TERM");
    await stopProcess(identity, 0);
    expect(isRunning(identity)).toBe(false);
  });
});

describe('a claim', () => {
  test('is refused with the owner while the owner runs', () => {
    const file = makeFile();
    expect(claimPidFile(file)).toBeUndefined();
    expect(claimPidFile(file)).toEqual(identifyProcess(process.pid));
  });

  test.each([
    ['the owner has ended', { pid: 2_147_483_000, startedAt: 'x' }],
    ['the pid belongs to another process now', { pid: process.pid, startedAt: 'x' }],
  ])('is taken over when %s', (_, owner) => {
    const file = makeFile();
    fs.mkdirSync(path.dirname(file));
    fs.writeFileSync(file, JSON.stringify(owner));
    expect(claimPidFile(file)).toBeUndefined();
    expect(findRunningOwner(file)).toEqual(identifyProcess(process.pid));
    expect(fs.readdirSync(path.dirname(file))).toEqual(['start.json']);
  });

  test('is taken over when its file is damaged', () => {
    const file = makeFile();
    fs.mkdirSync(path.dirname(file));
    fs.writeFileSync(file, '{"pid":');
    expect(claimPidFile(file)).toBeUndefined();
  });
});
