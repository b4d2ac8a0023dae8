import { createHash } from 'node:crypto';

/** JSON with sorted keys: two bodies that say the same are the same text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}

/** By this a request is known again under its idempotency key. */
export const hashOf = (...parts: readonly unknown[]): Buffer =>
  createHash('sha256').update(canonicalJson(parts)).digest();
