import { z } from 'zod';
import { ok, type Outcome } from '../domain/values/outcome.ts';
import { can, seesEarmark, type Viewer } from '../domain/terms/roles.ts';
import type { Permission } from '../domain/terms/terms.ts';
import { externalId } from './codecs.ts';
import type { LedgerAccount } from '../ports/ledger.ts';
import type { Call, Sight, UnseenCall } from './parts.ts';
import { refuse, type Problem } from './problem.ts';
import { findWorkspace } from './workspace-lookup.ts';

/**
 * What a viewer needs for a route: a permission of the catalog, or only to be an accepted member. `product`:
 * the route is the product's own, and nobody is named.
 */
export type Need = Permission | 'member' | 'product';

/** For whom the product asks; without a viewer it asks for itself, and may everything that its key may. */
export const viewing = {
  viewer: externalId
    .optional()
    .meta({ description: 'The member for whom the product asks; default: the product itself' }),
  permissions: z
    .string()
    .regex(/^[a-zA-Z:]+(?:,[a-zA-Z:]+)*$/, { error: 'must be names with commas between them' })
    .max(400)
    .optional()
    .meta({ description: 'The product’s own permissions that the viewer has: billing:read,…' }),
};

const viewingQuery = z.object(viewing).refine(
  ({ viewer, permissions }) => viewer !== undefined || permissions === undefined,
  // Nobody has them; ignored, a forgotten viewer would be shown what the product itself is.
  { path: ['permissions'], error: 'needs the viewer who has them' },
);
const addressed = z.object({ workspace: externalId });

export type Viewing = z.output<typeof viewingQuery>;

/** A query's two parts: for whom it is asked, and what the route itself is asked. */
export function splitQuery(
  need: Need,
  query: unknown,
): { readonly whom: unknown; readonly own: unknown } {
  if (need === 'product') return { whom: {}, own: query };
  if (typeof query !== 'object' || query === null) return { whom: query, own: query };
  const { viewer, permissions, ...own } = query as Readonly<Record<string, unknown>>; // an object
  return { whom: { viewer, permissions }, own };
}

export const readViewing = (whom: unknown) => viewingQuery.safeParse(whom, { reportInput: true });

/**
 * For whom a call is made, decided anew at each request: who is no accepted member, or may not read, is told
 * that there is nothing here [4.32]; who may read, but not do this, is told who may [2.06 3.13].
 */
export async function sightOf(
  call: UnseenCall,
  params: unknown,
  { viewer: member, permissions }: Viewing,
  need: Exclude<Need, 'product'>,
): Promise<Outcome<Sight, Problem>> {
  if (member === undefined) return ok(null);
  const record = await findWorkspace(call, addressed.parse(params).workspace);
  if (!record.ok) return record;
  const { of, account, termsVersion } = record.value;
  const terms = await call.parts.catalogs.termsOf(of.product, termsVersion);
  const found = await call.parts.directory.member(account, member);
  if (found?.state !== 'accepted') return refuseBlind(member);
  const viewer: Viewer = { member, role: found.role, permissions: permissions?.split(',') ?? [] };
  const sight = { viewer, terms };
  if (need === 'member' || may(sight, need)) return ok(sight);
  return refuseSight(sight, need);
}

/** Why a viewer may not do something; who may not even read learns nothing of it [2.06 3.13 4.32]. */
export function refuseSight(
  { viewer, terms }: NonNullable<Sight>,
  need: Permission,
): Outcome<never, Problem> {
  const { member, role } = viewer;
  if (!can(terms, viewer, 'read')) return refuseBlind(member);
  const roles = Object.keys(terms.roles).filter((other) =>
    can(terms, { ...viewer, permissions: [], role: other }, need),
  );
  const detail = `"${member}" may not do this as ${role}. Ask: ${roles.join(', ')}.`;
  return refuse('permissionRequired', detail);
}

const refuseBlind = (member: string): Outcome<never, Problem> =>
  refuse('notFound', `There is nothing here for "${member}" to see.`);

/** Whether whoever looks has a permission; the product itself has all of them. */
export const may = (sight: Sight, permission: Permission): boolean =>
  sight === null || can(sight.terms, sight.viewer, permission);

/** The grants whose earmarks a viewer is not shown: they are in no answer to them, totals included [3.09]. */
export async function hiddenGrants(call: Call, account: LedgerAccount): Promise<readonly number[]> {
  const { sight } = call;
  if (sight === null || sight.terms.visibility.earmarks === 'shown') return [];
  const earmarked = await call.parts.ledger.earmarks(account);
  return earmarked
    .filter(({ earmark }) => !seesEarmark(sight.terms, sight.viewer, earmark))
    .map(({ grantNo }) => grantNo);
}

/** The member whose usage alone may be shown; null: everybody's [3.09]. */
export const onlyOf = (sight: Sight): string | null =>
  sight === null || may(sight, 'usage') ? null : sight.viewer.member;
