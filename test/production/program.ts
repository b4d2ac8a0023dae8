import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

export type Ended = { readonly status: number | null; readonly output: string };

export type Program = {
  /** Ends when it says that it is ready; rejects if it ends instead. */
  readonly ready: Promise<void>;
  readonly ended: Promise<Ended>;
  readonly child: ChildProcess;
};

/** A program as a container starts it: its own directory, and no setting but the given ones. */
export function run(
  directory: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Program {
  const child = spawn(process.execPath, [...args], {
    cwd: directory,
    env: { PATH: process.env['PATH'] ?? '', NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => output.push(text));
  }
  const ended = once(child, 'close').then(([status]: (number | null)[]) => ({
    status: status ?? null,
    output: output.join(''),
  }));
  const ready = Promise.race([
    once(child, 'message').then(() => undefined),
    ended.then(({ output: said }) => Promise.reject(new Error(`ended early: ${said}`))),
  ]);
  // Whoever waits for its end alone must not meet this rejection.
  ready.catch(() => undefined);
  return { child, ended, ready };
}

/** As `docker stop` ends it. */
export function stop(program: Program): Promise<Ended> {
  program.child.kill('SIGTERM');
  return program.ended;
}
