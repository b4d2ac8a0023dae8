import { isPersonal, personalWorkspaceOf } from './new-lifecycle.ts';
import { refused, ok, type Outcome } from '../values/outcome.ts';
import type { Plan } from '../terms/terms.ts';

/** Whether a workspace on this plan pays for its calls itself [2.02 2.04]. */
export const paysItself = (of: { readonly workspace: string }, plan: Plan): boolean =>
  plan.holder === 'org' || isPersonal(of);

/**
 * The one workspace that a call is charged to [2.05]: the organisation, or on a plan whose credits belong
 * to the user, the calling member's personal workspace.
 */
export function payerOf(call: {
  readonly workspace: string;
  readonly memberPaid: boolean;
  readonly member: string | null;
}): Outcome<
  { readonly workspace: string; readonly onBehalfOf: string | null },
  { readonly kind: 'memberPlanRequired' }
> {
  if (!call.memberPaid) return ok({ workspace: call.workspace, onBehalfOf: null });
  if (call.member === null) return refused({ kind: 'memberPlanRequired' });
  return ok({ workspace: personalWorkspaceOf(call.member), onBehalfOf: call.workspace });
}
