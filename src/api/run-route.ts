import type { IncomingHttpHeaders } from 'node:http';
import { ok, type Outcome } from '../domain/values/outcome.ts';
import type { Caller } from '../ports/directory.ts';
import { mayCall } from './auth.ts';
import type { ApiParts } from './parts.ts';
import { refuse, refuseMistakes, type Problem } from './problem.ts';
import { readJson } from './read-json.ts';
import { badKey, keyPattern, type Route } from './route.ts';

/** What a route needs of a request, whichever server has received it. */
export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly params: unknown;
  readonly query: unknown;
  /** The bytes that were sent. */
  readonly body?: unknown;
}

/** Carries a request out, once its caller is known. */
export async function runRoute(
  route: Route,
  received: Received,
  by: { readonly parts: ApiParts; readonly caller: Caller },
): ReturnType<Route['run']> {
  if (!mayCall(by.caller, route.scopes)) {
    return refuse('scopeRequired', `This needs a key with the scope ${route.scopes.join(' or ')}.`);
  }
  const key = idempotencyKey(received.headers);
  if (!key.ok) return key;
  const body: Outcome<unknown, Problem> = route.body === null ? ok(null) : readJson(received);
  if (!body.ok) return body;
  const { params, query } = received;
  return route.run({ params, query, body: body.value }, { ...by, key: key.value });
}

function idempotencyKey(headers: IncomingHttpHeaders): Outcome<string | null, Problem> {
  const key = headers['idempotency-key'];
  if (key === undefined) return ok(null);
  return typeof key === 'string' && keyPattern.test(key) ? ok(key) : refuseMistakes([badKey]);
}
