/** `npm run bench -- [--quick] [NAME]`: measures, prints a table, writes `bench/results/latest.json`. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { benchmarks } from './all.ts';
import type { Benchmark } from './benchmark.ts';
import { fullEffort, quickEffort, type Figure } from './contest.ts';
import { jsonOf, keptBeside, nodeLine, tableOf } from './report.ts';

const results = path.resolve('bench/results/latest.json');
const usage = `usage: npm run bench -- [--quick] [NAME]
  NAME     one of ${benchmarks.map(({ name }) => name).join(', ')}; default: all that take minutes
  --quick  rounds of a quarter of a second: the headline, not for quoting`;

type Wish = { readonly quick: boolean; readonly chosen: readonly Benchmark[] };

/** What is asked for, or what is wrong with it. */
function readWish(args: readonly string[]): Wish | { readonly mistake: string } {
  try {
    const options = { quick: { type: 'boolean', default: false } } as const;
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    const unknown = positionals.find((name) => !benchmarks.some((one) => one.name === name));
    if (unknown !== undefined) return { mistake: `there is no benchmark "${unknown}"` };
    const chosen = benchmarks.filter(
      ({ name, onRequest }) =>
        positionals.includes(name) || (positionals.length === 0 && onRequest === undefined),
    );
    return { quick: values.quick, chosen };
  } catch (error) {
    return { mistake: error instanceof Error ? error.message : String(error) };
  }
}

async function measure({ quick, chosen }: Wish): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const benchmark of chosen) {
    process.stderr.write(`bench: ${benchmark.name}\n`);
    figures.push(...(await benchmark.run(quick ? quickEffort : fullEffort)));
  }
  return figures;
}

const wish = readWish(process.argv.slice(2));
if ('mistake' in wish) {
  process.stderr.write(`bench: ${wish.mistake}\n${usage}\n`);
  process.exitCode = 2;
} else {
  const figures = await measure(wish);
  mkdirSync(path.dirname(results), { recursive: true });
  const before = existsSync(results) ? readFileSync(results, 'utf8') : '[]';
  // What shows a headline shall not be quoted.
  if (!wish.quick) writeFileSync(results, jsonOf([...keptBeside(figures, before), ...figures]));
  process.stdout.write(`${nodeLine(process.versions.node)}\n${tableOf(figures)}\n`);
}
