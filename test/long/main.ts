/** `npm run test:long -- --minutes N [--seed S]`: rounds of drawn tests until the minutes are over. */
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { projectRoot } from '../../src/local/paths.ts';

const usage = 'usage: npm run test:long -- --minutes N [--seed S], both whole numbers';
const seedsBelow = 2 ** 31;

type Wish = { readonly minutes: number; readonly seed: number | undefined };

function readWish(): Wish | undefined {
  try {
    const options = {
      minutes: { type: 'string', default: '10' },
      seed: { type: 'string' },
    } as const;
    const { minutes, seed } = parseArgs({ options }).values;
    const wholes = [minutes, ...(seed === undefined ? [] : [seed])];
    if (wholes.some((text) => !/^\d{1,9}$/.test(text))) return undefined;
    return { minutes: Number(minutes), seed: seed === undefined ? undefined : Number(seed) };
  } catch {
    return undefined; // an option that is not known: the usage says which are
  }
}

/** Every test of a round with this seed; what they print is theirs. */
function runRound(seed: number): Promise<boolean> {
  const vitest = path.join(projectRoot, 'node_modules', 'vitest', 'vitest.mjs');
  const config = path.join(import.meta.dirname, 'vitest.config.ts');
  const child = spawn(process.execPath, [vitest, 'run', '--config', config], {
    cwd: projectRoot,
    env: { ...process.env, LONG_SEED: String(seed) },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (status) => resolve(status === 0));
  });
}

/** A round that has begun is finished; a seed that was named is the only one. */
async function runRounds(wish: Wish): Promise<readonly number[]> {
  const until = performance.now() + wish.minutes * 60_000;
  const failed: number[] = [];
  let rounds = 0;
  do {
    const seed = wish.seed ?? randomInt(seedsBelow);
    rounds += 1;
    console.log(`round ${rounds}, seed ${seed}`);
    const hasPassed = await runRound(seed);
    console.log(`round ${rounds}, seed ${seed}: ${hasPassed ? 'passed' : 'FAILED'}`);
    if (!hasPassed) failed.push(seed);
  } while (wish.seed === undefined && performance.now() < until);
  console.log(`${rounds - failed.length} rounds passed, ${failed.length} failed`);
  return failed;
}

async function main(): Promise<number> {
  const wish = readWish();
  if (wish === undefined) {
    console.error(usage);
    return 2;
  }
  const failed = await runRounds(wish);
  for (const seed of failed) console.log(`again: npm run test:long -- --seed ${seed}`);
  return failed.length === 0 ? 0 : 1;
}

process.exitCode = await main();
