// The entry of the workflow bundle; the one barrel of the code base.
export { workspaceBilling } from './workspace-billing.ts';
