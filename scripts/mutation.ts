// Breaks the rules one at a time and sees whether a test notices: `npm run mutation [-- WORD]`.
// Each break is a line of test/conformance/breaks.json. The tree itself is never touched: a copy is.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { z } from 'zod';

const root = path.resolve(import.meta.dirname, '..');
const copied = ['src', 'test', 'catalogs', 'package.json', 'tsconfig.json'];

/** At least so many breaks of a hundred must be noticed. */
const noticedAtLeast = 85;

const breaksSchema = z.array(
  z.strictObject({
    rules: z.array(z.string().regex(/^\d\.\d\d$/)),
    file: z.string(),
    text: z.string().min(1),
    becomes: z.string(),
    test: z.string(),
  }),
);

type Break = z.output<typeof breaksSchema>[number];
type Verdict = 'noticed' | 'survived';

const readBreaks = (): Break[] =>
  breaksSchema.parse(
    JSON.parse(readFileSync(path.join(root, 'test/conformance/breaks.json'), 'utf8')),
  );

/** A copy of what tests of the kernel read, in a directory of its own. */
function copyTree(): string {
  const copy = mkdtempSync(path.join(os.tmpdir(), 'mutation-'));
  for (const name of copied) {
    cpSync(path.join(root, name), path.join(copy, name), { recursive: true });
  }
  symlinkSync(path.join(root, 'node_modules'), path.join(copy, 'node_modules'));
  return copy;
}

/** Whether these test files pass in the copy; throws where they could not be run. */
function passes(copy: string, tests: readonly string[]): boolean {
  const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');
  const config = path.join(copy, 'test/conformance/vitest.config.ts');
  const args = [vitest, 'run', '--config', config, ...tests];
  const { status, signal } = spawnSync(process.execPath, args, { cwd: copy, stdio: 'ignore' });
  if (status === null) throw new Error(`vitest ended with ${signal ?? 'nothing'}`);
  return status === 0;
}

/** Makes one break in the copy, runs its test, and takes the break back. */
function judge(copy: string, { file, text, becomes, test }: Break): Verdict {
  const place = path.join(copy, file);
  const whole = readFileSync(place, 'utf8');
  const [before, after, ...more] = whole.split(text);
  if (before === undefined || after === undefined || more.length > 0) {
    throw new Error(`${file} must say this exactly once: ${text}`);
  }
  writeFileSync(place, before + becomes + after);
  try {
    return passes(copy, [test]) ? 'survived' : 'noticed';
  } finally {
    writeFileSync(place, whole);
  }
}

function run(copy: string, breaks: readonly Break[]): number {
  const tests = [...new Set(breaks.map(({ test }) => test))];
  if (!passes(copy, tests)) {
    console.error(`mutation: these fail before anything is broken: ${tests.join(' ')}`);
    return 2;
  }
  let noticed = 0;
  for (const each of breaks) {
    const verdict = judge(copy, each);
    if (verdict === 'noticed') noticed += 1;
    const rules = each.rules.length === 0 ? '' : ` [${each.rules.join(' ')}]`;
    const change = `${each.text} -> ${each.becomes}`.replace(/\s+/g, ' ');
    console.log(`${verdict.padEnd(9)} ${each.file}${rules}: ${change}`);
  }
  const percent = Math.floor((100 * noticed) / breaks.length);
  console.log(`${noticed} of ${breaks.length} breaks were noticed, ${percent} %`);
  return percent >= noticedAtLeast ? 0 : 1;
}

const word = process.argv[2] ?? '';
const chosen = readBreaks().filter((each) => JSON.stringify(each).includes(word));
if (chosen.length === 0) {
  console.error(`mutation: no break says "${word}"`);
  process.exitCode = 2;
} else {
  const copy = copyTree();
  try {
    process.exitCode = run(copy, chosen);
  } finally {
    rmSync(copy, { recursive: true });
  }
}
