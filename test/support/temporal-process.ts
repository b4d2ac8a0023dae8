import path from 'node:path';
import { findFreePort } from '../../src/local/ports.ts';
import { signalProcess } from '../../src/local/process.ts';
import { obtainTemporal } from '../../src/local/temporal-obtain.ts';
import { startTemporal } from '../../src/local/temporal.ts';
import type { Mortal } from './mortal.ts';

export type TemporalProcess = Mortal & {
  readonly address: string;
  /** Holds all that the server keeps; removed while it is dead, everything is lost. */
  readonly files: string;
};

/** A Temporal server of the test's own, which keeps its workflows in a file. */
export async function startTemporalProcess(directory: string): Promise<TemporalProcess> {
  const found = await obtainTemporal({
    // Never the user's own server: this one will be killed.
    env: { ...process.env, TEMPORAL_ADDRESS: undefined },
    say: () => undefined,
    signal: new AbortController().signal,
  });
  if (found.kind === 'server') throw new Error('this test needs a Temporal server of its own');
  const port = await findFreePort();
  const files = path.join(directory, 'temporal');
  const start = () =>
    startTemporal({
      program: found.path,
      version: found.version,
      directory: files,
      port,
      uiPort: undefined,
      durability: 'durable',
      logFile: path.join(directory, 'temporal.log'),
      pidFile: path.join(directory, 'temporal.pid.json'),
    });
  let server = await start();
  return {
    address: `127.0.0.1:${port}`,
    files,
    kill: async () => {
      signalProcess(server.identity, 'SIGKILL');
      await server.ended;
    },
    restart: async () => {
      server = await start();
    },
    stop: () => server.stop(5_000),
  };
}
