import { isRecord } from './compare.ts';
import type { Json } from './figures.ts';

/** Our own expected answer to one thing. */
export type Ours = { readonly asked: string; readonly value: Json };

/**
 * Reads our answer to a rejected case: figures by name, or the sentences that state such figures
 * ("cap_used 6, breach of 1"). Words that state no figure only explain.
 */
export function readOurs(ours: unknown): readonly Ours[] {
  if (isRecord(ours)) return Object.entries(ours).map(([asked, value]) => ({ asked, value }));
  if (typeof ours !== 'string') return [];
  return [
    ...clauseOf(ours).matchAll(
      /\b(balance|cap_used|breach|overage|held)\b(?: of)? (-?\d+(?:\.\d+)?)/g,
    ),
  ].map(([, asked = '', value = '']) => ({ asked, value: Number(value) }));
}

/** Of answers under several policies, the one for the default: a call that is short is denied. */
function clauseOf(text: string): string {
  const clauses = text.split(';');
  return clauses.find((clause) => /\bwith deny\b/.test(clause)) ?? text;
}
