import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { httpClient, type Answer, type HttpClient } from './http-client.ts';

const betweenTriesMs = 50;
const triesLimitMs = 90_000;

/**
 * A caller who does not give up, as docs and headers tell it to: what got no answer, a 503 or a 202 is
 * sent again under the same idempotency key until it is answered for good.
 */
export function steadfastClient(
  base: string,
  headers: Readonly<Record<string, string>>,
): HttpClient {
  const underKey = (key: string): HttpClient =>
    httpClient(base, { ...headers, 'idempotency-key': key });
  return {
    get: (path) => insist(() => httpClient(base, headers).get(path)),
    put: (path, body) => {
      const client = underKey(randomUUID());
      return insist(() => client.put(path, body));
    },
    post: (path, body, key = randomUUID()) =>
      insist(() => httpClient(base, headers).post(path, body, key)),
    delete: (path) => {
      const client = underKey(randomUUID());
      return insist(() => client.delete(path));
    },
  };
}

async function insist(send: () => Promise<Answer>): Promise<Answer> {
  const until = performance.now() + triesLimitMs;
  for (;;) {
    const answer = await answerOrSilence(send);
    const isFinal = answer !== undefined && answer.status !== 503 && answer.status !== 202;
    if (isFinal) return answer;
    if (performance.now() > until) throw new Error(`still ${answer?.status ?? 'no answer'}`);
    await pause(betweenTriesMs);
  }
}

/** Node's fetch throws a TypeError for every trouble of the network, and only then. */
async function answerOrSilence(send: () => Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await send();
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
