import { z } from 'zod';
import { ok, type Outcome } from '../domain/values/outcome.ts';
import type { WorkspaceRecord } from '../ports/directory.ts';
import { externalId } from './codecs.ts';
import type { UnseenCall } from './parts.ts';
import { refuse, type Problem } from './problem.ts';

export const inWorkspace = z.strictObject({
  workspace: externalId.meta({ description: 'The workspace, as the product names it' }),
});

/** The workspace of the caller's own product; another product's is not found, because a 403 would tell that it exists. */
export async function findWorkspace(
  { parts, caller }: UnseenCall,
  workspace: string,
): Promise<Outcome<WorkspaceRecord, Problem>> {
  const found = await parts.directory.workspace({ product: caller.product, workspace });
  return found === undefined
    ? refuse('notFound', `There is no workspace "${workspace}".`)
    : ok(found);
}
