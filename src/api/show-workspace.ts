import type { z } from 'zod';
import { daysBetween, isBefore, type Instant } from '../domain/values/calendar.ts';
import { entitlements } from '../domain/gates/entitlement.ts';
import { statusAt } from '../domain/gates/gate.ts';
import type { Lifecycle, Status } from '../domain/life/lifecycle.ts';
import { seatsOf } from '../domain/life/seats.ts';
import { paidOf, planIdOf } from '../domain/life/stepping.ts';
import {
  permissions,
  planOf,
  type Interval,
  type Plan,
  type Terms,
} from '../domain/terms/terms.ts';
import type { WorkspaceRecord } from '../ports/directory.ts';
import { bannersOf, type Told } from './banners.ts';
import { pinnedTerms } from './current-terms.ts';
import { lowBanners } from './low-banners.ts';
import { moneyBanners } from './money-banners.ts';
import type { Call } from './parts.ts';
import type { workspaceShown } from './shown-workspace.ts';
import { may } from './viewer.ts';

type Shown = z.output<typeof workspaceShown>;
type Seen = { readonly record: WorkspaceRecord; readonly terms: Terms; readonly status: Status };

/** A workspace as its people see it now, whether or not a worker has lived until now. */
export async function showWorkspace(
  { parts, sight }: Pick<Call, 'parts' | 'sight'>,
  record: WorkspaceRecord,
): Promise<Shown> {
  const terms = await pinnedTerms({ parts }, record);
  const balance = await parts.ledger.balance(record.account);
  if (balance === undefined) throw new Error(`${record.of.workspace} has no ledger`);
  const { lifecycle: life, at } = record;
  const seen: Seen = { record, terms, status: statusAt(life, terms, at) };
  const { availableMicro, overage, spend } = balance;
  const low = [...lowBanners(balance, terms, sight), ...moneyBanners(seen.status, balance)];
  return {
    ...identityOf(record),
    ...planStateOf(seen),
    members: life.members,
    seats: seatsShownOf(seen),
    features: entitlements({ life, terms, availableMicro, overage, spend, at }).map(
      (entitlement) => ({
        ...entitlement,
        reasons: [...entitlement.reasons],
        remedies: [...entitlement.remedies],
      }),
    ),
    banners: bannersOf(toldOf(seen, low), { publicUrl: parts.publicUrl, sight }),
    paymentMethod: record.paymentMethod,
    autoTopUp: autoTopUpOf(life),
    billing: { ...record.billing, copies: [...record.billing.copies] },
    may: permissions.filter((permission) => may(sight, permission)),
  };
}

const toldOf = (seen: Seen, low: Told['low']): Told => ({
  low,
  record: seen.record,
  status: seen.status,
  trialDaysLeft: trialOf(seen.record)?.daysLeft ?? 0,
  seatWarning: seatsShownOf(seen)?.warning ?? null,
});

const identityOf = (record: WorkspaceRecord) => ({
  id: record.of.workspace,
  personal: record.personal,
  owner: record.owner,
  currency: record.currency,
  timeZone: record.timeZone,
  testClock: record.testClock,
  movingTo: clockTarget(record.lifecycle),
  at: record.at,
  termsVersion: record.termsVersion,
});

function planStateOf({ record, terms, status }: Seen) {
  const { lifecycle: life } = record;
  const { subscription } = life;
  const planId = planIdOf(subscription);
  const interval = 'interval' in subscription ? subscription.interval : null;
  return {
    status,
    shownAs: shownAs(status),
    plan: planId === null ? null : planShownOf(planOf(terms, planId), interval),
    period: paidOf(life)?.period ?? null,
    nextBillingAt: nextBillingAt(life),
    trial: trialOf(record),
    canceledAt: subscription.status === 'canceled' ? subscription.canceledAt : null,
    scheduledChange: scheduledOf(life),
  };
}

/** The name stands on the page's card as a badge, in capitals [0.07 2.11]. */
const planShownOf = ({ id, name }: Plan, interval: Interval | null) => ({
  ...{ id, name, interval },
  badge: name.toUpperCase(),
});

/** Free counts as active and an ended trial as a trial; of a canceled plan only its end is shown. */
function shownAs(status: Status): Shown['shownAs'] {
  switch (status) {
    case 'free':
    case 'active':
      return 'Active';
    case 'trialing':
    case 'trialEnded':
      return 'Trial';
    case 'pastDue':
    case 'suspended':
      return 'Past Due';
    case 'none':
    case 'memberPaid':
    case 'incomplete':
    case 'canceled':
      return null;
  }
}

/** The base recurs with the term; months within a year are charged only for what waits. */
function nextBillingAt(life: Lifecycle): string | null {
  const { subscription } = life;
  if (subscription.status === 'trialing') {
    return life.paymentMethodOnFile ? subscription.trialEndsAt : null;
  }
  if (subscription.status === 'pastDue') return subscription.dunning.nextTryAt;
  if (subscription.status !== 'active') return null;
  const { period, term, scheduled } = subscription;
  if (life.upcoming.length > 0 || subscription.seatsToday.length > 0) return period.end;
  return scheduled?.kind === 'cancel' ? null : term.end;
}

function trialOf({ lifecycle: { subscription }, at, timeZone }: WorkspaceRecord): Shown['trial'] {
  if (subscription.status === 'trialEnded') {
    return { endsAt: subscription.trialEndedAt, daysLeft: 0 };
  }
  if (subscription.status !== 'trialing') return null;
  const { trialEndsAt: endsAt } = subscription;
  const daysLeft = isBefore(at, endsAt) ? daysBetween(at, endsAt, timeZone) : 0;
  return { endsAt, daysLeft };
}

function autoTopUpOf({ autoTopUp: rule, currency }: Lifecycle): Shown['autoTopUp'] {
  if (rule === null) return null;
  const { inFlight, restsUntil, stoppedBy } = rule;
  const idle = restsUntil === null ? 'waiting' : 'resting';
  return {
    threshold: rule.thresholdMicro,
    price: { amountMinor: rule.priceMinor, currency },
    state: stoppedBy !== null ? 'stopped' : inFlight !== null ? 'buying' : idle,
    restsUntil,
    stoppedBy,
  };
}

function scheduledOf(life: Lifecycle): Shown['scheduledChange'] {
  const paid = paidOf(life);
  const scheduled = paid?.scheduled ?? null;
  if (paid === undefined || scheduled === null) return null;
  const at = paid.term.end;
  return scheduled.kind === 'cancel'
    ? { kind: 'cancel', plan: null, interval: null, at }
    : { ...scheduled, at };
}

function seatsShownOf({ record: { lifecycle: life }, terms }: Seen): Shown['seats'] {
  const planId = planIdOf(life.subscription);
  if (planId === null) return null;
  const plan = planOf(terms, planId);
  const { model } = plan.seats;
  if (model === 'none') return null;
  const { members: used, purchasedSeats } = life;
  if (model === 'counted') {
    return { model, used: seatsOf(life, plan), purchased: null, warning: null };
  }
  const warning =
    used > purchasedSeats
      ? `${used} members use ${purchasedSeats} seats. Buy more seats, or remove members.`
      : null;
  return { model, used, purchased: purchasedSeats, warning };
}

/** Deadlines of one instant are lived one by one: a clock has arrived once none of them is left. */
export const clockTarget = ({ clock }: WorkspaceRecord['lifecycle']): Instant | null =>
  clock.kind === 'test' ? clock.target : null;
