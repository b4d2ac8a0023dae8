import { afterAll, beforeAll, expect, test } from 'vitest';
import { Chance } from '../../src/demo/chance.ts';
import { stories } from '../../src/demo/stories/all.ts';
import { tellStory } from '../../src/demo/story.ts';
import { demoWorldOf, tellThrough, type Blow } from '../chaos/blows.ts';
import { portrayBooks, portrayMails, portrayStripe, proveAtRest } from '../chaos/portrait.ts';
import { longSeed } from '../support/drawing.ts';
import { openKillableWorld, partNames, type KillableWorld } from '../support/killable-world.ts';
import { openWorld, type World } from '../support/world.ts';

let calm: World;
let wild: KillableWorld;
beforeAll(async () => {
  calm = await openWorld();
  wild = await openKillableWorld();
});
afterAll(async () => {
  await Promise.all([calm.stop(), wild.stop()]);
});

const blowsMost = 30;
const moments = 200;
const delayMsMost = 1_000;

/** At any moment, one part or all of them. */
function drawBlows(seed: number): readonly Blow[] {
  const chance = new Chance(seed);
  return Array.from({ length: blowsMost }, () => ({
    told: 1 + chance.below(moments),
    afterMs: chance.below(delayMsMost),
    parts: chance.below(10) === 0 ? partNames : [chance.pick(partNames)],
  }));
}

test('the demo’s years, with parts killed at any moment, end like the undisturbed ones', async () => {
  const place = await demoWorldOf(calm);
  await Promise.all(stories.map((story) => tellStory(place, story)));
  const told = await tellThrough(wild, stories, drawBlows(longSeed() ?? 0));
  const wrong = told.flatMap(({ checks }) =>
    checks.filter(({ expected, actual }) => expected !== actual),
  );
  expect(wrong).toEqual([]);
  await Promise.all([proveAtRest(calm), proveAtRest(wild)]);
  expect(await portrayBooks(wild)).toEqual(await portrayBooks(calm));
  expect(await portrayStripe(wild)).toEqual(await portrayStripe(calm));
  expect(portrayMails(wild)).toEqual(portrayMails(calm));
});
