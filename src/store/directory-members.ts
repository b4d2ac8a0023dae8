import { ok, refused, type Outcome } from '../domain/values/outcome.ts';
import type { AccountLimitReached } from '../ports/accounts.ts';
import type {
  Directory,
  MemberRecord,
  OwnerStays,
  PeopleMost,
  SeatsExhausted,
} from '../ports/directory.ts';
import type { LedgerAccount } from '../ports/ledger.ts';
import { accountLimit, lockUsers } from './account-limits.ts';
import { inProduct, type Sql, type Transaction } from './connect.ts';
import { noteRing, tellFact } from './feed.ts';
import { lockLedger, touchLedger } from './ledger-writes.ts';
import { ensureUser } from './new-workspace.ts';
import { readTogether } from './read-together.ts';

type Row = {
  readonly external_id: string;
  readonly role: string;
  readonly state: MemberRecord['state'];
  readonly invited_at: string;
  readonly accepted_at: string | null;
  readonly removed_at: string | null;
};

const memberOf = (row: Row): MemberRecord => ({
  member: row.external_id,
  role: row.role,
  state: row.state,
  invitedAt: row.invited_at,
  acceptedAt: row.accepted_at,
  removedAt: row.removed_at,
});

/** Reads members of one product's workspaces together. */
export function memberReader(sql: Sql): Directory['member'] {
  type Asked = { readonly workspaceId: bigint; readonly member: string };
  const readers = new Map<string, (asked: Asked) => Promise<MemberRecord | undefined>>();
  return ({ product, workspaceId }, member) => {
    const reader =
      readers.get(product) ??
      readTogether<Asked, MemberRecord | undefined>((asked) =>
        inProduct(sql, product, async (tx) => {
          const rows = await tx<(Row & { readonly place: bigint })[]>`
            select a.place, u.external_id, m.role, m.state, m.invited_at, m.accepted_at,
              m.removed_at
            from unnest(${asked.map((one) => one.workspaceId.toString())}::bigint[],
              ${asked.map((one) => one.member)}::text[]) with ordinality a(workspace_id, member, place)
            join app_user u on u.product_id = ${product} and u.external_id = a.member
            join membership m on m.user_id = u.id and m.workspace_id = a.workspace_id`;
          const found = new Map(rows.map((row) => [Number(row.place), memberOf(row)]));
          return asked.map((_, at) => found.get(at + 1));
        }),
      );
    readers.set(product, reader);
    return reader({ workspaceId, member });
  };
}

export const readMembers = (sql: Sql, account: LedgerAccount): Promise<MemberRecord[]> =>
  inProduct(sql, account.product, async (tx) => {
    const rows = await tx<Row[]>`
      select u.external_id, m.role, m.state, m.invited_at, m.accepted_at, m.removed_at
      from membership m join app_user u on u.id = m.user_id
      where m.workspace_id = ${account.workspaceId} and m.state <> 'removed'
      order by u.external_id`;
    return rows.map(memberOf);
  });

async function findMember(
  tx: Transaction,
  account: LedgerAccount,
  member: string,
): Promise<MemberRecord | undefined> {
  const [row] = await tx<Row[]>`
    select u.external_id, m.role, m.state, m.invited_at, m.accepted_at, m.removed_at
    from membership m join app_user u on u.id = m.user_id
    where m.workspace_id = ${account.workspaceId} and u.external_id = ${member}`;
  return row && memberOf(row);
}

export async function putMember(
  sql: Sql,
  account: LedgerAccount,
  change: Parameters<Directory['putMember']>[1],
): ReturnType<Directory['putMember']> {
  // Before the lane's lock, in a transaction of its own: rows of users are locked after lanes.
  const user = await inProduct(sql, account.product, (tx) =>
    ensureUser(tx, account.product, change.member),
  );
  return changeMember(sql, account, change.member, async (tx, before, at) => {
    const state = before?.state === 'accepted' ? 'accepted' : change.state;
    const joins = state === 'accepted' && before?.state !== 'accepted';
    const full = await noRoom(tx, account, change, { isHere: isHere(before), joins });
    if (full !== null) return refused(full);
    await storeMembership(tx, account, { user, role: change.role, state, before, at });
    const kind = joins ? 'memberAccepted' : 'memberInvited';
    if (joins || (state === 'invited' && before?.state !== 'invited')) {
      await tellFact(tx, account.workspaceId, { kind, data: { member: change.member } });
      await noteRing(tx, account.workspaceId);
    }
    return ok(undefined);
  });
}

/** Keeps since when somebody is invited and a member, unless they had left. */
async function storeMembership(
  tx: Transaction,
  { workspaceId, product }: LedgerAccount,
  put: {
    readonly user: bigint;
    readonly role: string;
    readonly state: MemberRecord['state'];
    readonly before: MemberRecord | undefined;
    readonly at: string;
  },
): Promise<void> {
  const { user, role, state, before, at } = put;
  const invitedAt = before === undefined || before.state === 'removed' ? at : before.invitedAt;
  const acceptedAt = before?.state === 'accepted' ? before.acceptedAt : at;
  await tx`insert into membership (
      workspace_id, user_id, product_id, role, state, invited_at, accepted_at
    ) values (
      ${workspaceId}, ${user}, ${product}, ${role}, ${state}, ${invitedAt},
      ${state === 'accepted' ? acceptedAt : null}
    )
    on conflict (workspace_id, user_id) do update set
      role = excluded.role, state = excluded.state, invited_at = excluded.invited_at,
      accepted_at = excluded.accepted_at, removed_at = null`;
}

