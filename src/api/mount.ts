import type { Express, NextFunction, Request, RequestHandler, Response } from 'express';
import { ok, type Outcome } from '../domain/outcome.ts';
import type { Caller } from '../ports/directory.ts';
import { mayCall } from './auth.ts';
import { sendFile } from './file-answer.ts';
import type { ApiParts } from './parts.ts';
import { refuse, refuseMistakes, renderProblem, type Problem } from './problem.ts';
import { readJson } from './read-json.ts';
import { badKey, keyPattern, type Route } from './route.ts';

/** Who calls, once that is known; kept beside the request, never on it. */
const callers = new WeakMap<Request, Caller>();

export const callerOf = (request: Request): Caller | undefined => callers.get(request);

/** Lets only requests with a good key pass. */
export const requireKey =
  (find: (authorization: string | undefined) => Promise<Caller | undefined>): RequestHandler =>
  async (request, response, next) => {
    const caller = await find(request.headers.authorization);
    if (caller === undefined) {
      response.setHeader('WWW-Authenticate', 'Bearer');
      sendRefusal(response, refuse('unauthenticated'));
      return;
    }
    callers.set(request, caller);
    next();
  };

/** Puts a route behind its address. */
export function mount(app: Express, route: Route, parts: ApiParts): void {
  const path = route.path.replaceAll(/\{(\w+)\}/g, ':$1');
  app[route.method](path, async (request: Request, response: Response) => {
    const caller = callers.get(request);
    if (caller === undefined) throw new Error(`${route.path} is mounted before the keys`);
    const answer = await runRoute(route, request, { parts, caller });
    if (!answer.ok) {
      sendRefusal(response, answer);
      return;
    }
    const { status, body, location } = answer.value;
    if (location !== undefined) response.setHeader('Location', location);
    response.status(status);
    if (route.produces === undefined) response.json(body);
    else await sendFile(response, route.produces, body);
  });
}

async function runRoute(
  route: Route,
  request: Request,
  by: { readonly parts: ApiParts; readonly caller: Caller },
): ReturnType<Route['run']> {
  if (!mayCall(by.caller, route.scopes)) {
    return refuse('scopeRequired', `This needs a key with the scope ${route.scopes.join(' or ')}.`);
  }
  const key = idempotencyKey(request);
  if (!key.ok) return key;
  const body: Outcome<unknown, Problem> = route.body === null ? ok(null) : readJson(request);
  if (!body.ok) return body;
  const { params, query } = request;
  return route.run({ params, query, body: body.value }, { ...by, key: key.value });
}

function idempotencyKey(request: Request): Outcome<string | null, Problem> {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return ok(null);
  return typeof key === 'string' && keyPattern.test(key) ? ok(key) : refuseMistakes([badKey]);
}

export function sendRefusal(response: Response, { refusal }: { readonly refusal: Problem }): void {
  const { status, body } = renderProblem(refusal);
  if (refusal.retryAfterSeconds !== undefined) {
    response.setHeader('Retry-After', String(refusal.retryAfterSeconds));
  }
  response.status(status).type('application/problem+json').send(JSON.stringify(body));
}

/** Anything that is under no address. */
export const refuseUnknown = (_request: Request, response: Response, _next: NextFunction): void =>
  sendRefusal(response, refuse('notFound'));
