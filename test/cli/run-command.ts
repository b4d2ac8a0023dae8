import { execFile } from 'node:child_process';

export type Outcome = {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
};

/** A command in a process of its own, as its npm script starts it. */
export const runCommand = (
  file: string,
  args: readonly string[],
  settings: Readonly<Record<string, string>>,
): Promise<Outcome> =>
  new Promise((resolve) => {
    const env = { ...process.env, ...settings };
    const command = ['--import', 'tsx', file, ...args];
    const child = execFile(process.execPath, command, { env }, (_error, stdout, stderr) =>
      resolve({ status: child.exitCode ?? -1, stdout, stderr }),
    );
  });
