import { ok, type Outcome } from '../domain/outcome.ts';
import type { WorkspaceRecord } from '../ports/directory.ts';
import { externalId } from './codecs.ts';
import type { Call } from './parts.ts';
import { refuse, type Problem } from './problem.ts';
import { z } from 'zod';

/** The path of everything that belongs to one workspace. */
export const inWorkspace = '/api/workspaces/{workspace}';

/** The parameter of that path. */
export const workspaceId = externalId.meta({
  description: "The product's id of the workspace; `user:<id>` is that user's own",
});

export const workspaceParams = z.strictObject({ workspace: workspaceId });

/** The caller's own product's workspace; any other is not found, so that nobody learns that it exists. */
export async function findWorkspace(
  { parts, caller }: Call,
  workspace: string,
): Promise<Outcome<WorkspaceRecord, Problem>> {
  const record = await parts.directory.workspace({ product: caller.product, workspace });
  if (record !== undefined) return ok(record);
  return refuse('notFound', `There is no workspace "${workspace}". Create it with PUT first.`);
}
