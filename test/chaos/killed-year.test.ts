import { afterAll, beforeAll, expect, test } from 'vitest';
import { openKillableWorld, type KillableWorld } from '../support/killable-world.ts';
import { openWorld, type World } from '../support/world.ts';
import { liveThrough, type Blow } from './blows.ts';
import { portrayBooks, portrayStripe, proveAtRest } from './portrait.ts';
import { studioYear, type Act } from './year.ts';

let calm: World;
let wild: KillableWorld;
beforeAll(async () => {
  [calm, wild] = await Promise.all([openWorld(), openKillableWorld()]);
});
afterAll(async () => {
  await Promise.all([calm.stop(), wild.stop()]);
});

/** Each part three times: while it works, while it is asked, and while time passes. */
const blows: readonly Blow[] = [
  { during: 'open', afterMs: 5, part: 'api', back: 'atOnce' },
  { during: 'card', afterMs: 20, part: 'worker', back: { before: 'until 2026-01-26' } },
  { during: 'until 2026-01-26', afterMs: 60, part: 'postgres', back: 'atOnce' },
  { during: 'top-up by Checkout', afterMs: 40, part: 'temporal', back: 'atOnce' },
  { during: 'upgrade', afterMs: 30, part: 'postgres', back: 'atOnce' },
  { during: 'use 99.999999', afterMs: 2, part: 'postgres', back: 'atOnce' },
  { during: 'hold and settle above it', afterMs: 4, part: 'api', back: 'atOnce' },
  { during: 'until 2026-03-20', afterMs: 150, part: 'worker', back: 'atOnce' },
  { during: 'downgrade', afterMs: 5, part: 'temporal', back: 'atOnce' },
  { during: 'until 2026-05-26', afterMs: 200, part: 'temporal', back: 'atOnce' },
  { during: 'until 2026-11-30', afterMs: 900, part: 'worker', back: 'atOnce' },
  { during: 'cancel', afterMs: 5, part: 'api', back: 'atOnce' },
];

const liveUndisturbed = async (acts: readonly Act[]): Promise<void> => {
  for (const act of acts) await act.run();
};

test('a year in which every part is killed again and again ends like the undisturbed one', async () => {
  await Promise.all([
    liveThrough(wild, studioYear(wild, 'acme'), blows),
    liveUndisturbed(studioYear(calm, 'acme')),
  ]);
  await Promise.all([proveAtRest(calm), proveAtRest(wild)]);
  expect(await portrayBooks(wild)).toEqual(await portrayBooks(calm));
  expect(await portrayStripe(wild)).toEqual(await portrayStripe(calm));
}, 240_000);
