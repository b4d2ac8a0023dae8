/** A workspace moves to another version of its product's terms, because an operator asks for it. */
import { isFree } from '../life/activation.ts';
import type { Instant } from '../values/calendar.ts';
import { underTerms } from './coming-terms.ts';
import { publishedOf, termsUnder } from '../terms/contract.ts';
import { gate } from '../gates/gate.ts';
import { orderNextWindow } from '../credits/included.ts';
import { prorationLines, termLines } from '../invoices/invoice.ts';
import type { Effect, Event, InvoiceLine, Lifecycle, StepOutcome } from '../life/lifecycle.ts';
import type { MoveObstacle } from './move-obstacle.ts';
import { isPersonal } from '../life/new-lifecycle.ts';
import { ok, refused } from '../values/outcome.ts';
import { toPlain } from '../values/plain.ts';
import { basisOf } from './plan-change.ts';
import { ask, chain, paidOf, planIdOf, stay, type PaidSubscription } from '../life/stepping.ts';
import { planOf, type Interval, type Plan, type Terms } from '../terms/terms.ts';
import { seatsSharing, unusedLines } from './upgrade.ts';

type TermsChange = Extract<Event, { readonly kind: 'termsChangeRequested' }>;

/** What a previewed move must find unchanged, so that the next invoice is the one that was shown. */
export function moveBasisOf(life: Lifecycle): string {
  const { upcoming, accountCreditMinor, comingTerms, invited } = life;
  const paid = paidOf(life);
  const moved = { upcoming, accountCreditMinor, comingTerms, invited };
  const paidFacts = paid && { interval: paid.interval, seatsToday: paid.seatsToday };
  return JSON.stringify([basisOf(life), toPlain(moved), paidFacts ?? null]);
}

/**
 * Moves to a version at the end of what is paid for, or now: then what is left of the term is credited at the
 * old price and charged at the new one, on the next invoice. Who has paid for no term moves at once, and
 * what runs (a trial, a window) goes on as it was granted. Choosing the version that runs takes a scheduled
 * move back. Refuses with `cannotMove`, and with `previewStale` where something changed since the preview.
 */
export function changeTerms(life: Lifecycle, event: TermsChange, terms: Terms): StepOutcome {
  if (event.preview !== null && event.preview.basis !== moveBasisOf(life)) {
    return refused({ kind: 'previewStale' });
  }
  const { when } = event;
  const to = termsUnder(life.contract?.agreed, event.to);
  if (to.version === life.termsVersion) return ok(stayOnTerms(life, terms));
  const move = { ...event, to };
  const why = obstacleTo(life, move);
  if (why !== null) return refused({ kind: 'cannotMove', why });
  const paid = paidOf(life);
  const prorated = event.preview?.at ?? event.at;
  if (paid === undefined) return ok(moveNow(life, move, []));
  if (when === 'now') return ok(moveNow(life, move, shareLines(life, terms, move, prorated)));
  const isSame = event.plan === null || event.plan === paid.plan;
  const plan = isSame ? null : { from: paid.plan, to: event.plan };
  const coming: Lifecycle = { ...life, comingTerms: { version: to.version, plan } };
  const data = { version: to.version, at: paid.term.end };
  const withMove = { ...publishedOf(terms), coming: event.to };
  return ok(
    chain(
      coming,
      orderNextWindow(termsUnder(life.contract?.agreed, withMove)),
      ask({ kind: 'announce', what: 'termsChangeScheduled', data }),
    ),
  );
}

function stayOnTerms(life: Lifecycle, { coming: _taken, ...terms }: Terms) {
  const { comingTerms, ...rest } = life;
  if (comingTerms === undefined) return stay(life);
  const data = { version: life.termsVersion };
  return chain(
    rest,
    orderNextWindow(terms),
    ask({ kind: 'announce', what: 'termsChangeCanceled', data }),
  );
}

