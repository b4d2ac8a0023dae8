import { createHash } from 'node:crypto';

/** JSON with sorted keys: two bodies that say the same are the same text. */
export const canonicalJson = (value: unknown): string => JSON.stringify(sorted(value));

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  // Unlike an assignment this takes a key "__proto__" for a key.
  return Object.fromEntries(
    Object.entries(value)
      .sort(byKey)
      .map(([key, item]) => [key, sorted(item)]),
  );
}

const byKey = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number =>
  a < b ? -1 : 1;

/** By this a request is known again under its idempotency key. */
export const hashOf = (...parts: readonly unknown[]): Buffer =>
  createHash('sha256').update(canonicalJson(parts)).digest();
