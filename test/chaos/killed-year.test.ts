import { afterAll, beforeAll, expect, test } from 'vitest';
import { studio } from '../../src/demo/stories/studio.ts';
import { tellStory } from '../../src/demo/story.ts';
import { openKillableWorld, type KillableWorld } from '../support/killable-world.ts';
import { openWorld, type World } from '../support/world.ts';
import { demoWorldOf, tellThrough, type Blow } from './blows.ts';
import { portrayBooks, portrayMails, portrayStripe, proveAtRest } from './portrait.ts';
import { shortened } from './shortened.ts';

let calm: World;
let wild: KillableWorld;
beforeAll(async () => {
  [calm, wild] = await Promise.all([openWorld(), openKillableWorld()]);
});
afterAll(async () => {
  await Promise.all([calm.stop(), wild.stop()]);
});

const year = shortened(studio, 20);

/** Each part twice in the middle of what it does, at moments spread over the year, and then all at once. */
const blows: readonly Blow[] = [
  { told: 1, afterMs: 60, parts: ['postgres'] },
  { told: 4, afterMs: 20, parts: ['api'] },
  { told: 5, afterMs: 900, parts: ['postgres'] },
  { told: 6, afterMs: 40, parts: ['temporal'] },
  { told: 14, afterMs: 30, parts: ['worker'] },
  { told: 21, afterMs: 5, parts: ['api'] },
  { told: 35, afterMs: 100, parts: ['temporal'] },
  { told: 38, afterMs: 50, parts: ['worker'] },
  { told: 50, afterMs: 100, parts: ['postgres', 'temporal', 'worker', 'api'] },
];

test('a year in which every part is killed again and again ends like the undisturbed one', async () => {
  const place = await demoWorldOf(calm);
  await Promise.all([tellStory(place, year), tellThrough(wild, [year], blows)]);
  await Promise.all([proveAtRest(calm), proveAtRest(wild)]);
  expect(await portrayBooks(wild)).toEqual(await portrayBooks(calm));
  expect(await portrayStripe(wild)).toEqual(await portrayStripe(calm));
  expect(portrayMails(wild)).toEqual(portrayMails(calm));
}, 240_000);
