import { expect, test } from 'vitest';
import { besiege, faultsOf, noFaults, parts, type Blow } from '../chaos/siege.ts';
import { Chance } from '../../src/demo/chance.ts';
import { longSeed } from '../support/drawing.ts';

const blowsMany = 12;
const workspaces = 10_000;
const delayMsMost = 1_500;

/** At any moment, one part or all of them. */
function drawBlows(chance: Chance): readonly Blow[] {
  return Array.from({ length: blowsMany }, () => ({
    afterMs: chance.below(delayMsMost),
    parts: chance.below(5) === 0 ? parts : [chance.pick(parts)],
  }));
}

test('killed at any moment beside ten thousand workspaces, the books lose and repeat nothing', async () => {
  const seed = longSeed() ?? 0;
  const survived = await besiege({ seed, workspaces, blows: drawBlows(new Chance(seed)) });
  expect(faultsOf(survived)).toEqual(noFaults);
});
