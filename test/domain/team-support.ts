import type { Instant } from '../../src/domain/values/calendar.ts';
import type { Effect, EventKind } from '../../src/domain/life/lifecycle.ts';
import { minor } from '../../src/domain/values/money.ts';
import type { Interval } from '../../src/domain/terms/terms.ts';
import { openWorkspace, termsOf, type Workspace } from './support.ts';

export const terms = termsOf('team');
export const opened = '2026-01-10T09:00:00.000Z';
export const renewed = '2026-02-10T09:00:00.000Z';

export const january = (day: string, time = '12:00'): Instant => `2026-01-${day}T${time}:00.000Z`;

export const changeTo = (
  plan: string,
  payment = 'p1',
  interval: Interval = 'month',
): EventKind => ({
  kind: 'planChangeRequested',
  plan,
  interval,
  payment,
  returnTo: 'https://example.test/billing',
  preview: null,
});

/** An organisation on a plan that its members pay for themselves. */
export const solo = (): Workspace => {
  const workspace = openWorkspace(terms, { at: opened, timeZone: 'Europe/Paris', clock: 'test' });
  workspace.happens(opened, { kind: 'started', plan: 'pro', interval: 'month' });
  return workspace;
};

/** An organisation whose checkout for the team plan was paid at `opened`. */
export const onTeam = (): Workspace => {
  const workspace = solo();
  workspace.happens(opened, changeTo('team'));
  workspace.happens(opened, { kind: 'planPurchasePaid', payment: 'p1', totalMinor: minor(6_100) });
  workspace.happens(opened, { kind: 'paymentMethodAttached' });
  return workspace;
};

export const join = (workspace: Workspace, at: Instant, ...members: readonly string[]): Effect[] =>
  members.flatMap((member) => workspace.happens(at, { kind: 'memberAccepted', member }));
