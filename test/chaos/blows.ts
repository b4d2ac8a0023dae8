import { setTimeout as pause } from 'node:timers/promises';
import type { DemoWorld } from '../../src/demo/life.ts';
import { tellStory, type Story, type ToldStory } from '../../src/demo/story.ts';
import { partNames, type KillableWorld, type PartName } from '../support/killable-world.ts';
import { issueKeys, type World } from '../support/world.ts';

/** SIGKILLs at one moment: so long after so many things have been told. */
export type Blow = {
  readonly told: number;
  readonly afterMs: number;
  readonly parts: readonly PartName[];
};

export async function demoWorldOf({ config }: World): Promise<DemoWorld> {
  const keys = await issueKeys(config);
  return {
    apiUrl: config.http.publicUrl,
    stripeUrl: config.stripe.apiBase ?? '',
    keyOf: (product) => keys.get(product) ?? '',
  };
}

/** Tells stories side by side while the blows fall on their world, one after the other. */
export async function tellThrough(
  world: KillableWorld,
  stories: readonly Story[],
  blows: readonly Blow[],
): Promise<readonly ToldStory[]> {
  const place = await demoWorldOf(world);
  let count = 0;
  let falling = Promise.resolve();
  const listen = (): void => {
    count += 1;
    for (const blow of blows.filter(({ told }) => told === count)) {
      falling = falling.then(() => strike(world, blow));
      // Awaited below; until then a failure must not end the process.
      falling.catch(() => undefined);
    }
  };
  const told = await Promise.all(stories.map((story) => tellStory(place, story, listen)));
  await falling;
  return told;
}

/** Kills the parts together, and starts them again in the order in which they need each other. */
async function strike({ parts }: KillableWorld, blow: Blow): Promise<void> {
  await pause(blow.afterMs);
  await Promise.all(blow.parts.map((part) => parts[part].kill()));
  for (const part of partNames) if (blow.parts.includes(part)) await parts[part].restart();
}
