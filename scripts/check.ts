// Everything that can be known without running the product, in under a minute: `npm run check`.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { checkImportRules } from './import-rules.ts';

interface Check {
  readonly name: string;
  readonly run: () => Promise<CheckResult>;
}

interface CheckResult {
  readonly hasPassed: boolean;
  readonly output: string;
}

const root = path.resolve(import.meta.dirname, '..');
const bin = (name: string): string => path.join(root, 'node_modules', '.bin', name);

/** `erasableSyntaxOnly` is what refuses enums, namespaces and parameter properties. */
const TSC_ARGS = ['--noEmit', '-p', '.', '--erasableSyntaxOnly', '--pretty', 'false'];

const checks: readonly Check[] = [
  { name: 'types', run: () => runProgram('tsc', TSC_ARGS) },
  { name: 'lint', run: () => runProgram('oxlint', ['--deny-warnings']) },
  { name: 'import rules', run: runImportRules },
  { name: 'format', run: () => runProgram('prettier', ['--check', '--log-level', 'warn', '.']) },
  { name: 'generated files', run: () => runNode('scripts/generate.ts', ['--check']) },
  { name: 'dead code', run: () => runProgram('knip', ['--no-progress']) },
];

const runNode = (file: string, args: readonly string[]): Promise<CheckResult> =>
  runCommand(process.execPath, ['--import', 'tsx', file, ...args]);

const runProgram = (name: string, args: readonly string[]): Promise<CheckResult> =>
  runCommand(bin(name), args);

function runCommand(program: string, args: readonly string[]): Promise<CheckResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    const output: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => output.push(text));
    }
    child.once('error', reject);
    child.once('close', (status) => {
      resolve({ hasPassed: status === 0, output: output.join('').trim() });
    });
  });
}

async function runImportRules(): Promise<CheckResult> {
  const { violations } = await checkImportRules(root);
  const lines = violations.map(({ rule, from, to, why }) => `${from} -> ${to}: ${rule}. ${why}`);
  return { hasPassed: violations.length === 0, output: lines.join('\n') };
}

async function report({ name, run }: Check): Promise<boolean> {
  const startedAt = performance.now();
  const { hasPassed, output } = await run();
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`${hasPassed ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
  if (!hasPassed) console.log(output);
  return hasPassed;
}

/** Two at a time: each check keeps a core busy. */
async function reportAll(): Promise<boolean> {
  const waiting = [...checks];
  const results: boolean[] = [];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      results.push(await report(next));
    }
  };
  await Promise.all([work(), work()]);
  return results.every((hasPassed) => hasPassed);
}

process.exitCode = (await reportAll()) ? 0 : 1;
