/**
 * `npm run --silent conformance [-- --json] [--report FILE]`: which of the documents' rules a test shows.
 * With `--report` a run's JSON report is read, otherwise the tests that cite rules are run.
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { judge, textOf } from './conformance/judge.ts';
import { readRules } from './conformance/rules.ts';
import { readReport, runCitingTests } from './conformance/run-tests.ts';

const usage = 'usage: npm run --silent conformance [-- --json] [--report FILE]';
const root = path.resolve(import.meta.dirname, '../..');

type Wish = { readonly json: boolean; readonly report?: string | undefined };

function readWish(): Wish | { readonly mistake: string } {
  const options = {
    json: { type: 'boolean', default: false },
    report: { type: 'string' },
  } as const;
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    return { mistake: error instanceof Error ? error.message : String(error) };
  }
}

async function list({ json, report }: Wish): Promise<void> {
  const rules = readRules(root);
  const results =
    report === undefined ? await runCitingTests(root) : readReport(path.resolve(report), root);
  const verdicts = judge(rules, results);
  console.log(json ? JSON.stringify(verdicts, null, 2) : textOf(rules, verdicts));
}

const wish = readWish();
if ('mistake' in wish) {
  console.error(`conformance: ${wish.mistake}\n${usage}`);
  process.exitCode = 2;
} else {
  await list(wish);
}
