import type { Faults } from '../faults.ts';
import { apiVersion, type World } from '../world.ts';
import { expand } from './expand.ts';
import { decodeForm, type FormTree, type FormValue } from './form.ts';
import { invalidRequest, StripeRefusal, unrecognizedUrl } from './refusal.ts';
import { findRoute } from './router.ts';
import { apiRoutes } from './routes.ts';

export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export interface ApiAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

interface Performed {
  readonly status: number;
  readonly body: string;
  /** False where the request never began to execute. */
  readonly isFinal: boolean;
}

const refusalAnswer = (refusal: StripeRefusal): Performed => ({
  status: refusal.status,
  body: JSON.stringify({ error: refusal.body }, null, 2),
  isFinal: !refusal.beforeExecution,
});

/** Answers a request to `/v1`; `undefined` drops the connection without an answer. */
export async function answerApi(
  world: World,
  faults: Faults,
  request: ApiRequest,
): Promise<ApiAnswer | undefined> {
  const fault = faults.take(request);
  if (fault === 'outage') return undefined;
  const answer = await answerUnless(world, { faults, fault }, request);
  return fault === 'dropResponseAfterCommit' ? undefined : answer;
}

interface Armed {
  readonly faults: Faults;
  readonly fault: ReturnType<Faults['take']>;
}

async function answerUnless(
  world: World,
  { faults, fault }: Armed,
  request: ApiRequest,
): Promise<ApiAnswer> {
  const requestId = world.ids.draw('req', 14);
  const answered = (performed: Performed, headers: Record<string, string> = {}): ApiAnswer => ({
    status: performed.status,
    body: performed.body,
    headers: { 'request-id': requestId, 'stripe-version': apiVersion, ...headers },
  });
  const refusal = faultRefusal(fault) ?? refuseCaller(request);
  if (refusal !== undefined) return answered(refusalAnswer(refusal));
  const breaks = fault === 'error500';
  const key = request.method === 'POST' ? headerOf(request, 'idempotency-key') : undefined;
  if (key === undefined) {
    if (breaks) return answered(refusalAnswer(internalError));
    if (fault === 'hold') await faults.hold();
    return answered(perform(world, request, { id: requestId, idempotency_key: null }));
  }
  const fingerprint = `${request.method} ${request.path}?${request.query}\n${request.body}`;
  const known = world.tables.idempotency.get(key);
  if (known !== undefined) {
    const { answer } = known;
    if (known.fingerprint !== fingerprint) return answered(refusalAnswer(otherBody(key)));
    if (answer === undefined) return answered(refusalAnswer(stillRunning));
    return answered(
      { ...answer, isFinal: true },
      {
        'idempotency-key': key,
        'idempotent-replayed': 'true',
        'original-request': answer.requestId,
      },
    );
  }
  const entry = { fingerprint };
  world.tables.idempotency.set(key, entry);
  if (fault === 'hold') await faults.hold();
  // What broke within Stripe is remembered under its key like any other answer.
  const performed = breaks
    ? refusalAnswer(internalError)
    : perform(world, request, { id: requestId, idempotency_key: key });
  if (performed.isFinal) {
    const { status, body } = performed;
    world.tables.idempotency.set(key, { fingerprint, answer: { status, body, requestId } });
  } else world.tables.idempotency.delete(key);
  return answered(performed, { 'idempotency-key': key });
}

const headerOf = (request: ApiRequest, name: string): string | undefined => {
  const value = request.headers[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
};

function perform(
  world: World,
  request: ApiRequest,
  cause: { readonly id: string; readonly idempotency_key: string | null },
): Performed {
  world.request = cause;
  try {
    const found = findRoute(apiRoutes, request);
    if (found === undefined) throw unrecognizedUrl(request.method, request.path);
    const form = { ...decodeForm(request.query), ...decodeForm(request.body) };
    const { expand: asked, ...params } = form;
    const answer = found.route.answer(world, found.ids, params);
    const body = JSON.stringify(expand(world, answer, expandPaths(asked)), null, 2);
    return { status: 200, body, isFinal: true };
  } catch (error) {
    if (error instanceof StripeRefusal) return refusalAnswer(error);
    throw error;
  } finally {
    world.request = null;
  }
}

function expandPaths(asked: FormValue | undefined): readonly string[] {
  if (asked === undefined) return [];
  const paths: readonly (string | FormTree | readonly FormValue[])[] = Array.isArray(asked)
    ? asked
    : [asked];
  return paths.map((path) => {
    if (typeof path === 'string') return path;
    throw invalidRequest('Invalid array', { param: 'expand' });
  });
}

/** 401 without a key of the right shape; 400 for a version whose shapes are not these. */
function refuseCaller(request: ApiRequest): StripeRefusal | undefined {
  const key = keyOf(headerOf(request, 'authorization') ?? '');
  if (key === undefined) {
    return unauthorized('You did not provide an API key. Send it as `Authorization: Bearer`.');
  }
  if (!/^(sk|rk)_test_\w+$/.test(key)) {
    return unauthorized(`Invalid API Key provided: ${key.slice(0, 3)}****. Use sk_test_….`);
  }
  const version = headerOf(request, 'stripe-version') ?? apiVersion;
  if (version === apiVersion) return undefined;
  return invalidRequest(`Invalid Stripe API version: ${version}. Use ${apiVersion}.`);
}

function keyOf(authorization: string): string | undefined {
  const [, scheme, given = ''] = /^(Bearer|Basic) (.+)$/.exec(authorization) ?? [];
  if (scheme === 'Bearer') return given;
  if (scheme !== 'Basic') return undefined;
  return Buffer.from(given, 'base64').toString('utf8').split(':')[0];
}

const unauthorized = (message: string) =>
  new StripeRefusal(401, { type: 'invalid_request_error', message });

const otherBody = (key: string) =>
  new StripeRefusal(400, {
    type: 'idempotency_error',
    message:
      'Keys for idempotent requests can only be used with the same parameters they were first ' +
      `used with. Try using a key other than '${key}' if you meant to execute a different request.`,
  });

const stillRunning = new StripeRefusal(409, {
  type: 'invalid_request_error',
  code: 'idempotency_key_in_use',
  message: 'There is currently another in-progress request using this idempotency key.',
});

const internalError = new StripeRefusal(500, {
  type: 'api_error',
  message: 'An unknown error occurred. (Armed by /_control/faults.)',
});

function faultRefusal(fault: ReturnType<Faults['take']>): StripeRefusal | undefined {
  if (fault === 'rateLimit429') {
    return new StripeRefusal(429, {
      type: 'invalid_request_error',
      code: 'rate_limit',
      message: 'Too many requests hit the API too quickly. (Armed by /_control/faults.)',
    });
  }
  if (fault !== 'lockTimeout') return undefined;
  return new StripeRefusal(429, {
    type: 'invalid_request_error',
    code: 'lock_timeout',
    message: 'This object cannot be accessed right now. (Armed by /_control/faults.)',
  });
}
