import { setTimeout as delay } from 'node:timers/promises';
import type { z } from 'zod';
import { problemAnswer } from './answers.ts';

export type Method = 'GET' | 'PUT' | 'POST' | 'DELETE';

export type Asked = {
  readonly method: Method;
  readonly path: string;
  readonly body?: object;
  /** Names a change once and for all: the same request again gets the first one's answer. */
  readonly key?: string;
};

export type Answered = {
  readonly status: number;
  readonly location: string | null;
  readonly body: unknown;
};

/** Speaks JSON to one server. */
export type Http = {
  ask(asked: Asked): Promise<Answered>;
  /** The body of a 2xx; anything else ends the story with the server's own words. */
  read<Shape extends z.ZodType>(asked: Asked, shape: Shape): Promise<z.output<Shape>>;
};

/** How long a server may be away before the story is given up. */
const patienceMs = 120_000;
const pauseMs = 250;

/**
 * A client that never loses a request: while the server does not answer, or says that it cannot now,
 * the very same request with the same key is sent again. So nothing happens twice, whoever is killed.
 */
export function httpTo(base: string, headers: Readonly<Record<string, string>>): Http {
  const ask = async (asked: Asked): Promise<Answered> => {
    const until = performance.now() + patienceMs;
    for (;;) {
      const tried = await attempt(base, headers, asked);
      if (tried.kind === 'answered') return tried.answer;
      if (performance.now() > until) {
        throw new Error(`${asked.method} ${asked.path} got no answer: ${tried.why}`);
      }
      await delay(pauseMs);
    }
  };
  return {
    ask,
    read: async (asked, shape) => {
      const answer = await ask(asked);
      if (answer.status < 200 || answer.status > 299) throw unexpected(asked, answer);
      return shape.parse(answer.body);
    },
  };
}

/** What a server said that no story expects. */
export function unexpected(asked: Asked, { status, body }: Answered): Error {
  const problem = problemAnswer.safeParse(body);
  const said = problem.success
    ? `${problem.data.code}: ${problem.data.detail} ${JSON.stringify(body)}`
    : JSON.stringify(body);
  return new Error(`${asked.method} ${asked.path} answered ${status}, ${said}`);
}

type Tried =
  | { readonly kind: 'answered'; readonly answer: Answered }
  | { readonly kind: 'unavailable'; readonly why: string };

async function attempt(
  base: string,
  headers: Readonly<Record<string, string>>,
  { method, path, body, key }: Asked,
): Promise<Tried> {
  try {
    const response = await fetch(`${base}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        ...headers,
        'content-type': 'application/json',
        ...(key === undefined ? {} : { 'idempotency-key': key }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (response.status >= 500 || response.headers.has('retry-after')) {
      return { kind: 'unavailable', why: `${response.status} ${text}` };
    }
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    const { status } = response;
    const location = response.headers.get('location');
    const parsed: unknown = isJson ? JSON.parse(text) : text;
    return { kind: 'answered', answer: { status, location, body: parsed } };
  } catch (error) {
    // fetch reports a server that is away, or went away in mid-answer, as a TypeError.
    if (error instanceof TypeError) return { kind: 'unavailable', why: causeOf(error) };
    throw error;
  }
}

const causeOf = ({ cause, message }: TypeError): string =>
  cause instanceof Error ? cause.message : message;
