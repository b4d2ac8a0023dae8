import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { StackProblem } from './stack-problem.ts';

/** The newest tag that `go install` accepts: later ones carry a `replace` directive. */
export const CLI_VERSION = '1.5.1';

export type FoundTemporal =
  | { readonly kind: 'server'; readonly address: string }
  | { readonly kind: 'program'; readonly path: string; readonly version: string };

/** Where to look, and the two ways to get the program when it is nowhere. */
export interface TemporalSearch {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cacheDirectory: string;
  readonly download: (intoDirectory: string) => Promise<string | undefined>;
  readonly build: (intoDirectory: string) => Promise<string | undefined>;
}

/** Outside the clone, so that the second clone on this machine needs nothing. */
export function userCacheDirectory(env: TemporalSearch['env']): string {
  const caches = env['XDG_CACHE_HOME'] || path.join(os.homedir(), '.cache');
  return path.join(caches, 'tollgate', `temporal-cli-${CLI_VERSION}`);
}

/** A running server the user named, a program at hand, a download, a build: the first that works. */
export async function findTemporal(search: TemporalSearch): Promise<FoundTemporal> {
  const { env, cacheDirectory } = search;
  const address = env['TEMPORAL_ADDRESS'];
  if (address) return { kind: 'server', address };
  const named = env['TEMPORAL_CLI_PATH'];
  if (named) return requireProgram(named);
  const atHand =
    findOnPath(env['PATH'] ?? '') ?? inspectProgram(path.join(cacheDirectory, 'temporal'));
  if (atHand !== undefined) return atHand;
  const fetched = (await search.download(cacheDirectory)) ?? (await search.build(cacheDirectory));
  if (fetched !== undefined) return requireProgram(fetched);
  throw new StackProblem(
    'There is no Temporal server on this machine, it could not be downloaded, and there is no Go ' +
      'to build it with. Do one of these, then run the same command again:\n' +
      '  install the Temporal CLI (https://docs.temporal.io/cli/setup-cli), so that "temporal" ' +
      'is on the PATH;\n' +
      '  or install Go 1.24 or newer (https://go.dev/dl), and Tollgate builds the CLI itself;\n' +
      '  or set TEMPORAL_ADDRESS to a server of your own, for example 127.0.0.1:7233.',
  );
}

function findOnPath(searchPath: string): FoundTemporal | undefined {
  for (const directory of searchPath.split(path.delimiter).filter((name) => name !== '')) {
    const found = inspectProgram(path.join(directory, 'temporal'));
    if (found !== undefined) return found;
  }
  return undefined;
}

function requireProgram(file: string): FoundTemporal {
  const found = inspectProgram(file);
  if (found !== undefined) return found;
  throw new StackProblem(
    `${file} is not a Temporal CLI that runs here: "${file} --version" names no server version. ` +
      'Set TEMPORAL_CLI_PATH to the "temporal" program, or unset it to let Tollgate find one.',
  );
}

/** The program with the version of the server inside of it, or nothing when it does not run. */
function inspectProgram(file: string): FoundTemporal | undefined {
  if (!fs.existsSync(file)) return undefined;
  const { stdout } = spawnSync(file, ['--version'], { encoding: 'utf8', timeout: 20_000 });
  const version = /Server (\d+\.\d+\.\d+)/.exec(stdout ?? '')?.[1];
  return version === undefined ? undefined : { kind: 'program', path: file, version };
}
