import fs from 'node:fs';
import { once } from 'node:events';
import { ConfigMistakes } from '../config.ts';
import { loadDemoWorkspaces } from './demo-workspaces.ts';
import { LocalStack } from './local-stack.ts';
import { rotateLogs, stopLeftovers } from './parts.ts';
import { claimPidFile } from './pid-file.ts';
import { dataDirectory, dataPath } from './paths.ts';
import { StackProblem } from './stack-problem.ts';
import { startClaimFile } from './start-claim.ts';

/** npm passes the terminal's Ctrl-C on a second time; a person takes longer than that. */
const SECOND_INTERRUPT_AFTER_MS = 1_000;

const say = (line: string): void => {
  process.stderr.write(`tollgate: ${line}\n`);
};

async function main(): Promise<void> {
  keepWritingIntoClosedPipes();
  const other = claimPidFile(startClaimFile);
  if (other !== undefined) {
    say(`Tollgate runs already from this directory (process ${other.pid}).`);
    say(`Stop it with Ctrl-C in its terminal, or with: kill ${other.pid}`);
    process.exit(1);
  }
  const interruption = new AbortController();
  const { signal } = interruption;
  const stack = new LocalStack({
    ...{ env: process.env, say, signal },
    directory: dataDirectory,
    durability: 'durable',
  });
  listenForInterrupts(stack, interruption);
  const outcome = await startUnlessInterrupted(stack, signal);
  if (outcome === 'ready' && !signal.aborted) await once(signal, 'abort');
  // After a failed start too: parts that wait for their turn must not start any more.
  interruption.abort();
  await stack.stop();
  fs.rmSync(startClaimFile, { force: true });
  process.exit(outcome === 'failed' ? 1 : 0);
}

/** Troubles that a person can put right are printed as they are, defects with their stack. */
async function startUnlessInterrupted(
  stack: LocalStack,
  signal: AbortSignal,
): Promise<'ready' | 'interrupted' | 'failed'> {
  try {
    await Promise.race([start(stack), once(signal, 'abort')]);
    return signal.aborted ? 'interrupted' : 'ready';
  } catch (error) {
    if (signal.aborted) return 'interrupted';
    const isForPeople = error instanceof StackProblem || error instanceof ConfigMistakes;
    process.stderr.write(`${isForPeople ? error.message : inspectDefect(error)}\n`);
    return 'failed';
  }
}

const inspectDefect = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);

async function start(stack: LocalStack): Promise<void> {
  await stopLeftovers(dataDirectory, say);
  rotateLogs(dataDirectory);
  const { addresses, ...started } = await stack.start();
  const { publicUrl } = started;
  const keysFile = dataPath('demo-keys.json');
  await loadDemoWorkspaces({ ...started, keysFile });
  const width = Math.max(...addresses.map(([part]) => part.length));
  for (const [part, address] of addresses) console.log(`${part.padEnd(width)}  ${address}`);
  console.log(`${'Demo keys'.padEnd(width)}  ${keysFile}`);
  console.log(`Tollgate is ready on ${publicUrl}`);
}

function listenForInterrupts(stack: LocalStack, interruption: AbortController): void {
  let firstAt: number | undefined;
  const interrupt = (): void => {
    if (firstAt === undefined) {
      firstAt = performance.now();
      say('stopping; Ctrl-C once more kills everything at once');
      interruption.abort();
      return;
    }
    if (performance.now() - firstAt < SECOND_INTERRUPT_AFTER_MS) return;
    stack.kill();
    process.exit(130);
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, interrupt);
}

/** Whoever reads our output may leave first (`npm start | head`); the stack must still drain. */
function keepWritingIntoClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}

await main();
