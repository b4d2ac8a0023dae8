/** Denials of what lives at one time: projects, people, organisations of one user [3.25 3.26]. */
import { denialAnswer, type DenialKind, type Denials } from '../domain/gates/denial.ts';
import { growthOf, type Growth } from '../domain/changes/growth.ts';
import type { LimitReached, LiveLimit } from '../domain/changes/limits.ts';
import { planIdOf } from '../domain/life/stepping.ts';
import { planOf, type Plan, type Terms } from '../domain/terms/terms.ts';
import type { AccountLimitReached } from '../ports/accounts.ts';
import type { WorkspaceRecord } from '../ports/directory.ts';
import { pinnedTerms } from './current-terms.ts';
import type { Call, UnseenCall } from './parts.ts';
import { problemOf, type Refused } from './problem.ts';
import { contactSales, remedies, type Remedy } from './usage/remedies.ts';

const codes = {
  ownedOrgs: 'ownedOrgLimitReached',
  joinedOrgs: 'joinedOrgLimitReached',
  workspaces: 'workspaceLimitReached',
  projects: 'projectLimitReached',
  seatsAndInvitations: 'seatLimitReached',
} as const satisfies Record<LiveLimit, DenialKind>;

/** The plan whose limits hold in a workspace; null before its first one. */
export async function planNow(
  call: UnseenCall,
  record: WorkspaceRecord,
): Promise<{ readonly terms: Terms; readonly plan: Plan | null }> {
  const terms = await pinnedTerms(call, record);
  const id = planIdOf(record.lifecycle.subscription);
  return { terms, plan: id === null ? null : planOf(terms, id) };
}

/** A limit of the workspace's own plan, which alone would help by growing. */
export const refuseFull = (
  call: Call,
  { of }: WorkspaceRecord,
  full: {
    readonly limit: LiveLimit;
    readonly used: number;
    readonly terms: Terms;
    readonly plan: Plan;
  },
): Refused => {
  const { limit, used, terms, plan } = full;
  const reached = { limit, used, cap: plan.limits[limit] ?? used };
  const growth = growthOf(terms, plan.id);
  const ways = waysOut(call, of.workspace, growth);
  return refuseLimit(reached, { scope: null, ways, denials: terms.denials });
};

/** A limit of the user's plans; without any, a first one of their own would help. */
export const refuseAccountFull = (
  call: Call,
  terms: Terms,
  { limit, used, cap, plan, user, decidedBy }: AccountLimitReached,
): Refused => {
  const ways = decidedBy === null ? [] : waysOut(call, decidedBy, growthOf(terms, plan));
  return refuseLimit({ limit, used, cap }, { scope: user, ways, denials: terms.denials });
};

function waysOut({ parts }: Call, workspace: string, growth: Growth): Remedy[] {
  switch (growth.kind) {
    case 'plan':
      return remedies(parts.publicUrl, workspace, ['changePlan']);
    case 'contract':
      return [contactSales(growth.contact)];
    case 'none':
      return [];
  }
}

function refuseLimit(
  { limit, used, cap }: Pick<LimitReached, 'limit' | 'used' | 'cap'>,
  told: {
    readonly scope: string | null;
    readonly ways: readonly Remedy[];
    readonly denials: Denials;
  },
): Refused {
  const { scope, ways, denials } = told;
  const problem = problemOf(codes[limit]);
  const detail = `${problem.detail} There are ${used} of ${cap}.`;
  const limits = [{ limit, scope, used, cap, resetsAt: null }];
  const more = { message: detail, limits, remedies: ways };
  const refusal = { ...problem, detail, more, told: denialAnswer(denials, codes[limit]) };
  return { ok: false, refusal };
}
