import type { IncomingHttpHeaders } from 'node:http';
import { ok, type Outcome } from '../domain/values/outcome.ts';
import { refuse, type Problem } from './problem.ts';

export const bodyBytesMost = 256 * 1024;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The body's JSON, from the raw bytes: what is not JSON in UTF-8 is refused, never guessed at. */
export function readJson(request: {
  readonly headers: IncomingHttpHeaders;
  readonly body?: unknown;
}): Outcome<unknown, Problem> {
  const raw = request.body;
  const bytes = raw instanceof Uint8Array ? raw : new Uint8Array();
  if (!/^application\/json\s*(?:;|$)/i.test(request.headers['content-type'] ?? '')) {
    return refuse('unsupportedMediaType');
  }
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    return refuse('badEncoding');
  }
  try {
    const value: unknown = JSON.parse(text);
    return ok(value);
  } catch {
    return refuse('badJson');
  }
}
