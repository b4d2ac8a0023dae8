import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import type { TestResult } from './judge.ts';
import { citedIn } from './rules.ts';

/** What vitest's JSON reporter writes, as far as it is read here. */
const report = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      assertionResults: z.array(z.object({ fullName: z.string(), status: z.string() })),
    }),
  ),
});

/** Runs every test file that cites a rule; answers what each of its tests came to. */
export async function runCitingTests(root: string): Promise<TestResult[]> {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'conformance-'));
  try {
    const file = path.join(directory, 'report.json');
    await runVitest(root, [
      ...citingFiles(root),
      '--reporter=dot',
      '--reporter=json',
      '--outputFile',
      file,
    ]);
    return readReport(file, root);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** What a run of vitest, made with its JSON reporter, came to. */
export function readReport(file: string, root: string): TestResult[] {
  const { testResults } = report.parse(JSON.parse(readFileSync(file, 'utf8')));
  return testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.map(({ fullName, status }): TestResult => {
      const known = status === 'passed' || status === 'failed' ? status : 'other';
      return { file: path.relative(root, name), title: fullName, status: known };
    }),
  );
}

/** Test files with a citation somewhere; that it stands in a title is seen in the report. */
function citingFiles(root: string): string[] {
  return readdirSync(path.join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => path.join('test', name))
    .filter((name) => citedIn(readFileSync(path.join(root, name), 'utf8')).length > 0)
    .toSorted();
}

/** Its progress goes to stderr; that tests fail is no failure of the run. */
function runVitest(root: string, args: readonly string[]): Promise<void> {
  const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');
  return new Promise((resolve, reject) => {
    const stdio = ['ignore', process.stderr, process.stderr] as const;
    const child = spawn(process.execPath, [vitest, 'run', ...args], {
      cwd: root,
      stdio: [...stdio],
    });
    child.once('error', reject);
    child.once('close', (status, signal) => {
      if (signal === null && (status === 0 || status === 1)) resolve();
      else reject(new Error(`vitest ended with ${signal ?? String(status)}`));
    });
  });
}
