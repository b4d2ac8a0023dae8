import { isRecord } from './compare.ts';
import type { Json } from './figures.ts';

/** Our own expected answers, all under one policy; `null`: under the policy that the case has. */
export type Ours = {
  readonly onShort: 'deny' | 'record' | null;
  readonly answers: Readonly<Record<string, Json>>;
};

/**
 * Reads our answer to a rejected case: figures by name, or sentences that state such figures ("with
 * deny: the use is denied, cap_used 1"), one clause a policy. Words that state none only explain.
 */
export function readOurs(ours: unknown): readonly Ours[] {
  if (isRecord(ours)) return [{ onShort: null, answers: ours }];
  if (typeof ours !== 'string') return [];
  return ours.split(';').map((clause) => ({
    onShort: onShortOf(clause),
    answers: { ...figuresOf(clause), ...(/\bis (refused|denied)\b/.test(clause) && refusal) },
  }));
}

const refusal = { refused: true };

function onShortOf(clause: string): Ours['onShort'] {
  const word = /\bwith (?:onShort=)?(deny|record)\b/.exec(clause)?.[1];
  return word === 'deny' || word === 'record' ? word : null;
}

const figuresOf = (clause: string): Readonly<Record<string, Json>> =>
  Object.fromEntries(
    [...clause.matchAll(/\b(balance|cap_used|breach|overage|held)(?: of)? (-?\d+(?:\.\d+)?)/g)].map(
      ([, asked = '', value = '']) => [asked, Number(value)],
    ),
  );
