import { setTimeout as pause } from 'node:timers/promises';
import type { KillableWorld, PartName } from '../support/killable-world.ts';
import type { Act } from './year.ts';

/** One SIGKILL: which part, so long after an act began, and when it is started again. */
export type Blow = {
  readonly during: string;
  readonly afterMs: number;
  readonly part: PartName;
  /** At once, or when the act of this name is about to begin. */
  readonly back: 'atOnce' | { readonly before: string };
};

/** Lives the acts in order; whoever acts tries again until it is done, and only then comes the next. */
export async function liveThrough(
  world: KillableWorld,
  acts: readonly Act[],
  blows: readonly Blow[],
): Promise<void> {
  for (const act of acts) {
    const returning = blows.filter(({ back }) => back !== 'atOnce' && back.before === act.name);
    await Promise.all(returning.map(({ part }) => world.parts[part].restart()));
    const falling = blows.filter(({ during }) => during === act.name);
    await Promise.all([act.run(), ...falling.map((blow) => strike(world, blow))]);
  }
}

async function strike(world: KillableWorld, { afterMs, part, back }: Blow): Promise<void> {
  await pause(afterMs);
  await world.parts[part].kill();
  if (back === 'atOnce') await world.parts[part].restart();
}
