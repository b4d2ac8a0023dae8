import type { WorkspaceRef } from '../ports/workspace-ref.ts';
import type { ApiParts } from './parts.ts';

/**
 * Rings for a workspace's workflow without waiting for it: what was stored waits for it in any case, and a
 * lost ring is rung again.
 */
export function ringFor({ parts }: { readonly parts: ApiParts }, of: WorkspaceRef): void {
  parts.desk.ring(of).catch((error: unknown) => {
    parts.log.warn({ err: error, ...of }, 'a ring was lost; the sweeper rings again');
  });
}
