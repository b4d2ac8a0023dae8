import type { RequestHandler } from 'express';
import { ipKeyGenerator, MemoryStore, rateLimit, type Store } from 'express-rate-limit';
import { callerOf, sendRefusal } from './mount.ts';
import { refuse } from './problem.ts';

const minuteMs = 60_000;

/** So many requests a minute for each key; every answer tells how many are left. */
export function limitPerKey(limit: number): {
  readonly handler: RequestHandler;
  /** Counts a request that Express does not see; answers the headers that tell of it. */
  readonly count: (keyId: string) => Promise<KeyCount>;
} {
  const store = new MemoryStore();
  const byKey: RequestHandler = limiter(
    limit,
    (request) => callerOf(request)?.keyId ?? addressOf(request),
    store,
  );
  return {
    handler: byKey,
    count: async (keyId) => {
      const { totalHits, resetTime } = await store.increment(keyId);
      const ms = resetTime === undefined ? minuteMs : resetTime.getTime() - Date.now();
      const seconds = Math.max(0, Math.ceil(ms / 1_000));
      const isOver = totalHits > limit;
      const headers = {
        'RateLimit-Policy': `${limit};w=${minuteMs / 1_000}`,
        'RateLimit-Limit': `${limit}`,
        'RateLimit-Remaining': `${Math.max(0, limit - totalHits)}`,
        'RateLimit-Reset': `${seconds}`,
        ...(isOver && { 'Retry-After': `${seconds}` }),
      };
      return { isOver, headers };
    },
  };
}

export interface KeyCount {
  readonly isOver: boolean;
  readonly headers: Readonly<Record<string, string>>;
}

/** For addresses without a key, where there is nobody else to count by. */
export const limitPerAddress = (limit: number): RequestHandler => limiter(limit, addressOf);

const addressOf = ({ ip }: { readonly ip?: string | undefined }): string =>
  ipKeyGenerator(ip ?? 'unknown');

const limiter = (
  limit: number,
  keyGenerator: (request: Parameters<RequestHandler>[0]) => string,
  store: Store = new MemoryStore(),
): RequestHandler =>
  rateLimit({
    store,
    windowMs: minuteMs,
    limit,
    standardHeaders: 'draft-6',
    legacyHeaders: false,
    keyGenerator,
    handler: (_request, response) => sendRefusal(response, refuse('tooManyRequests')),
  });
