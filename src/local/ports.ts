import { randomInt } from 'node:crypto';
import net from 'node:net';
import { z } from 'zod';
import { hasCode, readIfPresent, writeWhole } from './files.ts';
import { StackProblem } from './stack-problem.ts';

/** Below the range from which systems take ports for outgoing connections, so none is lost to one. */
const LOWEST = 20_000;
const HIGHEST = 31_999;
const TRIES_MAX = 200;

/** Whether a server of ours could listen there now. */
export function isFreePort(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const probe = net.createServer();
    probe.once('error', (error) => {
      if (hasCode(error, 'EADDRINUSE') || hasCode(error, 'EACCES')) resolve(false);
      else reject(error);
    });
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      probe.close(() => resolve(true));
    });
  });
}

/** Whether something listens there. */
export function answersOn(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    const answer = (isOpen: boolean) => () => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.once('connect', answer(true));
    socket.once('error', answer(false));
    socket.setTimeout(1_000, answer(false));
  });
}

export async function findFreePort(taken: readonly number[] = []): Promise<number> {
  for (let attempt = 0; attempt < TRIES_MAX; attempt++) {
    const port = randomInt(LOWEST, HIGHEST + 1);
    if (!taken.includes(port) && (await isFreePort(port))) return port;
  }
  throw new StackProblem(`No free port between ${LOWEST} and ${HIGHEST}. Stop some servers.`);
}

const rememberedPorts = z.record(z.string(), z.int().min(1).max(65_535));

/** The ports of the parts, kept in a file so that bookmarks and clients outlive a restart. */
export class RememberedPorts {
  private readonly file: string;
  private readonly ports: Record<string, number>;
  private lastTaken: Promise<unknown> = Promise.resolve();

  constructor(file: string) {
    this.file = file;
    this.ports = readPorts(file);
  }

  /** The part's port of last time, or a new one when somebody else listens there now. */
  take(part: string): Promise<number> {
    // One after the other: two parts that look at the same moment could find the same port.
    const taken = this.lastTaken.then(() => this.choose(part));
    this.lastTaken = taken.catch(() => undefined);
    return taken;
  }

  private async choose(part: string): Promise<number> {
    const remembered = this.ports[part];
    if (remembered !== undefined && (await isFreePort(remembered))) return remembered;
    const port = await findFreePort(Object.values(this.ports));
    this.ports[part] = port;
    writeWhole(this.file, `${JSON.stringify(this.ports, undefined, 2)}\n`);
    return port;
  }
}

/** A damaged file costs nothing but new ports, so it is not worth stopping a start for. */
function readPorts(file: string): Record<string, number> {
  try {
    return rememberedPorts.parse(JSON.parse(readIfPresent(file) ?? '{}'));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return {};
    throw error;
  }
}

/** For the one port that people choose themselves: it is never exchanged for another. */
export async function requireFreePort(port: number): Promise<void> {
  if (await isFreePort(port)) return;
  throw new StackProblem(
    `Port ${port} is in use by another program. ` +
      `Stop that program, or choose another port: TOLLGATE_PORT=${port + 1} npm start`,
  );
}
