import { z } from 'zod';
import { ok, type Outcome } from '../domain/values/outcome.ts';
import type { Scope } from '../ports/directory.ts';
import type { FileType } from './file-answer.ts';
import type { Call, UnseenCall } from './parts.ts';
import type { ProblemCode } from './problem-kinds.ts';
import { mistakesOf, refuse, refuseMistakes, type Mistake, type Problem } from './problem.ts';
import { readViewing, sightOf, splitQuery, viewing, type Need } from './viewer.ts';

export type Method = 'get' | 'put' | 'post' | 'delete';
type Status = 200 | 201 | 202;
type Responses = Readonly<Partial<Record<Status, z.ZodType>>>;

/** What a handler answers: one of the route's statuses with the value that its schema writes. */
export type Reply<R extends Responses> = {
  [S in keyof R & Status]: {
    readonly status: S;
    readonly value: R[S] extends z.ZodType ? z.output<R[S]> : never;
    readonly location?: string;
  };
}[keyof R & Status];

export type Answer<R extends Responses> = Promise<Outcome<Reply<R>, Problem>>;

/** A route as it is written down: everything that the API, its documentation and its tests know of it. */
export interface RouteSpec<
  Params extends z.ZodObject,
  Query extends z.ZodObject,
  Body extends z.ZodType | null,
  R extends Responses,
> {
  readonly method: Method;
  /** As in OpenAPI: `/api/workspaces/{workspace}`. */
  readonly path: string;
  readonly summary: string;
  /** The family that it is documented in. */
  readonly tag: string;
  /** A key with one of these may call it; `admin` may call everything. */
  readonly scopes: readonly Scope[];
  /** What a member needs for whom it is called; checked before anything else is looked at. */
  readonly needs: Need;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly responses: R;
  /** What it answers is a file of this type; default: JSON. */
  readonly produces?: FileType;
  /** What it may refuse, beside what every route may. */
  readonly problems: readonly ProblemCode[];
  readonly carryOut: (
    request: {
      readonly params: z.output<Params>;
      readonly query: z.output<Query>;
      readonly body: Body extends z.ZodType ? z.output<Body> : null;
      /** The body as it was sent, to know it again. */
      readonly sent: unknown;
    },
    call: Call,
  ) => Answer<R>;
}

/** A request after HTTP and before any schema. */
export type RawRequest = {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
};

/** An answer ready to be sent. */
export type Sent = {
  readonly status: Status;
  readonly body: unknown;
  readonly location: string | undefined;
};

/** A route whose schemas are hidden behind its `run`. */
export interface Route extends Omit<
  RouteSpec<z.ZodObject, z.ZodObject, z.ZodType | null, Responses>,
  'carryOut'
> {
  run(raw: RawRequest, call: UnseenCall): Promise<Outcome<Sent, Problem>>;
}

export const none = z.strictObject({});

/** A POST makes something happen: without a key a lost answer could not be asked for again. */
export const needsKey = (method: Method): boolean => method === 'post';

export function route<
  Params extends z.ZodObject,
  Query extends z.ZodObject,
  Body extends z.ZodType | null,
  R extends Responses,
>(spec: RouteSpec<Params, Query, Body, R>): Route {
  const { carryOut, ...described } = spec;
  const { needs } = spec;
  return {
    ...described,
    query: needs === 'product' ? spec.query : spec.query.extend(viewing),
    run: async (raw, call) => {
      const { whom, own } = splitQuery(needs, raw.query);
      const asker = readViewing(whom);
      const params = spec.params.safeParse(raw.params, { reportInput: true });
      // Before anything else is said of the request: who may not see this learns nothing of it.
      const isAsked = needs !== 'product' && asker.success && params.success;
      const sight = isAsked ? await sightOf(call, params.data, asker.data, needs) : ok(null);
      if (!sight.ok) return sight;
      const query = spec.query.safeParse(own, { reportInput: true });
      const body = (spec.body ?? z.null()).safeParse(raw.body, { reportInput: true });
      const lacksKey = needsKey(spec.method) && call.key === null;
      if (!params.success || !query.success || !body.success || !asker.success) {
        return refuseMistakes([
          ...(lacksKey ? [missingKey] : []),
          ...issuesOf('path', params),
          ...issuesOf('query', asker),
          ...issuesOf('query', query),
          ...issuesOf('body', body),
        ]);
      }
      if (lacksKey) return refuse('idempotencyKeyRequired');
      const request = {
        params: params.data,
        query: query.data,
        // The schema of this route's body parsed it; without one it is null.
        body: body.data as Body extends z.ZodType ? z.output<Body> : null,
        sent: raw.body,
      };
      const answer = await carryOut(request, { ...call, sight: sight.value });
      return answer.ok ? ok(toSend(spec, answer.value)) : answer;
    },
  };
}

const issuesOf = (place: Mistake['in'], parsed: z.ZodSafeParseResult<unknown>) =>
  parsed.success ? [] : mistakesOf(place, parsed.error.issues);

/** An answer as its route's schema for this status writes it. */
function toSend(
  { path, responses }: { readonly path: string; readonly responses: Responses },
  answer: { readonly status: Status; readonly value: unknown; readonly location?: string },
): Sent {
  const { status, value, location } = answer;
  const schema = responses[status];
  if (schema === undefined) throw new Error(`${path} has no schema for ${status}`);
  return { status, body: z.encode(schema, value), location };
}

/** What a key must look like; it is stored. */
export const keyPattern = /^[\x21-\x7e]{1,200}$/;

const missingKey: Mistake = {
  in: 'header',
  pointer: '/Idempotency-Key',
  message: 'is missing',
};

export const badKey: Mistake = {
  in: 'header',
  pointer: '/Idempotency-Key',
  message: 'must be 1 to 200 visible ASCII characters',
};
