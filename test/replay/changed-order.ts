// Workflow code in which somebody put a command before the first one: what a careless change looks like.
import { sleep } from '@temporalio/workflow';
import type { WorkspaceRef } from '../../src/ports/workspace-ref.ts';
import { workspaceBilling as asReleased } from '../../src/workflows/workspace-billing.ts';

export async function workspaceBilling(ref: WorkspaceRef): Promise<void> {
  await sleep(1_000);
  await asReleased(ref);
}
