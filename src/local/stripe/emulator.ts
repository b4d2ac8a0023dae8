import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { control, type Controls } from './control.ts';
import { Faults } from './faults.ts';
import { answerApi } from './http/api.ts';
import { StripeRefusal } from './http/refusal.ts';
import { serveAuthentication } from './pages/authenticate.ts';
import { serveCheckout } from './pages/checkout.ts';
import { isDashboard, serveDashboard } from './pages/dashboard/dashboard.ts';
import type { PageAnswer, PageRequest } from './pages/page.ts';
import { servePortal } from './pages/portal.ts';
import { passTime } from './pass-time.ts';
import { addEndpoint } from './resources/webhook-endpoints.ts';
import { clearTables, loadSnapshot, saveSnapshot } from './snapshot.ts';
import { Courier, normalDelivery } from './webhooks.ts';
import { World } from './world.ts';

export interface EmulatorOptions {
  /** 0, the default, takes a free one. */
  readonly port?: number;
  /** A file that keeps the state from one start to the next. */
  readonly snapshot?: string;
  /** Fixes the ids that are given out. */
  readonly seed?: string;
  /** Where every event goes, besides the endpoints made by the API. */
  readonly webhook?: { readonly url: string; readonly secrets: readonly string[] };
}

export interface Emulator {
  readonly url: string;
  readonly port: number;
  readonly stop: () => Promise<void>;
}

const saveAfterMs = 1000;
const passTimeEveryMs = 30_000;
const keepAliveMs = 120_000;
const largestBody = 1_000_000;
const configuredEndpoint = 'we_configured';

/** Starts a Stripe of one's own on 127.0.0.1, and resolves when it listens. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const world = new World({ seed: options.seed });
  if (options.snapshot !== undefined) loadSnapshot(world, options.snapshot);
  configureEndpoint(world, options);
  const saver = saverOf(world, options.snapshot);
  const faults = new Faults();
  const courier = new Courier(world, saver.soon);
  const reset = () => {
    clearTables(world.tables);
    faults.clear();
    courier.setMode(normalDelivery);
    configureEndpoint(world, options);
  };
  const controls: Controls = { world, faults, courier, reset };
  const server = createServer((request, response) => {
    answer(controls, request, response)
      .catch((error: unknown) => fail(response, error))
      .finally(saver.soon);
  });
  // Longer than any client keeps an idle connection: closing first would break its next request.
  server.keepAliveTimeout = keepAliveMs;
  const port = await new Promise<number>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', () => {
      const at = server.address();
      resolve(typeof at === 'object' && at !== null ? at.port : 0);
    });
  });
  world.baseUrl = `http://127.0.0.1:${port}`;
  const expiry = setInterval(() => passTime(world), passTimeEveryMs);
  courier.wake();
  return {
    url: world.baseUrl,
    port,
    async stop() {
      clearInterval(expiry);
      courier.stop();
      faults.clear();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      saver.now();
    },
  };
}

function configureEndpoint(world: World, options: EmulatorOptions): void {
  world.tables.webhookEndpoints.delete(configuredEndpoint);
  if (options.webhook === undefined) return;
  const { url, secrets } = options.webhook;
  addEndpoint(world, { id: configuredEndpoint, url, events: ['*'], secrets });
}

/**
 * Saves a moment after a change, once for many, and at the end. A disk that is full does not stop the
 * emulator: it says so, and the next change tries again.
 */
function saverOf(world: World, file: string | undefined) {
  let timer: NodeJS.Timeout | undefined;
  const now = () => {
    clearTimeout(timer);
    timer = undefined;
    if (file === undefined) return;
    try {
      saveSnapshot(world, file);
    } catch (error) {
      console.error(
        `Stripe emulator: ${file} could not be written, state is in memory only:`,
        error,
      );
    }
  };
  const soon = () => {
    if (file !== undefined) timer ??= setTimeout(now, saveAfterMs);
  };
  return { now, soon };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  // Node types the chunks of any stream as `any`; those of a request are buffers.
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largestBody) {
      throw new StripeRefusal(413, {
        type: 'invalid_request_error',
        message: 'The request is too large.',
      });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

const pages: Readonly<Record<string, (request: PageRequest) => PageAnswer>> = {
  '/c/pay/': serveCheckout,
  '/authenticate/': serveAuthentication,
  '/p/session/': servePortal,
};

async function answer(
  controls: Controls,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { world, faults } = controls;
  const { pathname: path, search } = new URL(request.url ?? '/', world.baseUrl);
  const body = await readBody(request);
  const method = request.method ?? 'GET';
  if (path.startsWith('/_control/')) {
    sendJson(response, 200, control(controls, { method, path, body }));
    return;
  }
  passTime(world);
  if (isDashboard(path)) {
    sendPage(
      response,
      serveDashboard(controls, { method, path, fields: new URLSearchParams(body) }),
    );
    return;
  }
  const [prefix = '', serve] =
    Object.entries(pages).find(([start]) => path.startsWith(start)) ?? [];
  if (serve !== undefined) {
    const id = decodeURIComponent(path.slice(prefix.length));
    sendPage(response, serve({ world, method, id, fields: new URLSearchParams(body) }));
    return;
  }
  const { headers } = request;
  const answered = await answerApi(world, faults, {
    method,
    path,
    query: search.slice(1),
    body,
    headers,
  });
  if (answered === undefined) {
    response.destroy();
    return;
  }
  response.writeHead(answered.status, { 'content-type': 'application/json', ...answered.headers });
  response.end(answered.body);
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body, null, 2));
}

function sendPage(response: ServerResponse, page: PageAnswer): void {
  if (page.kind === 'redirect') {
    response.writeHead(303, { location: page.to });
    response.end();
    return;
  }
  response.writeHead(page.status, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
    'cache-control': 'no-store',
  });
  response.end(page.html);
}

/** A refusal of a control request or a page, or a defect, which is shown for what it is. */
function fail(response: ServerResponse, error: unknown): void {
  if (error instanceof StripeRefusal) {
    sendJson(response, error.status, { error: error.body });
    return;
  }
  const defect = error instanceof Error ? error : new Error(String(error));
  process.stderr.write(`${defect.stack ?? defect.message}\n`);
  const message = `The emulator has a defect: ${defect.message}`;
  if (!response.headersSent) sendJson(response, 500, { error: { type: 'api_error', message } });
}
