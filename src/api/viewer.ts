import { z } from 'zod';
import { ok, type Outcome } from '../domain/outcome.ts';
import { can, type Viewer } from '../domain/roles.ts';
import type { Permission, Terms } from '../domain/terms.ts';
import type { WorkspaceRecord } from '../ports/directory.ts';
import { externalId } from './codecs.ts';
import type { Call } from './parts.ts';
import { refuse, type Problem } from './problem.ts';

/** For whom the product asks; without a viewer it asks for itself, and everything is shown. */
export const viewing = {
  viewer: externalId
    .optional()
    .meta({ description: 'The member who will see the answer; default: the product itself' }),
  permissions: z
    .string()
    .regex(/^[a-zA-Z:]+(?:,[a-zA-Z:]+)*$/, { error: 'must be names with commas between them' })
    .max(400)
    .optional()
    .meta({ description: 'The product’s own permissions that the viewer has: billing:read,…' }),
};

/** Who looks, and by which terms it is decided what they see; a null viewer sees everything. */
export type Sight = { readonly viewer: Viewer | null; readonly terms: Terms };

/**
 * The viewer of an answer, who must be an accepted member that may do this; for anyone else there is nothing
 * here, as for another product's workspace.
 */
export async function sightOf(
  call: Call,
  { of, account, termsVersion }: WorkspaceRecord,
  asked: { readonly viewer?: string | undefined; readonly permissions?: string | undefined },
  needed: Permission,
): Promise<Outcome<Sight, Problem>> {
  const terms = await call.parts.catalogs.termsOf(of.product, termsVersion);
  if (asked.viewer === undefined) return ok({ viewer: null, terms });
  const found = await call.parts.directory.member(account, asked.viewer);
  if (found?.state === 'accepted') {
    const permissions = asked.permissions?.split(',') ?? [];
    const viewer = { member: found.member, role: found.role, permissions };
    if (can(terms, viewer, needed)) return ok({ viewer, terms });
  }
  return refuse('notFound', `There is nothing here for "${asked.viewer}" to see.`);
}
