import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { TestResult } from '../../src/cli/conformance/judge.ts';
import { readReport } from '../../src/cli/conformance/run-tests.ts';
import { broken, type Break } from './breaks.ts';

const left = ['node_modules', '.data', '.git'];

/** A copy of the tree in a directory of its own, with what its tests need. */
export function copyTree(root: string): string {
  const copy = mkdtempSync(path.join(os.tmpdir(), 'mutation-'));
  const taken = (place: string): boolean => !left.includes(path.relative(root, place));
  cpSync(root, copy, { recursive: true, filter: taken });
  symlinkSync(path.join(root, 'node_modules'), path.join(copy, 'node_modules'));
  return copy;
}

/** A pattern of the titles that cite one of these rules; of every title where there are none. */
const citing = (rules: readonly string[]): string =>
  rules.length === 0
    ? ''
    : `\\[[^\\]]*\\b(?:${rules.map((id) => id.replace('.', '\\.')).join('|')})\\b[^\\]]*\\]`;

export type Wish = {
  readonly test: string;
  /** The rules of which one is cited by what runs; none: the whole file does. */
  readonly rules: readonly string[];
  /** Whether the first failure is enough to know. */
  readonly bail: boolean;
};

/** What the tests of this file that cite these rules come to in the copy. */
export async function runTests(copy: string, wish: Wish): Promise<TestResult[]> {
  const vitest = path.join(copy, 'node_modules/vitest/vitest.mjs');
  const report = path.join(copy, 'report.json');
  rmSync(report, { force: true });
  const pattern = citing(wish.rules);
  const args = [
    ...[vitest, 'run', '--config', path.join(copy, 'test/conformance/vitest.config.ts')],
    ...['--reporter=json', '--outputFile', report, `--bail=${wish.bail ? 1 : 0}`],
    ...(pattern === '' ? [] : ['--testNamePattern', pattern]),
    wish.test,
  ];
  const child = spawn(process.execPath, args, { cwd: copy, stdio: 'ignore' });
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status, signal) => {
      if (status === null) reject(new Error(`vitest ended with ${signal ?? 'nothing'}`));
      else resolve();
    });
  });
  return readReport(report, copy);
}

/** Runs what must notice a break, with the break in the copy, and takes the break back. */
export async function runBroken(copy: string, one: Break, wish: Wish): Promise<TestResult[]> {
  const place = path.join(copy, one.file);
  const whole = readFileSync(place, 'utf8');
  writeFileSync(place, broken(whole, one));
  try {
    return await runTests(copy, wish);
  } finally {
    writeFileSync(place, whole);
  }
}
