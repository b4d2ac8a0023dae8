/**
 * Limits above a workspace: what one user may own and may have joined, by the highest plan among their
 * workspaces. They are counted under a lock on the user's row, which is taken before any lane, so that of two
 * at once on the last place one is refused.
 */
import { decidingPlan, holdsPlan, roomFor, type LimitReached } from '../domain/changes/limits.ts';
import type { Status } from '../domain/life/lifecycle.ts';
import { fromPlain, type Plain } from '../domain/values/plain.ts';
import { planOf, type Plan, type Terms } from '../domain/terms/terms.ts';
import type { AccountLimitReached } from '../ports/accounts.ts';
import type { Transaction } from './connect.ts';

/** Locks users' rows until the transaction ends. Call it before anything takes a lane. */
export async function lockUsers(
  tx: Transaction,
  product: string,
  users: readonly string[],
): Promise<void> {
  // Rows that refer to a user may still be written meanwhile: they take a weaker lock.
  await tx`select 1 from app_user
    where product_id = ${product} and external_id = any(${[...users]}::text[])
    order by id for no key update`;
}

/** What is asked: whether a user may own one more organisation, or join one more. */
export type AccountQuestion = {
  readonly product: string;
  readonly user: string;
  /** The catalog by which somebody without a plan is judged. */
  readonly termsVersion: number;
  readonly wants: 'own' | 'join';
};

/** The limit that stands in the way; null: there is room. Call it after `lockUsers`. */
export async function accountLimit(
  tx: Transaction,
  question: AccountQuestion,
): Promise<AccountLimitReached | null> {
  const { product, user, termsVersion, wants } = question;
  const owned = await ownedBy(tx, product, user);
  const terms = await termsBy(tx, product, [
    termsVersion,
    ...owned.map((one) => one.terms_version),
  ]);
  const termsAt = (version: number): Terms => terms.get(version) ?? unpublished(product, version);
  const plans = owned.flatMap(({ workspace, terms_version, status, plan }) =>
    plan !== null && holdsPlan(status)
      ? [{ workspace, plan: planOf(termsAt(terms_version), plan) }]
      : [],
  );
  const held = plans.map(({ plan }) => plan);
  const deciding = decidingPlan(held, termsAt(termsVersion));
  const full = await reached(tx, { product, user, wants, owned }, deciding);
  const decidedBy = plans.find(({ plan }) => plan === deciding)?.workspace ?? null;
  return full === null ? null : { ...full, user, decidedBy };
}

async function reached(
  tx: Transaction,
  of: Pick<AccountQuestion, 'product' | 'user' | 'wants'> & { readonly owned: readonly Owned[] },
  plan: Plan,
): Promise<LimitReached | null> {
  if (of.wants === 'own') {
    const used = of.owned.filter(({ personal }) => !personal).length;
    const room = roomFor(plan, [
      { limit: 'ownedOrgs', used },
      { limit: 'workspaces', used },
    ]);
    return room.ok ? null : room.refusal;
  }
  const used = await joinedBy(tx, of.product, of.user);
  const room = roomFor(plan, [{ limit: 'joinedOrgs', used }]);
  return room.ok ? null : room.refusal;
}

type Owned = {
  readonly workspace: string;
  readonly personal: boolean;
  readonly terms_version: number;
  readonly status: Status;
  readonly plan: string | null;
};

const ownedBy = (tx: Transaction, product: string, user: string): Promise<readonly Owned[]> =>
  tx<Owned[]>`
    select w.external_id as workspace, w.personal, w.terms_version, w.status, w.plan
    from workspace w join app_user u on u.id = w.owner_id
    where w.product_id = ${product} and u.external_id = ${user}
    order by w.id`;

/** Organisations of others in which the user is an accepted member. */
async function joinedBy(tx: Transaction, product: string, user: string): Promise<number> {
  const [row] = await tx<{ joined: number }[]>`
    select count(*)::int as joined
    from membership m
    join app_user u on u.id = m.user_id
    join workspace w on w.id = m.workspace_id
    where m.product_id = ${product} and u.external_id = ${user} and m.state = 'accepted'
      and w.owner_id <> m.user_id and not w.personal`;
  if (row === undefined) throw new Error('a count has a row');
  return row.joined;
}

async function termsBy(
  tx: Transaction,
  product: string,
  versions: readonly number[],
): Promise<ReadonlyMap<number, Terms>> {
  const rows = await tx<{ version: number; terms: Plain<Terms> }[]>`
    select version, terms from plan_term
    where product_id = ${product} and version = any(${[...new Set(versions)]}::int[])`;
  return new Map(rows.map(({ version, terms }) => [version, fromPlain<Terms>(terms)]));
}

const unpublished = (product: string, version: number): never => {
  throw new Error(`no terms ${version} of ${product} were published`);
};
