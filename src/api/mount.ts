import type { Express, NextFunction, Request, RequestHandler, Response } from 'express';
import type { Caller } from '../ports/directory.ts';
import { sendFile } from './file-answer.ts';
import type { ApiParts } from './parts.ts';
import { refuse, renderProblem, type Problem } from './problem.ts';
import type { Route } from './route.ts';
import { runRoute } from './run-route.ts';

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
