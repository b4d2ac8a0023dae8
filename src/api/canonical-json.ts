import { createHash } from 'node:crypto';

/** JSON with sorted keys: two bodies that say the same are the same text. */
export function canonicalJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const told = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .sort(byKey)
    .map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`);
  return `{${told.join(',')}}`;
}

const byKey = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number =>
  a < b ? -1 : 1;

/** By this a request is known again under its idempotency key. */
export const hashOf = (...parts: readonly unknown[]): Buffer =>
  createHash('sha256').update(canonicalJson(parts)).digest();
