import type { RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { callerOf, sendRefusal } from './mount.ts';
import { refuse } from './problem.ts';

const minuteMs = 60_000;

/** So many requests a minute for each key; every answer tells how many are left. */
export const limitPerKey = (limit: number): RequestHandler =>
  limiter(limit, (request) => callerOf(request)?.keyId ?? addressOf(request));

/** For addresses without a key, where there is nobody else to count by. */
export const limitPerAddress = (limit: number): RequestHandler => limiter(limit, addressOf);

const addressOf = ({ ip }: { readonly ip?: string | undefined }): string =>
  ipKeyGenerator(ip ?? 'unknown');

const limiter = (
  limit: number,
  keyGenerator: (request: Parameters<RequestHandler>[0]) => string,
): RequestHandler =>
  rateLimit({
    windowMs: minuteMs,
    limit,
    standardHeaders: 'draft-6',
    legacyHeaders: false,
    keyGenerator,
    handler: (_request, response) => sendRefusal(response, refuse('tooManyRequests')),
  });
