import type { Plain } from '../domain/values/plain.ts';
import type { Task } from './lifecycle-store.ts';
import type { WorkspaceRef } from './workspace-ref.ts';

/** What a workspace's workflow has done outside: money moved, other workspaces told. */
export interface OutsideWork {
  /** Does one task and books what came of it; doing it again changes nothing. */
  perform(of: WorkspaceRef, task: Plain<Task>): Promise<void>;
  /** Refetches what Stripe's stored events point at, and books it by business key. */
  bookInbox(of: WorkspaceRef): Promise<void>;
}
