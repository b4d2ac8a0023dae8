import { spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { StackProblem } from './stack-problem.ts';
import { CLI_VERSION } from './temporal-finder.ts';

type Say = (line: string) => void;

const CLI_MODULE = `github.com/temporalio/cli/cmd/temporal@v${CLI_VERSION}`;
const PROGRESS_EVERY_MS = 15_000;

/**
 * The SDK's own download, kept in our cache. The SDK has no call that only downloads: it starts the
 * server for a moment. Without a network it fails within milliseconds, and then nothing is returned.
 */
export async function downloadTemporal(
  intoDirectory: string,
  say: Say,
): Promise<string | undefined> {
  const drafts = makeDraftDirectory(intoDirectory);
  try {
    say('no Temporal server at hand; trying to download one');
    // Loaded only here: it brings the whole native SDK along, and most starts never need it.
    const { TestWorkflowEnvironment } = await import('@temporalio/testing');
    const server = await TestWorkflowEnvironment.createLocal({
      server: { executable: { type: 'cached-download', downloadDir: drafts } },
    });
    await server.teardown();
    const [downloaded] = fs.readdirSync(drafts);
    if (downloaded === undefined) throw new Error('the SDK started a server and kept no program');
    return keepProgram(path.join(drafts, downloaded), intoDirectory);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    say(`the download failed (${reason.split('\n')[0]})`);
    return undefined;
  } finally {
    fs.rmSync(drafts, { recursive: true, force: true });
  }
}

export interface BuildOptions {
  readonly intoDirectory: string;
  readonly say: Say;
  readonly signal: AbortSignal;
}

/** Built from source where Go is installed. Two clones may build at once: each has its own draft. */
export async function buildTemporal(options: BuildOptions): Promise<string | undefined> {
  const { intoDirectory, say } = options;
  const go = spawnSync('go', ['version'], { encoding: 'utf8' });
  if (go.status !== 0) return undefined;
  const drafts = makeDraftDirectory(intoDirectory);
  try {
    say(`building the Temporal server from source with ${go.stdout.trim()}`);
    say('this happens once on this machine and takes about 4 minutes');
    await runGoInstall({ ...options, intoDirectory: drafts });
    return keepProgram(path.join(drafts, 'temporal'), intoDirectory);
  } finally {
    fs.rmSync(drafts, { recursive: true, force: true });
  }
}

async function runGoInstall({ intoDirectory, say, signal }: BuildOptions): Promise<void> {
  const startedAt = performance.now();
  const elapsed = (): string => `${Math.round((performance.now() - startedAt) / 1000)} s`;
  const progress = setInterval(() => {
    say(`still building the Temporal server (${elapsed()} of about 240 s)`);
  }, PROGRESS_EVERY_MS);
  try {
    await new Promise<void>((resolve, reject) => {
      const child = spawn('go', ['install', '-trimpath', '-ldflags', '-s -w', CLI_MODULE], {
        env: { ...process.env, GOBIN: intoDirectory },
        stdio: ['ignore', 'ignore', 'inherit'],
        signal,
      });
      child.once('error', reject);
      child.once('exit', (status) => {
        if (status === 0) resolve();
        else reject(failedBuild(status));
      });
    });
  } finally {
    clearInterval(progress);
  }
  say(`built the Temporal server in ${elapsed()}`);
}

const failedBuild = (status: number | null): StackProblem =>
  new StackProblem(
    `The Temporal server could not be built: go install ${CLI_MODULE} ended with status ` +
      `${String(status)}, and the reason is above. Put it right and start again, or install the ` +
      'Temporal CLI (https://docs.temporal.io/cli/setup-cli).',
  );

/** Beside the cache, so that the finished program can be renamed into it in one step. */
function makeDraftDirectory(cacheDirectory: string): string {
  const drafts = `${cacheDirectory}.draft-${randomUUID()}`;
  fs.mkdirSync(drafts, { recursive: true });
  return drafts;
}

function keepProgram(draft: string, cacheDirectory: string): string {
  const kept = path.join(cacheDirectory, 'temporal');
  fs.mkdirSync(cacheDirectory, { recursive: true });
  fs.chmodSync(draft, 0o755);
  fs.renameSync(draft, kept);
  return kept;
}
