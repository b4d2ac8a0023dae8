import type { SentRequest } from '../ports/accounts.ts';
import { hashOf } from './canonical-json.ts';
import type { Call } from './parts.ts';

/** A POST by what knows it again: its key, and what it asked for. */
export function sentOnce({ key }: Call, kind: string, sent: unknown): SentRequest {
  if (key === null) throw new Error('a POST without an idempotency key');
  return { key, bodyHash: hashOf(kind, sent) };
}
