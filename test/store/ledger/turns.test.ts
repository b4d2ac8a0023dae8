import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Turns, type Turn } from '../../../src/store/ledger-turns.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** Turns, and who has begun in which order. */
function startTurns() {
  const turns = new Turns();
  const begun: string[] = [];
  const held = new Map<string, Turn>();
  return {
    begun,
    take: (name: string) =>
      turns.take((turn) => {
        begun.push(name);
        held.set(name, turn);
      }),
    giveBack: (name: string) => turns.giveBack(held.get(name) ?? Symbol('none')),
  };
}

test('one lane’s batch leaves at a time, in the order in which they asked', () => {
  const { begun, take, giveBack } = startTurns();
  for (const name of ['first', 'second', 'third']) take(name);
  expect(begun).toEqual(['first']);
  giveBack('first');
  expect(begun).toEqual(['first', 'second']);
  giveBack('second');
  giveBack('third');
  take('first');
  expect(begun).toEqual(['first', 'second', 'third', 'first']);
});

test('a batch that does not come back keeps the others waiting for ten milliseconds, once', () => {
  const { begun, take, giveBack } = startTurns();
  take('stuck');
  take('second');
  vi.advanceTimersByTime(9);
  expect(begun).toEqual(['stuck']);
  vi.advanceTimersByTime(1);
  expect(begun).toEqual(['stuck', 'second']);
  giveBack('second');
  take('third');
  expect(begun).toEqual(['stuck', 'second', 'third']);
  // It comes back late: the turn is another's now.
  giveBack('stuck');
  take('fourth');
  expect(begun).toEqual(['stuck', 'second', 'third']);
  giveBack('third');
  expect(begun).toEqual(['stuck', 'second', 'third', 'fourth']);
  vi.advanceTimersByTime(100);
  expect(begun).toHaveLength(4);
});
