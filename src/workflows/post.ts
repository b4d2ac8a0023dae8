/**
 * Notices go out beside the main line, one after the other: a mail server that is away holds up neither
 * the lifecycle nor money. Safe to run again: each carries its business key, and what was booked as sent
 * is not sent again.
 */
import { ActivityFailure, ApplicationFailure, log } from '@temporalio/workflow';
import { addMinutes, isBefore, type Instant } from '../domain/values/calendar.ts';
import type { Desk, Task } from '../ports/lifecycle-store.ts';
import { pauseMinutesAfterMailFailure } from './activity-options.ts';

export type Post = {
  busy: boolean;
  /** Until when notices rest after one could not be sent. */
  restsUntil: Instant | null;
  /** Those that are out; a desk that was read before still shows them. */
  readonly out: Set<string>;
};

export const openPost = (): Post => ({ busy: false, restsUntil: null, out: new Set() });

const isNotice = ({ effect }: Task): boolean => effect.kind === 'notify';

/** The tasks that the main line waits for. */
export const urgentTasks = (desk: Desk): readonly Task[] =>
  desk.tasks.filter((task) => !isNotice(task));

/** Begins to send what waits, unless some is on its way or rests; `deliver` sends one. */
export function postNotices(
  post: Post,
  desk: Desk,
  work: { readonly deliver: (task: Task) => Promise<void>; readonly ring: () => void },
): void {
  const waiting = desk.tasks.filter((task) => isNotice(task) && !post.out.has(task.id));
  const rests = post.restsUntil !== null && isBefore(desk.now, post.restsUntil);
  if (waiting.length === 0 || post.busy || rests) return;
  post.busy = true;
  post.restsUntil = null;
  void sendInOrder(post, { waiting, now: desk.now, deliver: work.deliver }).finally(() => {
    post.busy = false;
    work.ring();
  });
}

async function sendInOrder(
  post: Post,
  round: {
    readonly waiting: readonly Task[];
    readonly now: Instant;
    readonly deliver: (task: Task) => Promise<void>;
  },
): Promise<void> {
  for (const task of round.waiting) {
    try {
      await round.deliver(task);
      post.out.add(task.id);
    } catch (error) {
      log.warn('a notice could not be sent and will be tried again', { key: task.key, error });
      post.restsUntil = addMinutes(round.now, pauseMinutesAfterMailFailure);
      // A defect concerns this notice alone; a server that is away concerns them all.
      if (!isDefect(error)) return;
    }
  }
}

const isDefect = (error: unknown): boolean =>
  error instanceof ActivityFailure &&
  error.cause instanceof ApplicationFailure &&
  error.cause.type === 'Defect';
