import type { WorkspaceRef } from '../ports/workspace-ref.ts';

/** The workspace whose money went back. */
export type Place = { readonly of: WorkspaceRef; readonly workspaceId: bigint };
