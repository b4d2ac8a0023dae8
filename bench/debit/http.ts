import { fork, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import net from 'node:net';
import path from 'node:path';
import { findFreePort } from '../../src/local/ports.ts';
import { issueApiKey } from '../../src/store/api-keys.ts';
import type { Measure } from '../contest.ts';
import { p99Of } from '../percentile.ts';
import { richMost, terms, type Books } from './books.ts';
import { freshRequest } from './load.ts';
import { openLoop } from './open-loop.ts';
import { findWrk } from './wrk.ts';

const connectionsMost = 64;

/** The product's own API as a process of its own, and the clients of a load over HTTP. */
export interface Api {
  /** Calls each workspace once: a process that has run for a while remembers them. */
  readonly callEach: () => Promise<void>;
  readonly load: (spread: 'wide' | 'hot') => Measure;
  /** Milliseconds that the slowest hundredth of the last round's calls took at least. */
  readonly p99: () => number;
  /** The same of a load that asks so often a second, whether or not it is answered in time. */
  readonly p99At: (perSecond: number) => Measure;
  /** One call of a workspace on the connection of this number; answers the status. */
  readonly call: (connection: number, workspace: number, body: object) => Promise<number>;
  readonly close: () => Promise<void>;
}

export async function openApi(books: Books): Promise<Api> {
  const wrk = findWrk();
  if (wrk === undefined) {
    process.stderr.write(
      'bench: wrk is not installed; sockets of our own take more of the processor\n',
    );
  }
  const port = await findFreePort();
  const child = await startApi(books, port);
  const clients = await openClients(books, port);
  let p99 = Number.NaN;
  const closedLoop = async (roundMs: number, spread: 'wide' | 'hot'): Promise<number> => {
    const told = await (wrk === undefined
      ? callForRound(roundMs, clients, spread)
      : wrk.load(roundMs, {
          ...{ port, connections: clients.length, keys: clients.map(({ key }) => key) },
          ...namesOf[spread],
        }));
    p99 = told.p99Ms;
    return told.perSecond;
  };
  return {
    callEach: () => callEach(clients),
    load: (spread) => (roundMs) => closedLoop(roundMs, spread),
    p99: () => p99,
    p99At: (perSecond) =>
      openLoop(perSecond, clients, async (client) => {
        const answer = await client.post(...debitOf('wide'));
        requireSuccess(answer);
      }),
    call: async (connection, workspace, body) => {
      const client = clients[connection % clients.length];
      if (client === undefined) throw new RangeError('no connection is open');
      return statusOf(await client.post(workspace, JSON.stringify(body)));
    },
    close: () => stop(child, clients),
  };
}

async function startApi({ server }: Books, port: number): Promise<ChildProcess> {
  // What production runs, and how: the bench is built before it starts.
  const child = fork(path.resolve(import.meta.dirname, '../../src/server.js'), {
    execArgv: ['--max-semi-space-size=32'],
    env: {
      PATH: process.env['PATH'],
      DATABASE_URL: server.urlOf('bench', 'tollgate_app'),
      // Nobody is there: a debit asks neither.
      ...{ TEMPORAL_ADDRESS: '127.0.0.1:9', SMTP_URL: 'smtp://127.0.0.1:9' },
      ...{ STRIPE_SECRET_KEY: 'sk_test_bench', STRIPE_WEBHOOK_SECRETS: 'whsec_bench' },
      ...{ MAIL_FROM: 'bench@example.com', TOLLGATE_PORT: `${port}`, LOG_LEVEL: 'warn' },
    },
  });
  const died = once(child, 'exit').then(() => Promise.reject(new Error('the API did not start')));
  await Promise.race([once(child, 'message'), died]);
  died.catch(() => undefined); // from here on it ends when it is told to
  return child;
}

async function stop(child: ChildProcess, clients: readonly Client[]): Promise<void> {
  for (const client of clients) client.close();
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

/** A key may call 60,000 times a minute: each connection has its own. */
const openClients = ({ sql }: Books, port: number): Promise<Client[]> =>
  Promise.all(
    Array.from({ length: connectionsMost }, async () => {
      const wish = { product: terms.product, scopes: ['debit'], mode: 'test' } as const;
      return new Client(port, (await issueApiKey(sql, wish)).key);
    }),
  );

async function callEach(clients: readonly Client[]): Promise<void> {
  let next = 1;
  const call = async (client: Client): Promise<void> => {
    while (next <= richMost) {
      const workspace = next;
      next += 1;
      requireSuccess(await client.post(workspace, debitOf('wide')[1]));
    }
  };
  await Promise.all(clients.map(call));
}

/** One connection, one call at a time: a bare socket, so that the load costs little. */
class Client {
  readonly key: string;
  private readonly port: number;
  private socket: net.Socket | undefined;

  constructor(port: number, key: string) {
    this.port = port;
    this.key = key;
  }

  /** Sends a debit; answers the whole answer as text. */
  async post(workspace: number, body: string): Promise<string> {
    // The API closes what was silent for seconds.
    const socket = this.socket?.writable === true ? this.socket : await this.connect();
    socket.write(
      `POST /api/workspaces/w${workspace}/debits HTTP/1.1\r\nhost: bench\r\n` +
        `authorization: Bearer ${this.key}\r\ncontent-type: application/json\r\n` +
        `idempotency-key: ${freshRequest().key}\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    return answered(socket);
  }

  private async connect(): Promise<net.Socket> {
    const socket = net.connect(this.port, '127.0.0.1').setNoDelay();
    await once(socket, 'connect');
    this.socket = socket;
    return socket;
  }

  close(): void {
    this.socket?.destroy();
  }
}

/** The same load as `wrk` makes. */
async function callForRound(
  roundMs: number,
  clients: readonly Client[],
  spread: 'wide' | 'hot',
): Promise<{ perSecond: number; p99Ms: number }> {
  const times: number[] = [];
  const startedAt = performance.now();
  const callUntilOver = async (client: Client): Promise<void> => {
    while (performance.now() - startedAt < roundMs) {
      const sentAt = performance.now();
      requireSuccess(await client.post(...debitOf(spread)));
      times.push(performance.now() - sentAt);
    }
  };
  await Promise.all(clients.map(callUntilOver));
  const perSecond = (times.length * 1_000) / (performance.now() - startedAt);
  return { perSecond, p99Ms: p99Of(times) };
}

const namesOf = {
  wide: { workspaces: [2, richMost], members: 10, spaces: 4 },
  hot: { workspaces: [1, 1], members: 100, spaces: 20 },
} as const;

function debitOf(spread: 'wide' | 'hot'): readonly [workspace: number, body: string] {
  const {
    workspaces: [first, last],
    members,
    spaces,
  } = namesOf[spread];
  const body = JSON.stringify({
    lines: [{ line: 'llm', model: 'sonnet-4.6', tokens: { input: 1_000, output: 200 } }],
    member: `m${randomInt(1, members + 1)}`,
    space: `s${randomInt(1, spaces + 1)}`,
  });
  return [randomInt(first, last + 1), body];
}

/** Waits for a whole answer. */
function answered(socket: net.Socket): Promise<string> {
  let told = '';
  return new Promise((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      told += chunk.toString('latin1');
      const head = told.indexOf('\r\n\r\n');
      const length = Number(/content-length: (\d+)/i.exec(told)?.[1]);
      if (head === -1 || told.length < head + 4 + length) return;
      socket.off('data', read).off('close', closed);
      resolve(told);
    };
    const closed = (): void => reject(new Error('the API closed the connection'));
    socket.on('data', read).once('close', closed);
  });
}

const statusOf = (answer: string): number => Number(answer.slice(9, 12));

function requireSuccess(answer: string): void {
  if (statusOf(answer) !== 200) throw new Error(answer);
}
