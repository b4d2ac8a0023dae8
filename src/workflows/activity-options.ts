import type { ActivityOptions, LocalActivityOptions } from '@temporalio/workflow';

/** Our own Postgres: short, idempotent, tried until it answers. */
export const books: LocalActivityOptions = {
  startToCloseTimeout: '10s',
  localRetryThreshold: '30s',
  retry: { initialInterval: '100ms', maximumInterval: '5s' },
};

/** The outside world: a few tries now; the task stays on the desk, so the workflow tries again later. */
export const outside: ActivityOptions = {
  startToCloseTimeout: '20s',
  // A killed worker is noticed by its silence, long before the time for the work is over.
  heartbeatTimeout: '3s',
  scheduleToCloseTimeout: '1 minute',
  retry: { initialInterval: '500ms', maximumInterval: '10s' },
};

/** How long a task that could not be done waits for its next round. */
export const pauseMinutesAfterFailure = 1;

/** Mail: tried for a moment only, so that nothing ever waits for it long. */
export const mail: ActivityOptions = {
  startToCloseTimeout: '20s',
  heartbeatTimeout: '3s',
  scheduleToCloseTimeout: '30s',
  retry: { initialInterval: '1s', maximumInterval: '10s' },
};

/** How long notices wait for their next round while the mail server is away. */
export const pauseMinutesAfterMailFailure = 10;
