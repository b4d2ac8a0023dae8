import { ok, refused, type Outcome } from '../domain/values/outcome.ts';
import type { Accounts, SpaceRefusal, TransferRefusal, KeyReused } from '../ports/accounts.ts';
import type { LedgerAccount } from '../ports/ledger.ts';
import { accountLimit, lockUsers } from './account-limits.ts';
import { inProduct, type Sql, type Transaction } from './connect.ts';
import { noteRing, tellFact } from './feed.ts';
import { keepAnswer, keptAnswer } from './kept-answers.ts';
import { lockLedger, touchLedger } from './ledger-writes.ts';
import { note } from './operator-grants.ts';

type To = Parameters<Accounts['transferWorkspace']>[1];
type SpaceTo = Parameters<Accounts['transferSpace']>[1];

type Owned = {
  readonly owner: string;
  readonly personal: boolean;
  readonly terms_version: number;
};

/**
 * Makes an accepted member the owner of a workspace [2.38], once per key: a late retry never moves it again.
 * Whoever owns it already stays.
 */
export async function transferWorkspace(
  sql: Sql,
  account: LedgerAccount,
  to: To,
): Promise<Outcome<undefined, TransferRefusal>> {
  for (;;) {
    const transferred = await inProduct(sql, account.product, (tx) => transfer(tx, account, to));
    if (transferred !== 'ownerMoved') return transferred;
  }
}

async function transfer(
  tx: Transaction,
  account: LedgerAccount,
  to: To,
): Promise<Outcome<undefined, TransferRefusal> | 'ownerMoved'> {
  const { product, workspaceId } = account;
  const kept = await keptAnswer(tx, account, to.sent);
  if (!kept.ok || kept.value !== undefined) return kept.ok ? ok(undefined) : kept;
  const before = await readOwned(tx, workspaceId);
  if (before.owner === to.owner) return keepTransfer(tx, account, to);
  if (before.personal) return refused({ kind: 'ownerStays' });
  await lockUsers(tx, product, [before.owner, to.owner]);
  await lockLedger(tx, [workspaceId]);
  await touchLedger(tx, workspaceId);
  // Another transfer came first: its new owner's row is not locked here.
  if ((await readOwned(tx, workspaceId)).owner !== before.owner) return 'ownerMoved';
  if (!(await isAccepted(tx, workspaceId, to.owner))) return refused({ kind: 'memberUnknown' });
  const asked = { product, termsVersion: before.terms_version };
  const full =
    (await accountLimit(tx, { ...asked, user: to.owner, wants: 'own' })) ??
    (await accountLimit(tx, { ...asked, user: before.owner, wants: 'join' }));
  if (full !== null) return refused(full);
  const first = await keepTransfer(tx, account, to);
  if (!first.ok) return first;
  await setRole(tx, workspaceId, { user: before.owner, role: to.formerRole });
  await setRole(tx, workspaceId, { user: to.owner, role: 'owner' });
  await tx`update workspace w set owner_id = u.id from app_user u
    where w.id = ${workspaceId} and u.product_id = ${product} and u.external_id = ${to.owner}`;
  const data = { owner: to.owner };
  await tellFact(tx, workspaceId, { kind: 'ownershipTransferred', data });
  const noted = { ...data, formerOwner: before.owner };
  await note(tx, account, { actor: to.actor, action: 'ownershipTransferred', data: noted });
  await noteRing(tx, workspaceId);
  return ok(undefined);
}

async function readOwned(tx: Transaction, workspaceId: bigint): Promise<Owned> {
  const [row] = await tx<Owned[]>`
    select u.external_id as owner, w.personal, w.terms_version
    from workspace w join app_user u on u.id = w.owner_id where w.id = ${workspaceId}`;
  if (row === undefined) throw new Error(`workspace ${workspaceId} is gone`);
  return row;
}

async function isAccepted(tx: Transaction, workspaceId: bigint, user: string): Promise<boolean> {
  const rows = await tx`select 1 from membership m join app_user u on u.id = m.user_id
    where m.workspace_id = ${workspaceId} and u.external_id = ${user} and m.state = 'accepted'`;
  return rows.length > 0;
}

const setRole = (
  tx: Transaction,
  workspaceId: bigint,
  { user, role }: { readonly user: string; readonly role: string },
) =>
  tx`update membership m set role = ${role} from app_user u
    where u.id = m.user_id and u.external_id = ${user} and m.workspace_id = ${workspaceId}`;

/** Gives a Space to an accepted member, once per key; the lane's lock keeps two requests apart. */
export const transferSpace = (
  sql: Sql,
  account: LedgerAccount,
  to: SpaceTo,
): Promise<Outcome<undefined, SpaceRefusal>> =>
  inProduct(sql, account.product, async (tx) => {
    const { product, workspaceId } = account;
    await lockLedger(tx, [workspaceId]);
    const kept = await keptAnswer(tx, account, to.sent);
    if (!kept.ok || kept.value !== undefined) return kept.ok ? ok(undefined) : kept;
    if (!(await isAccepted(tx, workspaceId, to.owner))) return refused({ kind: 'memberUnknown' });
    const [living] = await tx`select 1 from resource where workspace_id = ${workspaceId}
      and kind = 'space' and external_id = ${to.space} and closed_at is null for update`;
    if (living === undefined) return refused({ kind: 'notFound' });
    const first = await keepTransfer(tx, account, to);
    if (!first.ok) return first;
    await tx`update resource r set owner_id = u.id from app_user u
      where r.workspace_id = ${workspaceId} and r.kind = 'space' and r.external_id = ${to.space}
        and u.product_id = ${product} and u.external_id = ${to.owner}`;
    return ok(undefined);
  });

/** Takes the key before anything is changed: another body that came under it first is found here. */
async function keepTransfer(
  tx: Transaction,
  account: LedgerAccount,
  { owner, sent }: To | SpaceTo,
): Promise<Outcome<undefined, KeyReused>> {
  const kept = await keepAnswer(tx, account, { ...sent, answer: owner });
  return kept.ok ? ok(undefined) : kept;
}
