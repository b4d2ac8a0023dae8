import type { WorkspaceRef } from './workspace-ref.ts';

/** Workspaces of all products that a sweeper rings for. */
export interface Waiters {
  /** Every workspace with a lifecycle: each should have a workflow. */
  living(): Promise<readonly WorkspaceRef[]>;
  /** Those for which something has waited longer than this, or whose deadline passed unlived. */
  waiting(olderThanSeconds: number): Promise<readonly WorkspaceRef[]>;
}
