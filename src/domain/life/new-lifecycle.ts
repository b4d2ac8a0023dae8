import type { Instant } from '../values/calendar.ts';
import type { Lifecycle } from './lifecycle.ts';
import { minor } from '../values/money.ts';

/** A workspace before its first plan. The owner is its first member. */
export function newLifecycle(workspace: {
  readonly product: string;
  readonly workspace: string;
  readonly owner: string;
  readonly timeZone: string;
  readonly currency: string;
  readonly termsVersion: number;
  readonly at: Instant;
  readonly clock: 'real' | 'test';
}): Lifecycle {
  const { at, clock, ...identity } = workspace;
  return {
    ...identity,
    version: 0,
    at,
    seenSeq: 0,
    clock: clock === 'test' ? { kind: 'test', now: at, target: null } : { kind: 'real' },
    subscription: { status: 'none' },
    paymentMethodOnFile: false,
    members: 1,
    invited: [],
    purchasedSeats: 1,
    trialsUsed: [],
    lastWindow: null,
    accountCreditMinor: minor(0),
    upcoming: [],
    checkout: null,
    autoTopUp: null,
  };
}

/** Whether the workspace is one person's own; its id says so: `user:<id>`. */
export const isPersonal = (life: { readonly workspace: string }): boolean =>
  life.workspace.startsWith('user:');

export const personalWorkspaceOf = (user: string): string => `user:${user}`;
