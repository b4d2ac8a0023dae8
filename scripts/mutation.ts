// Breaks the rules one at a time and sees whether a test notices: `npm run mutation [-- WORD]`, where WORD
// chooses the breaks that say it. The tree itself is never touched: copies are, one for each core.
// A run of all breaks writes docs/conformance.md.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as prettier from 'prettier';
import type { TestResult } from '../src/cli/conformance/judge.ts';
import { readRules, type Rule } from '../src/cli/conformance/rules.ts';
import { broken, readBreaks, type Break } from './mutation/breaks.ts';
import { copyTree, runBroken, runTests, type Wish } from './mutation/copy.ts';
import { judge, uncited, type Judged } from './mutation/judge.ts';
import { changeOf, pageOf, totalsOf, unproved } from './mutation/table.ts';

const root = path.resolve(import.meta.dirname, '..');
const page = path.join(root, 'docs/conformance.md');

/** At least so many breaks of a hundred must be noticed. */
const noticedAtLeast = 85;

/** Has each piece of work done by one of the copies, each copy one at a time. */
async function share<Work>(
  copies: readonly string[],
  work: readonly Work[],
  act: (copy: string, one: Work) => Promise<void>,
): Promise<void> {
  const waiting = [...work];
  const take = async (copy: string): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      await act(copy, next);
    }
  };
  await Promise.all(copies.map(take));
}

/**
 * What runs for a break: of its file every test that cites a rule which is broken there, for one of them may need
 * what another has done; the whole file for a break of no rule, until the first failure.
 */
function wishFor({ test, rules }: Break, all: readonly Break[]): Wish {
  if (rules.length === 0) return { test, rules, bail: true };
  const ofFile = all.filter((each) => each.test === test).flatMap((each) => each.rules);
  return { test, rules: [...new Set(ofFile)], bail: false };
}

/** What nothing was broken for is run once more, and told: the machine may have been busy with something else. */
async function runUnbroken(copy: string, wish: Wish): Promise<TestResult[]> {
  const results = await runTests(copy, wish);
  const hasFailed = results.some(({ status }) => status === 'failed');
  if (!hasFailed && uncited(wish.rules, results).length === 0) return results;
  console.log(`once more, for it failed before anything was broken: ${wish.test}`);
  return runTests(copy, wish);
}

/** What is wrong before anything is broken, in the tests that shall notice. */
async function mistakesBefore(
  copies: readonly string[],
  breaks: readonly Break[],
  all: readonly Break[],
): Promise<number> {
  let mistakes = 0;
  const complain = (what: string): void => {
    mistakes += 1;
    console.error(`mutation: ${what}`);
  };
  const wishes = new Map(
    breaks.map((each) => [`${each.test} ${each.rules.length > 0}`, wishFor(each, all)]),
  );
  await share(copies, [...wishes.values()], async (copy, wish) => {
    const results = await runUnbroken(copy, wish);
    const failed = results.filter(({ status }) => status === 'failed');
    for (const { title } of failed) complain(`fails before anything is broken: ${title}`);
    for (const id of uncited(wish.rules, results)) {
      complain(`${wish.test} has no test that cites ${id} and passes`);
    }
  });
  return mistakes;
}

function tell({ broken, verdict, by }: Judged, done: string): void {
  const rules = broken.rules.length === 0 ? '' : ` [${broken.rules.join(' ')}]`;
  console.log(`${done} ${verdict.padEnd(8)}${rules} ${changeOf(broken)}`);
  if (verdict !== 'noticed' && by !== null) console.log(`    only this failed: ${by}`);
}

/** Judges every break; answers in the order of the file. */
async function judgeAll(
  copies: readonly string[],
  breaks: readonly Break[],
  all: readonly Break[],
): Promise<Judged[]> {
  const judged = new Map<Break, Judged>();
  await share(copies, breaks, async (copy, next) => {
    const one = judge(next, await runBroken(copy, next, wishFor(next, all)));
    judged.set(next, one);
    tell(one, `${judged.size}/${breaks.length}`);
  });
  return breaks.flatMap((each) => judged.get(each) ?? []);
}

/** Whether the run may stand: few survivors, each with its reason, and no rule without a break. */
function verdictOf(rules: readonly Rule[], judged: readonly Judged[], isWhole: boolean): number {
  const unreasoned = judged.filter(
    ({ verdict, broken }) => verdict !== 'noticed' && broken.survives === undefined,
  );
  const idle = judged.filter(
    ({ verdict, broken }) => verdict === 'noticed' && broken.survives !== undefined,
  );
  const missing = isWhole ? unproved(rules, judged) : [];
  for (const { broken } of unreasoned) console.log(`no reason is given: ${changeOf(broken)}`);
  for (const { broken } of idle) console.log(`is noticed after all: ${changeOf(broken)}`);
  for (const { id, text } of missing) console.log(`no break shows ${id}: ${text}`);
  const noticed = judged.filter(({ verdict }) => verdict === 'noticed').length;
  const isEnough = 100 * noticed >= noticedAtLeast * judged.length;
  return isEnough && unreasoned.length + idle.length + missing.length === 0 ? 0 : 1;
}

async function writePage(rules: readonly Rule[], judged: readonly Judged[]): Promise<void> {
  const settings = await prettier.resolveConfig(page);
  const text = pageOf(rules, judged);
  writeFileSync(page, await prettier.format(text, { ...settings, filepath: page }));
}

async function run(copies: readonly string[], breaks: readonly Break[], all: readonly Break[]) {
  // A break that no longer fits the code is told before anything runs.
  for (const one of breaks) broken(readFileSync(path.join(root, one.file), 'utf8'), one);
  if ((await mistakesBefore(copies, breaks, all)) > 0) return 2;
  const isWhole = breaks.length === all.length;
  const rules = readRules(root);
  const judged = await judgeAll(copies, breaks, all);
  const beyondPages = rules.filter(({ tags }) => tags.some((tag) => tag !== 'U'));
  console.log(totalsOf(beyondPages, judged));
  if (isWhole) await writePage(rules, judged);
  return verdictOf(rules, judged, isWhole);
}

const word = process.argv[2] ?? '';
const all = readBreaks(root);
const chosen = all.filter((each) => JSON.stringify(each).includes(word));
if (chosen.length === 0) {
  console.error(`mutation: no break says "${word}"`);
  process.exitCode = 2;
} else {
  const atOnce = Math.min(os.availableParallelism(), chosen.length, 4);
  const copies = Array.from({ length: atOnce }, () => copyTree(root));
  try {
    process.exitCode = await run(copies, chosen, all);
  } finally {
    for (const copy of copies) rmSync(copy, { recursive: true, force: true, maxRetries: 5 });
  }
}
