import { fork, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import net from 'node:net';
import { findFreePort } from '../../src/local/ports.ts';
import { issueApiKey } from '../../src/store/api-keys.ts';
import type { Measure } from '../contest.ts';
import { terms, type Books } from './books.ts';
import { freshRequest } from './load.ts';

const connectionsMost = 64;

/** The product's own API as a process of its own, and the clients of a load over HTTP. */
export interface Api {
  readonly load: (spread: 'wide' | 'hot') => Measure;
  /** Milliseconds that the slowest hundredth of the last round's calls took at least. */
  readonly p99: () => number;
  readonly close: () => Promise<void>;
}

export async function openApi({ server, sql }: Books): Promise<Api> {
  const port = await findFreePort();
  const child = fork('src/server.ts', {
    execArgv: ['--import', 'tsx'],
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
  // A key may call 60,000 times a minute: each connection has its own.
  const keys = await Promise.all(
    Array.from({ length: connectionsMost }, () =>
      issueApiKey(sql, { product: terms.product, scopes: ['debit'], mode: 'test' }),
    ),
  );
  let times: number[] = [];
  return {
    load: (spread) => async (roundMs) => {
      times = [];
      const until = performance.now() + roundMs;
      const startedAt = performance.now();
      const clients = keys.map(({ key }) => callUntil(until, { port, key, spread, times }));
      await Promise.all(clients);
      return (times.length * 1_000) / (performance.now() - startedAt);
    },
    p99: () => times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? Number.NaN,
    close: () => stop(child),
  };
}

async function stop(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

interface Client {
  readonly port: number;
  readonly key: string;
  readonly spread: 'wide' | 'hot';
  readonly times: number[];
}

/** One connection that calls again when it is answered: bare sockets, so that the load costs little. */
async function callUntil(until: number, client: Client): Promise<void> {
  const socket = net.connect(client.port, '127.0.0.1').setNoDelay();
  await once(socket, 'connect');
  while (performance.now() < until) {
    const sentAt = performance.now();
    socket.write(requestOf(client));
    await answered(socket);
    client.times.push(performance.now() - sentAt);
  }
  socket.destroy();
}

function requestOf({ key, spread }: Client): string {
  const [workspace, members, spaces] =
    spread === 'hot' ? [1, 100, 20] : [randomInt(2, 10_001), 10, 4];
  const body = JSON.stringify({
    lines: [{ line: 'llm', model: 'sonnet-4.6', tokens: { input: 1_000, output: 200 } }],
    member: `m${randomInt(1, members + 1)}`,
    space: `s${randomInt(1, spaces + 1)}`,
  });
  return (
    `POST /api/workspaces/w${workspace}/debits HTTP/1.1\r\nhost: bench\r\n` +
    `authorization: Bearer ${key}\r\ncontent-type: application/json\r\n` +
    `idempotency-key: ${freshRequest().key}\r\ncontent-length: ${body.length}\r\n\r\n${body}`
  );
}

/** Waits for a whole answer, which must be a success. */
function answered(socket: net.Socket): Promise<void> {
  let told = '';
  return new Promise((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      told += chunk.toString('latin1');
      const head = told.indexOf('\r\n\r\n');
      const length = Number(/content-length: (\d+)/i.exec(told)?.[1]);
      if (head === -1 || told.length < head + 4 + length) return;
      socket.off('data', read).off('close', closed);
      if (told.startsWith('HTTP/1.1 200')) resolve();
      else reject(new Error(told));
    };
    const closed = (): void => reject(new Error('the API closed the connection'));
    socket.on('data', read).once('close', closed);
  });
}
