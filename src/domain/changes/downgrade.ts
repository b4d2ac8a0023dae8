import { isFree } from '../life/activation.ts';
import type { Instant } from '../values/calendar.ts';
import { gate } from '../gates/gate.ts';
import { includedMicro, leavePlan, orderNextWindow } from '../credits/included.ts';
import type { Effect, Event, Lifecycle, Paid, Step, StepOutcome } from '../life/lifecycle.ts';
import type { Target } from './offer.ts';
import { negate, sum, type Minor } from '../values/money.ts';
import { ok, refused } from '../values/outcome.ts';
import { paysItself } from '../life/payer.ts';
import { takeSmallerPlan } from './period.ts';
import { seatsOf } from '../life/seats.ts';
import { isHeldAgainst, restOfWindow } from '../credits/spent-credits.ts';
import type { GivenBack } from '../life/spent-credits-fact.ts';
import { ask, chain, paidOf, updatePaid } from '../life/stepping.ts';
import { planOf, type Plan, type Terms } from '../terms/terms.ts';
import { seatsSharing, sharedTermLines, unusedLines } from './upgrade.ts';

type PlanChange = Extract<Event, { readonly kind: 'planChangeRequested' }>;

/**
 * Whether a change ends the pool that members share: the plan that they leave is held here, and the one
 * that they go to is held by each of them [2.35].
 */
export function endsThePool(life: Lifecycle, terms: Terms, target: Plan): boolean {
  const paid = paidOf(life);
  if (paid === undefined || paysItself(life, target)) return false;
  return paysItself(life, planOf(terms, paid.plan));
}

/** What a smaller plan has less of: features that it lacks or has in another form [0.24 4.02], by name. */
export const featuresLost = (from: Plan, to: Plan): string[] =>
  Object.entries(from.features)
    .filter(([name, had]) => had !== false && to.features[name] !== had)
    .map(([name]) => name)
    .toSorted();

/**
 * Moves to a smaller plan: at the term's end [2.36], or at once where the catalog says so. Refuses with
 * `ownershipNotTransferred` where the pool ends, the catalog asks for owners first, and a Space has none
 * [2.37 2.38]; at once with `paymentOverdue` while something is unpaid, for that gives nothing back.
 */
export function downgrade(
  life: Lifecycle,
  event: PlanChange,
  terms: Terms,
  target: Target,
): StepOutcome {
  const policy = terms.planChange.downgrade;
  const spaces = event.spacesWithoutOwner ?? [];
  const mustTransfer = policy.requires.includes('ownershipTransferred');
  if (mustTransfer && spaces.length > 0 && endsThePool(life, terms, target.plan)) {
    return refused({ kind: 'ownershipNotTransferred', spaces });
  }
  const paid = paidOf(life);
  // Another interval begins with a term of its own, so it waits for the end of this one.
  const sharesTerm = isFree(target.plan) || paid?.interval === target.interval;
  if (policy.at === 'periodEnd' || !sharesTerm) return ok(schedule(life, terms, target));
  if (paid?.status !== 'active') return refused({ kind: 'paymentOverdue' });
  const prorated = event.preview?.at ?? event.at;
  return ok(downgradeNow(life, terms, { ...target, paid, prorated }, event.at));
}

/** The rest of the running window that the old plan is given back for [0.26], and its credits. */
function planGivenBack(life: Lifecycle, terms: Terms, paid: Paid, at: Instant): GivenBack | null {
  const plan = planOf(terms, paid.plan);
  const { window, term } = paid;
  const unused = (from: Instant): Minor =>
    negate(sum(unusedLines(life, terms, paid, from).map(({ amountMinor }) => amountMinor)));
  const { amountMinor: creditedMinor, until } = restOfWindow({ at, window, term }, unused);
  const wantedMicro = includedMicro(plan, seatsOf(life, plan));
  if (wantedMicro === 0n || !isHeldAgainst(terms, creditedMinor)) return null;
  const { label } = window;
  return { of: 'plan', label, wantedMicro, creditedMinor, until, description: plan.name };
}

/** The unused part of the old plan is credited on the next invoice; nothing is paid out. */
function downgradeNow(
  life: Lifecycle,
  terms: Terms,
  to: Target & { readonly paid: Paid; readonly prorated: Instant },
  at: Instant,
): Step {
  const { paid, plan, prorated } = to;
  if (isFree(plan) || !paysItself(life, plan)) {
    const unused = unusedLines(life, terms, paid, prorated);
    const left = updatePaid(life, { seatsToday: [] });
    const ended = { ...left, upcoming: [...life.upcoming, ...unused] };
    const ifSpent = planGivenBack(life, terms, paid, prorated);
    return takeSmallerPlan(ended, terms, { ...to, ifSpent }, at);
  }
  const window = leavePlan(leavePlan(paid.window, paid.plan), plan.id);
  const lines = sharedTermLines(life, terms, { paid, target: to }, prorated);
  const upcoming = [...life.upcoming, ...lines];
  const seatsCharged = seatsSharing(life, plan, paid);
  return chain(
    { ...updatePaid(life, { plan: plan.id, scheduled: null, window, seatsCharged }), upcoming },
    ask(...creditsInstead(life, terms, to, at)),
    orderNextWindow(terms),
    gate(terms),
    ask({ kind: 'mirrorUpcoming', lines: upcoming }),
    ask({ kind: 'announce', what: 'planChanged', data: { from: paid.plan, to: plan.id } }),
  );
}

/** Where the pool is forfeited, the smaller plan's credits stand in its place, once per window. */
function creditsInstead(
  life: Lifecycle,
  terms: Terms,
  to: { readonly paid: Paid; readonly plan: Plan; readonly prorated: Instant },
  at: Instant,
): Effect[] {
  if (terms.planChange.downgrade.pooledCredits === 'keep') return [];
  const { paid, plan } = to;
  const { label, end, upgradedTo } = paid.window;
  const ifSpent = planGivenBack(life, terms, paid, to.prorated);
  const lost: Effect = {
    kind: 'voidIncluded',
    sourcePrefix: `included:${label}`,
    ...(ifSpent === null ? {} : { ifSpent }),
  };
  const amountMicro = includedMicro(plan, seatsOf(life, plan));
  if (amountMicro === 0n || upgradedTo.includes(plan.id)) return [lost];
  const sourceKey = `included:${label}:to:${plan.id}`;
  const given = { kind: 'grantCredits', grantKind: 'included', amountMicro } as const;
  return [lost, { ...given, effectiveAt: at, expiresAt: end, sourceKey }];
}

function schedule(life: Lifecycle, terms: Terms, target: Target): Step {
  const { plan, interval } = target;
  return chain(
    updatePaid(life, { scheduled: { kind: 'plan', plan: plan.id, interval } }),
    orderNextWindow(terms),
    ask({ kind: 'announce', what: 'changeScheduled', data: { plan: plan.id, interval } }),
  );
}
