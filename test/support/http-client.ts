import { randomUUID } from 'node:crypto';

export type Answer = {
  readonly status: number;
  readonly headers: Headers;
  /** The parsed body. Its type lets a test look anywhere; what is not there is undefined. */
  readonly body: Json;
};

export type Json = { readonly [key: string]: Json } & string & number & readonly Json[];

export type HttpClient = {
  get(path: string): Promise<Answer>;
  put(path: string, body: object): Promise<Answer>;
  post(path: string, body: object, key?: string): Promise<Answer>;
  delete(path: string): Promise<Answer>;
};

/** Speaks JSON over real HTTP; each POST carries a fresh idempotency key unless one is given. */
export function httpClient(base: string, headers: Readonly<Record<string, string>>): HttpClient {
  const send = async (
    method: string,
    path: string,
    body?: object,
    more: Readonly<Record<string, string>> = {},
  ): Promise<Answer> => {
    const response = await fetch(`${base}${path}`, {
      method,
      redirect: 'manual',
      headers: { ...headers, 'content-type': 'application/json', ...more },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    const parsed: unknown = isJson ? JSON.parse(text) : text;
    return { status: response.status, headers: response.headers, body: parsed as Json };
  };
  return {
    get: (path) => send('GET', path),
    put: (path, body) => send('PUT', path, body),
    post: (path, body, key = randomUUID()) => send('POST', path, body, { 'idempotency-key': key }),
    delete: (path) => send('DELETE', path),
  };
}
