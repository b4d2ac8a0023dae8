import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';
import type { Instant } from '../domain/values/calendar.ts';

const longestWaitMs = 30 * 24 * 60 * 60 * 1000;

/** The one timer: kept while its instant stays, replaced when it changes. */
export type Alarm = {
  at: Instant | null;
  fired: boolean;
  scope: CancellationScope | null;
};

export const newAlarm = (): Alarm => ({ at: null, fired: false, scope: null });

/** Sets the alarm for an instant that lies ahead of `now`; a far one rings after 30 days already. */
export function setAlarm(
  alarm: Alarm,
  wake: { readonly at: Instant; readonly summary: string } | null,
  now: Instant,
): void {
  if (alarm.at === (wake?.at ?? null) && !alarm.fired) return;
  alarm.scope?.cancel();
  Object.assign(alarm, { at: wake?.at ?? null, fired: false, scope: null });
  if (wake === null) return;
  const wait = Math.max(1, Math.min(Date.parse(wake.at) - Date.parse(now), longestWaitMs));
  const scope = new CancellationScope();
  alarm.scope = scope;
  void scope.run(async () => {
    try {
      await sleep(wait, { summary: wake.summary });
      if (alarm.scope === scope) alarm.fired = true;
    } catch (error) {
      if (!isCancellation(error)) throw error;
    }
  });
}
