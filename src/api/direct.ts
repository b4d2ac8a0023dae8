import { IncomingMessage, ServerResponse, type RequestListener } from 'node:http';
import { Socket } from 'node:net';
import helmet from 'helmet';
import type { Outcome } from '../domain/values/outcome.ts';
import type { Caller } from '../ports/directory.ts';
import { explainFailure } from './failures.ts';
import type { ApiParts } from './parts.ts';
import { refuse, renderProblem, type Problem } from './problem.ts';
import type { KeyCount } from './rate-limit.ts';
import { bodyBytesMost } from './read-json.ts';
import type { Route } from './route.ts';
import { runRoute } from './run-route.ts';

/** What the routes in front of Express share with it. */
export interface Gate {
  readonly parts: ApiParts;
  readonly find: (authorization: string | undefined) => Promise<Caller | undefined>;
  readonly count: (keyId: string) => Promise<KeyCount>;
}

type Headers = Readonly<Record<string, string | number>>;
type Answer = { readonly status: number; readonly body: string; readonly headers: Headers };

/**
 * Serves the POST routes that a product calls around every model call without Express, which costs more than the
 * ledger does; the routes, and what they answer, are the same. A request that is not plain (an encoded body or
 * address, a query, no length) goes to `others`.
 */
export function serveDirectly(
  routes: readonly Route[],
  gate: Gate,
  others: RequestListener,
): RequestListener {
  const table = routes
    .filter(({ method, produces }) => method === 'post' && produces === undefined)
    .map((route) => ({ route, pattern: patternOf(route.path) }));
  return (request, response) => {
    const found = isPlain(request) ? match(table, request.url ?? '') : undefined;
    if (found === undefined) others(request, response);
    else void serve(found.route, found.params, { request, response, gate });
  };
}

function match(
  table: readonly { readonly route: Route; readonly pattern: RegExp }[],
  url: string,
): { readonly route: Route; readonly params: Readonly<Record<string, string>> } | undefined {
  for (const { route, pattern } of table) {
    const found = pattern.exec(url);
    if (found !== null) return { route, params: { ...found.groups } };
  }
  return undefined;
}

/** `/api/workspaces/{workspace}/debits` as a pattern; names as external ids are written, unescaped. */
const patternOf = (path: string): RegExp =>
  new RegExp(`^${path.replaceAll(/\{(\w+)\}/g, '(?<$1>[A-Za-z0-9._:-]{1,64})')}$`);

function isPlain({ method, headers }: IncomingMessage): boolean {
  const length = Number(headers['content-length']);
  return (
    method === 'POST' &&
    length <= bodyBytesMost &&
    headers['content-encoding'] === undefined &&
    headers.expect === undefined
  );
}

async function serve(
  route: Route,
  params: Readonly<Record<string, string>>,
  on: { readonly request: IncomingMessage; readonly response: ServerResponse; readonly gate: Gate },
): Promise<void> {
  const { request, response, gate } = on;
  const startedAt = performance.now();
  const { method, url: path } = request;
  const { log } = gate.parts;
  let answer: Answer;
  try {
    const body = await readBody(request);
    if (body === undefined) return; // nobody is there to be answered
    answer = await answerTo(route, { headers: request.headers, params, query: {}, body }, gate);
  } catch (error) {
    answer = answerOf({ refusal: explainFailure(log, error, { method, path }) }, {});
  }
  const { status, body, headers } = answer;
  // A flat list is written as it is; an object would be looked through first.
  const told: (string | number)[] = ['Content-Length', Buffer.byteLength(body), ...safetyHeaders];
  for (const name in headers) told.push(name, headers[name] ?? '');
  response.writeHead(status, told);
  response.end(body);
  const ms = Math.round(performance.now() - startedAt);
  log.info({ method, path, status, ms }, 'answered');
}

async function answerTo(
  route: Route,
  received: Parameters<typeof runRoute>[1],
  { parts, find, count }: Gate,
): Promise<Answer> {
  const caller = await find(received.headers.authorization);
  if (caller === undefined) {
    return answerOf(refuse('unauthenticated'), { 'WWW-Authenticate': 'Bearer' });
  }
  const { isOver, headers } = await count(caller.keyId);
  if (isOver) return answerOf(refuse('tooManyRequests'), headers);
  const answer: Outcome<{ status: number; body: unknown; location: string | undefined }, Problem> =
    await runRoute(route, received, { parts, caller });
  if (!answer.ok) return answerOf(answer, headers);
  const { status, body, location } = answer.value;
  const place = location === undefined ? {} : { Location: location };
  const type = { 'Content-Type': 'application/json; charset=utf-8' };
  return { status, body: JSON.stringify(body), headers: { ...headers, ...place, ...type } };
}

function answerOf({ refusal }: { readonly refusal: Problem }, headers: Headers): Answer {
  const { status, body } = renderProblem(refusal);
  const seconds = refusal.retryAfterSeconds;
  return {
    status,
    body: JSON.stringify(body),
    headers: {
      ...headers,
      ...(seconds !== undefined && { 'Retry-After': seconds }),
      'Content-Type': 'application/problem+json; charset=utf-8',
    },
  };
}

/**
 * The whole body; undefined: the caller went away in the middle of it. Without the stream's iterator, which
 * costs more than the reading.
 */
function readBody(request: IncomingMessage): Promise<Uint8Array | undefined> {
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = [];
    request.on('data', (chunk: Uint8Array) => chunks.push(chunk)); // no encoding was set
    request.once('end', () => {
      const [only] = chunks;
      resolve(chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks));
    });
    request.once('error', () => resolve(undefined));
    request.once('close', () => resolve(undefined));
  });
}

/** What helmet sets on every answer, asked of it once: names and values in turn. */
const safetyHeaders: readonly string[] = (() => {
  const sample = new IncomingMessage(new Socket());
  const response = new ServerResponse(sample);
  helmet()(sample, response, () => undefined);
  return Object.entries(response.getHeaders()).flatMap(([name, value]) => [name, String(value)]);
})();