export const removeMember = (
  sql: Sql,
  account: LedgerAccount,
  member: string,
): ReturnType<Directory['removeMember']> =>
  changeMember(sql, account, member, async (tx, before, at) => {
    if (before === undefined) return refused({ kind: 'notFound' } as const);
    if (before.state === 'removed') return ok(undefined);
    await tx`update membership m set state = 'removed', removed_at = ${at}
      from app_user u
      where u.id = m.user_id and u.external_id = ${member}
        and m.workspace_id = ${account.workspaceId}`;
    const kind = before.state === 'accepted' ? 'memberRemoved' : 'invitationWithdrawn';
    await tellFact(tx, account.workspaceId, { kind, data: { member } });
    await noteRing(tx, account.workspaceId);
    return ok(undefined);
  });

/** Whether nobody more is let in; counted under the lane's lock, so that no two take the last seat. */
async function seatsExhausted(
  tx: Transaction,
  { workspaceId }: LedgerAccount,
  most: number | null,
): Promise<SeatsExhausted | null> {
  if (most === null) return null;
  const [row] = await tx<{ accepted: number }[]>`
    select count(*)::int as accepted from membership
    where workspace_id = ${workspaceId} and state = 'accepted'`;
  if (row === undefined) throw new Error('a count has a row');
  return row.accepted < most ? null : { kind: 'seatsExhausted', seats: most };
}

/** The first limit that keeps somebody out; null: there is room for them. */
const noRoom = async (
  tx: Transaction,
  account: LedgerAccount,
  change: Parameters<Directory['putMember']>[1],
  { isHere: wasHere, joins }: { readonly isHere: boolean; readonly joins: boolean },
): Promise<SeatsExhausted | PeopleMost | AccountLimitReached | null> =>
  (joins ? await seatsExhausted(tx, account, change.membersMost) : null) ??
  (wasHere ? null : await peopleMost(tx, account, change.peopleMost)) ??
  (joins ? await joinedMost(tx, account, change.member) : null);

/** A member, or invited: whoever takes a place of the plan's [3.22]. */
const isHere = (member: MemberRecord | undefined): boolean =>
  member !== undefined && member.state !== 'removed';

/** Whether nobody more may be invited; counted under the lane's lock like the seats. */
async function peopleMost(
  tx: Transaction,
  { workspaceId }: LedgerAccount,
  most: number | null,
): Promise<PeopleMost | null> {
  if (most === null) return null;
  const [row] = await tx<{ used: number }[]>`
    select count(*)::int as used from membership
    where workspace_id = ${workspaceId} and state <> 'removed'`;
  if (row === undefined) throw new Error('a count has a row');
  return row.used < most ? null : { kind: 'peopleMost', used: row.used };
}

/** Whether the user may join no further organisation; their own workspace is none [3.20]. */
async function joinedMost(
  tx: Transaction,
  { product, workspaceId }: LedgerAccount,
  user: string,
): Promise<AccountLimitReached | null> {
  const [row] = await tx<{ personal: boolean; terms_version: number }[]>`
    select personal, terms_version from workspace where id = ${workspaceId}`;
  if (row === undefined) throw new Error(`workspace ${workspaceId} is gone`);
  if (row.personal) return null;
  return accountLimit(tx, { product, user, termsVersion: row.terms_version, wants: 'join' });
}

/** One change of one membership, after the locks of its user and of the lane; the owner's own is never changed here. */
function changeMember<Refusal>(
  sql: Sql,
  account: LedgerAccount,
  member: string,
  change: (
    tx: Transaction,
    before: MemberRecord | undefined,
    at: string,
  ) => Promise<Outcome<undefined, Refusal>>,
): Promise<Outcome<MemberRecord, Refusal | OwnerStays>> {
  return inProduct(sql, account.product, async (tx) => {
    await lockUsers(tx, account.product, [member]);
    await lockLedger(tx, [account.workspaceId]);
    const at = await touchLedger(tx, account.workspaceId);
    if (await isOwner(tx, account, member)) return refused({ kind: 'ownerStays' });
    const changed = await change(tx, await findMember(tx, account, member), at);
    if (!changed.ok) return changed;
    const after = await findMember(tx, account, member);
    if (after === undefined) throw new Error(`member ${member} was stored and is gone`);
    return ok(after);
  });
}

async function isOwner(tx: Transaction, account: LedgerAccount, member: string): Promise<boolean> {
  const rows = await tx`select 1 from workspace w join app_user u on u.id = w.owner_id
    where w.id = ${account.workspaceId} and u.external_id = ${member}`;
  return rows.length > 0;
}
