/** Why a workspace cannot be moved to a version as it stands there. */
export const moveObstacles = [
  'planGone',
  'byContract',
  'underContract',
  'holderChanged',
  'currencyChanged',
  'costBegins',
  'costEnds',
  'intervalGone',
  'scheduledPlanGone',
  'checkoutOpen',
  'overdue',
] as const;
export type MoveObstacle = (typeof moveObstacles)[number];

/** Why it cannot be moved, and what to do about it. */
export function explainObstacle(why: MoveObstacle): string {
  switch (why) {
    case 'planGone':
      return 'The version has no such plan. Name one of its plans for it: --plan OLD=NEW.';
    case 'byContract':
      return 'The plan is sold by contract there. Put the workspace on a contract, or on another plan.';
    case 'underContract':
      return 'The workspace’s contract is for another plan. Agree on a contract for that one instead.';
    case 'holderChanged':
      return 'The plan’s credits belong to somebody else there. The owner has to change the plan.';
    case 'currencyChanged':
      return 'The version is in another currency. The customer has to start anew.';
    case 'costBegins':
      return 'The plan costs nothing now and would cost something. The customer has to choose that.';
    case 'costEnds':
      return 'The plan costs something now and would cost nothing. Change the plan instead.';
    case 'intervalGone':
      return 'The plan is not sold by this interval there. Change the interval first.';
    case 'scheduledPlanGone':
      return 'A change to a plan is scheduled that the version does not have. Cancel that first.';
    case 'checkoutOpen':
      return 'A checkout is open. Wait until it is paid or over, then move it again.';
    case 'overdue':
      return 'An invoice is overdue. Move it again once that is paid.';
  }
}