function moveNow(life: Lifecycle, { to, plan }: TermsChange, lines: readonly InvoiceLine[]) {
  const moved = underTerms(life, to, plan);
  const data = { from: life.termsVersion, to: to.version };
  const upcoming = [...moved.upcoming, ...lines];
  const mirrored: Effect[] =
    lines.length === 0 ? [] : [{ kind: 'mirrorUpcoming', lines: upcoming }];
  return chain(
    seatsRecounted({ ...moved, upcoming }, to, lines),
    orderNextWindow(to),
    gate(to),
    ask(...mirrored, { kind: 'announce', what: 'termsChanged', data }),
  );
}

/** The seats that the running term has charged, once its lines charge it anew. */
function seatsRecounted(life: Lifecycle, to: Terms, lines: readonly InvoiceLine[]): Lifecycle {
  const paid = paidOf(life);
  if (paid === undefined || lines.length === 0) return life;
  const seatsCharged = seatsSharing(life, planOf(to, paid.plan), paid);
  return { ...life, subscription: { ...paid, seatsCharged } };
}

/** What is left of the term at the new price, less what is unused at the old one; none if they are equal. */
function shareLines(
  life: Lifecycle,
  terms: Terms,
  { to, plan: named }: TermsChange,
  at: Instant,
): InvoiceLine[] {
  const paid = paidOf(life);
  if (paid === undefined) return [];
  const { interval, term } = paid;
  const plan = planOf(to, named ?? paid.plan);
  const before = planOf(terms, paid.plan);
  const lines = termLines({ plan, interval, seats: seatsSharing(life, plan, paid), term });
  const old = termLines({ plan: before, interval, seats: paid.seatsCharged, term });
  if (costOf(lines) === costOf(old)) return [];
  const { granularity } = to.planChange;
  const part = { at, term, timeZone: life.timeZone, granularity };
  const left = prorationLines({ ...part, lines, side: 'charge' });
  return [...left, ...unusedLines(life, terms, paid, at)];
}

const costOf = (lines: readonly InvoiceLine[]): string =>
  lines.map(({ kind, quantity, unitMinor }) => `${kind} ${quantity} ${unitMinor}`).join();

/** Why this workspace cannot be moved to a version on a plan; null: it can. */
function obstacleTo(
  life: Lifecycle,
  move: Pick<TermsChange, 'to' | 'plan' | 'when'>,
): MoveObstacle | null {
  const { to } = move;
  const { subscription, checkout } = life;
  if (to.currency !== life.currency) return 'currencyChanged';
  if (checkout !== null) return 'checkoutOpen';
  const current = planIdOf(subscription);
  // An ended plan is chosen anew, by what is sold then.
  if (current === null || subscription.status === 'canceled') return null;
  const plan = to.plans.find(({ id }) => id === (move.plan ?? current));
  if (plan === undefined) return 'planGone';
  const paid = paidOf(life);
  const interval = 'interval' in subscription ? subscription.interval : null;
  return (
    planObstacle(life, plan, interval) ?? (paid === undefined ? null : paidObstacle(paid, move))
  );
}

function planObstacle(life: Lifecycle, plan: Plan, interval: Interval | null): MoveObstacle | null {
  const { status } = life.subscription;
  const contracted = life.contract?.agreed.plan;
  if (contracted === undefined && !plan.selfServe) return 'byContract';
  if (contracted !== undefined && contracted !== plan.id) return 'underContract';
  const isMembers = status === 'memberPaid';
  if (!isPersonal(life) && isMembers === (plan.holder === 'org')) return 'holderChanged';
  if (status === 'memberPaid') return null;
  if (status === 'free') return isFree(plan) ? null : 'costBegins';
  if (isFree(plan)) return 'costEnds';
  return interval !== null && plan.prices[interval] === undefined ? 'intervalGone' : null;
}

function paidObstacle(
  paid: PaidSubscription,
  { to, when }: Pick<TermsChange, 'to' | 'when'>,
): MoveObstacle | null {
  const { scheduled, status } = paid;
  if (scheduled?.kind === 'plan' && !to.plans.some(({ id }) => id === scheduled.plan)) {
    return 'scheduledPlanGone';
  }
  // A suspended plan has no term that would end, and what is overdue gives nothing back.
  const isOverdue = status === 'suspended' || (status === 'pastDue' && when === 'now');
  return isOverdue ? 'overdue' : null;
}
