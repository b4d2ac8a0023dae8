import { setTimeout as delay } from 'node:timers/promises';
import type { Measure } from '../contest.ts';
import { p99Of } from '../percentile.ts';

/**
 * Asks so often a second whether or not it is answered in time, and answers the p99 in milliseconds. A call
 * that found no worker free counts from when it was due; one that a timer woke late, which is the load's own
 * doing, from when it was sent.
 */
export const openLoop =
  <Worker>(
    perSecond: number,
    workers: readonly Worker[],
    call: (worker: Worker) => Promise<void>,
  ): Measure =>
  async (roundMs) => {
    const startedAt = performance.now();
    const most = Math.floor((perSecond * roundMs) / 1_000);
    const times: number[] = [];
    let begun = 0;
    const work = async (worker: Worker): Promise<void> => {
      for (let mine = (begun += 1); mine <= most; mine = begun += 1) {
        const dueAt = startedAt + (mine * 1_000) / perSecond;
        const waitMs = dueAt - performance.now();
        if (waitMs > 0) await delay(waitMs);
        const since = waitMs > 0 ? performance.now() : dueAt;
        await call(worker);
        times.push(performance.now() - since);
      }
    };
    await Promise.all(workers.map(work));
    return p99Of(times);
  };
