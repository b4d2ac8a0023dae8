/** Why a workspace cannot be put under a contract as it is written. */
export const contractObstacles = [
  'soldToAnybody',
  'notHeldHere',
  'brokenLength',
  'cannotFollow',
  'checkoutOpen',
] as const;
export type ContractObstacle = (typeof contractObstacles)[number];

/** Why it cannot, and what to do about it. */
export function explainContractObstacle(why: ContractObstacle): string {
  switch (why) {
    case 'soldToAnybody':
      return 'Anybody can have this plan. Name a plan that the catalog sells by contract.';
    case 'notHeldHere':
      return 'This plan’s credits belong to users, not to an organisation. Name another plan.';
    case 'brokenLength':
      return 'The length must be a whole number of the intervals that it is invoiced by.';
    case 'cannotFollow':
      return 'What follows must be a plan that this workspace could choose itself, by that interval.';
    case 'checkoutOpen':
      return 'A checkout is open. Wait until it is paid or over, then agree on the contract again.';
  }
}
