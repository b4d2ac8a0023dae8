import type { CommandKind } from '../domain/life/commands.ts';
import type { WorkspaceRef } from './workspace-ref.ts';

/** How the API reaches a workspace's workflow. */
export interface LifecycleDesk {
  /**
   * Sends a stored command to its workflow, started if none runs, and waits until the command's row is
   * settled, at most ten seconds. Never throws for a lifecycle that is away: the row waits for it.
   */
  carryOut(
    of: WorkspaceRef,
    command: { readonly id: string; readonly kind: CommandKind },
  ): Promise<'settled' | 'waiting'>;
  /** "Look again": something was stored that the workflow should take in. A lost ring is rung again. */
  ring(of: WorkspaceRef): Promise<void>;
}
