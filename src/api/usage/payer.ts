import { payerOf } from '../../domain/life/payer.ts';
import { ok, refused, type Outcome } from '../../domain/values/outcome.ts';
import type {
  ChargedWorkspace,
  RememberedWorkspace,
  WorkspaceRecord,
} from '../../ports/directory.ts';
import type { Seen } from '../../ports/ledger.ts';
import type { Call } from '../parts.ts';
import { problemOf, refuse, type Problem } from '../problem.ts';
import { findWorkspace } from '../workspace-lookup.ts';
import { remedies } from './remedies.ts';

/** Who is charged for a call, and for whose view. */
export type Payer = {
  readonly workspace: ChargedWorkspace;
  /** The organisation, where a member's own workspace pays for it. */
  readonly onBehalfOf: bigint | undefined;
};

/** A call as it is addressed. A new one needs an accepted member, and a plan where members pay. */
export type Addressed = {
  readonly workspace: string;
  readonly member: string | undefined;
  readonly begins: 'now' | 'before';
};

/**
 * The payer by what this process remembers, and what that presumes, for the ledger to check under its lock;
 * undefined: it must be found. So most calls are judged without asking the books twice, and what is
 * refused is refused by what `findPayer` reads.
 */
export function recallPayer(
  call: Call,
  { workspace, member, begins }: Addressed,
): { readonly payer: Payer; readonly seen: readonly Seen[] } | undefined {
  const { product } = call.caller;
  const { directory } = call.parts;
  const called = directory.remembered({ product, workspace });
  if (called === undefined) return undefined;
  const whose = payerOf({ workspace, memberPaid: isMemberPaid(called), member: member ?? null });
  if (!whose.ok) return undefined;
  const seen = seenOf(called, begins === 'now' ? (member ?? null) : null);
  if (whose.value.onBehalfOf === null) {
    return { payer: { workspace: called, onBehalfOf: undefined }, seen: [seen] };
  }
  const own = directory.remembered({ product, workspace: whose.value.workspace });
  if (own === undefined || (begins === 'now' && !hasPlan(own))) return undefined;
  const payer = { workspace: own, onBehalfOf: called.account.workspaceId };
  return { payer, seen: [seen, seenOf(own, null)] };
}

const seenOf = (
  { account, lifecycle, roster, members }: RememberedWorkspace,
  member: string | null,
): Seen => ({
  workspaceId: account.workspaceId,
  version: lifecycle.version,
  roster,
  member: member === null || members.has(member) ? null : member,
});

/** What the ledger has found need not be looked for again: its roster tells when it has changed. */
export function rememberFound(call: Call, workspace: string, [called]: readonly Seen[]): void {
  if (called === undefined || called.member === null) return;
  const { product } = call.caller;
  call.parts.directory.rememberMember({ product, workspace }, called.roster, called.member);
}

/** The payer of a new call [2.02 2.05]: its member must be an accepted one, with a plan where they pay. */
export async function findPayer(
  call: Call,
  workspace: string,
  member: string | undefined,
): Promise<Outcome<Payer, Problem>> {
  const called = await findWorkspace(call, workspace);
  if (!called.ok) return called;
  if (member !== undefined) {
    const membership = await call.parts.directory.member(called.value.account, member);
    if (membership?.state !== 'accepted') {
      return refuse('memberUnknown', `"${member}" is not an accepted member of "${workspace}".`);
    }
  }
  const payer = await payerAmong(call, called.value, member);
  if (!payer.ok) return payer;
  const pays = payer.value.onBehalfOf === undefined || hasPlan(payer.value.workspace);
  return pays ? payer : refusePlanless(call, payer.value.workspace.of.workspace);
}

/** The payer of what was begun before: it stays the payer, whatever became of the membership. */
export async function findPayerOfOld(
  call: Call,
  workspace: string,
  member: string | undefined,
): Promise<Outcome<Payer, Problem>> {
  const called = await findWorkspace(call, workspace);
  if (!called.ok) return called;
  return member === undefined
    ? ok({ workspace: called.value, onBehalfOf: undefined })
    : payerAmong(call, called.value, member);
}

async function payerAmong(
  call: Call,
  called: WorkspaceRecord,
  member: string | undefined,
): Promise<Outcome<Payer, Problem>> {
  const memberPaid = isMemberPaid(called);
  const payer = payerOf({ workspace: called.of.workspace, memberPaid, member: member ?? null });
  if (!payer.ok) return refuse('memberRequired');
  if (payer.value.onBehalfOf === null) return ok({ workspace: called, onBehalfOf: undefined });
  const { product } = call.caller;
  const own = await call.parts.directory.workspace({ product, workspace: payer.value.workspace });
  return own === undefined
    ? refusePlanless(call, payer.value.workspace)
    : ok({ workspace: own, onBehalfOf: called.account.workspaceId });
}

const isMemberPaid = ({ lifecycle }: ChargedWorkspace): boolean =>
  lifecycle.subscription.status === 'memberPaid';

const hasPlan = ({ lifecycle: { subscription } }: ChargedWorkspace): boolean =>
  subscription.status !== 'none' && subscription.status !== 'incomplete';

function refusePlanless(call: Call, workspace: string): Outcome<never, Problem> {
  const problem = problemOf(
    'memberPlanRequired',
    'This member has no plan of their own. Start one for their personal workspace.',
  );
  const offered = remedies(call.parts.publicUrl, workspace, ['startPlan']);
  const more = { message: problem.detail, limits: [], remedies: offered };
  return refused({ ...problem, more });
}
