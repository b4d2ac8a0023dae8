import type { LifecycleDesk } from '../ports/lifecycle-desk.ts';
import type { Waiters } from '../ports/waiters.ts';
import type { WorkspaceRef } from '../ports/workspace-ref.ts';

const everyMs = 5_000;
const olderThanSeconds = 15;
const ringsAtOnce = 20;

/**
 * Rings for what a lost doorbell left behind, and starts the workflow of every living workspace that has
 * none: after Temporal's database was lost, all of them.
 */
export function startSweeper(ports: {
  readonly waiters: Waiters;
  readonly desk: LifecycleDesk;
  /** Finds whose the events are that name nobody. */
  readonly adoptEvents: () => Promise<readonly WorkspaceRef[]>;
  readonly report: (problem: unknown) => void;
}): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const round = async (find: () => Promise<readonly WorkspaceRef[]>): Promise<boolean> => {
    try {
      await ringAll(ports.desk, await find(), stopping.signal);
      return true;
    } catch (error) {
      ports.report(error);
      return false;
    }
  };
  const sweep = async (): Promise<void> => {
    let allRung = false;
    while (!stopping.signal.aborted) {
      allRung ||= await round(() => ports.waiters.living());
      await round(ports.adoptEvents);
      await round(() => ports.waiters.waiting(olderThanSeconds));
      await pause(everyMs, stopping.signal);
    }
  };
  const ended = sweep();
  return {
    stop: () => {
      stopping.abort();
      return ended;
    },
  };
}

async function ringAll(
  desk: LifecycleDesk,
  all: readonly WorkspaceRef[],
  stopping: AbortSignal,
): Promise<void> {
  for (let first = 0; first < all.length && !stopping.aborted; first += ringsAtOnce) {
    await Promise.all(all.slice(first, first + ringsAtOnce).map((of) => desk.ring(of)));
  }
}

/** The listener leaves with the timer: a sweeper pauses for as long as its worker lives. */
function pause(milliseconds: number, stopping: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      stopping.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    stopping.addEventListener('abort', end);
    if (stopping.aborted) end();
  });
}
