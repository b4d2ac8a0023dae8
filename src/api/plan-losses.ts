/** What a smaller plan takes away, by name: people and Spaces, features, credits. */
import { endsThePool, featuresLost } from '../domain/changes/downgrade.ts';
import { personalWorkspaceOf } from '../domain/life/new-lifecycle.ts';
import { paidOf } from '../domain/life/stepping.ts';
import { planOf, type DowngradeLoss, type Plan, type Terms } from '../domain/terms/terms.ts';
import type { WorkspaceRecord } from '../ports/directory.ts';
import type { Call } from './parts.ts';
import type { Loses } from './shown-preview.ts';

type Target = { readonly terms: Terms; readonly target: Plan };

/** What the catalog has named before a move to a smaller plan [2.35 2.36 2.37]; null: nothing is lost. */
export async function losesBy(
  call: Call,
  record: WorkspaceRecord,
  to: Target,
): Promise<Loses | null> {
  const { lifecycle: life } = record;
  const paid = paidOf(life);
  if (paid === undefined) return null;
  const from = planOf(to.terms, paid.plan);
  if (from.rank <= to.target.rank) return null;
  const { loses, pooledCredits, topUps } = to.terms.planChange.downgrade;
  const names = (what: DowngradeLoss): boolean => loses.includes(what);
  const ends = endsThePool(life, to.terms, to.target);
  return {
    members: ends && names('members') ? await membersWithoutPlan(call, record) : [],
    spaces: ends && names('spaces') ? await spacesWithoutOwner(call, record) : [],
    features: names('features') ? featuresLost(from, to.target) : [],
    includedCredits: pooledCredits === 'forfeit',
    topUps: topUps === 'forfeit',
  };
}

/** Members who need a plan of their own then; the owner's own workspace starts the target plan. */
async function membersWithoutPlan(
  { parts: { directory } }: Call,
  { account, of, owner }: WorkspaceRecord,
): Promise<string[]> {
  const found: string[] = [];
  for (const { member, state } of await directory.members(account)) {
    if (state !== 'accepted' || member === owner) continue;
    const workspace = personalWorkspaceOf(member);
    const own = await directory.workspace({ product: of.product, workspace });
    const status = own?.lifecycle.subscription.status ?? 'none';
    if (status === 'none' || status === 'incomplete' || status === 'canceled') found.push(member);
  }
  return found;
}

/** Spaces that no accepted member owns, by name. */
export async function spacesWithoutOwner(
  { parts: { directory } }: Call,
  { account }: WorkspaceRecord,
): Promise<string[]> {
  const members = await directory.members(account);
  const people = new Set(
    members.filter(({ state }) => state === 'accepted').map(({ member }) => member),
  );
  const resources = await directory.resources(account);
  return resources
    .filter(({ kind, owner }) => kind === 'space' && (owner === null || !people.has(owner)))
    .map(({ id }) => id);
}
