/** A workspace comes under a contract, goes on under it, and leaves it [2.34 4.04 4.35]. */
import { activate } from '../life/activation.ts';
import type { Instant } from '../values/calendar.ts';
import type { ContractObstacle } from './contract-obstacle.ts';
import {
  begun,
  termsUnder,
  type AgreedContract,
  type Contract,
  type RunningContract,
} from '../terms/contract.ts';
import { closingOf, gate } from '../gates/gate.ts';
import { orderNextWindow } from '../credits/included.ts';
import { issue, termLines } from '../invoices/invoice.ts';
import { monthsOf } from '../values/interval.ts';
import type { Effect, Event, Lifecycle, Step, StepOutcome } from '../life/lifecycle.ts';
import { isPersonal } from '../life/new-lifecycle.ts';
import { ok, refused } from '../values/outcome.ts';
import { offered } from './offer.ts';
import { paysItself } from '../life/payer.ts';
import { toPlain } from '../values/plain.ts';
import type { Refusal } from '../life/refusal.ts';
import { ask, chain, paidOf, planIdOf, stay, updatePaid } from '../life/stepping.ts';
import { seatsOf } from '../life/seats.ts';
import { moveBasisOf } from './terms-change.ts';
import { planOf, type Terms } from '../terms/terms.ts';
import { restartTerm, unusedLines, upgradeCredits } from './upgrade.ts';
import type { Wish } from '../wish.ts';

type Agreed = Extract<Event, { readonly kind: 'contractAgreed' }>;

/**
 * Puts a workspace under a contract. Its first term begins now: what is unused of a plan that is paid for is
 * credited on the contract's first invoice, and the window's credits follow the catalog's upgrade policy. Under
 * a contract already, the new one takes its place when the running term ends. Amounts are in minor units and
 * micro-credits. Refuses with `cannotAgree`, `unknownPlan`, `personalPlanOnly`, `paymentOverdue`, and with
 * `previewStale` where something changed since the preview.
 */
export function agreeContract(life: Lifecycle, event: Agreed, terms: Terms): StepOutcome {
  const { preview, request: id, at } = event;
  if (preview !== null && preview.basis !== moveBasisOf(life)) {
    return refused({ kind: 'previewStale' });
  }
  const refusal = refusalOf(life, event.contract, terms);
  if (refusal !== null) return refused(refusal);
  const agreed = { ...event.contract, id, agreedAt: at };
  if (life.contract !== undefined) return ok(agreeAnew(life, life.contract, terms, agreed));
  return ok(beginContract(life, terms, agreed, { at, prorated: preview?.at ?? at }));
}

function refusalOf(life: Lifecycle, contract: Contract, terms: Terms): Refusal | null {
  const { status } = life.subscription;
  const plan = terms.plans.find(({ id }) => id === contract.plan);
  if (plan === undefined) return { kind: 'unknownPlan', plan: contract.plan };
  if (plan.holder === 'org' && isPersonal(life) && terms.plans.some((p) => p.holder === 'user')) {
    return { kind: 'personalPlanOnly', plan: plan.id };
  }
  if (status === 'pastDue' || status === 'suspended') return { kind: 'paymentOverdue' };
  const cannot = (why: ContractObstacle): Refusal => ({ kind: 'cannotAgree', why });
  if (plan.selfServe) return cannot('soldToAnybody');
  if (!paysItself(life, plan)) return cannot('notHeldHere');
  if (contract.months % monthsOf(contract.interval) !== 0) return cannot('brokenLength');
  if (!canFollow(life, contract, terms)) return cannot('cannotFollow');
  return life.checkout === null ? null : cannot('checkoutOpen');
}

function canFollow(life: Lifecycle, { follows }: Contract, terms: Terms): boolean {
  if (follows === 'renew') return true;
  const next = offered(life, terms, follows);
  return next.ok && paysItself(life, next.value.plan);
}

/**
 * Nothing of the running term changes: what was invoiced and granted for it stays. What is to be already
 * changes nothing; the running contract agreed on once more takes back what was to follow it.
 */
function agreeAnew(
  life: Lifecycle,
  running: RunningContract,
  terms: Terms,
  anew: AgreedContract,
): Step {
  const isRunning = isSame(running.agreed, anew);
  const isEnding = paidOf(life)?.scheduled !== null && !isLastTerm(running);
  const coming = running.amended ?? running.agreed;
  if (isSame(coming, anew) && !isEnding) return stay(life);
  const contract = { ...running, amended: isRunning ? null : anew };
  return chain({ ...updatePaid(life, { scheduled: null }), contract }, orderNextWindow(terms));
}

/** Whether two contracts say the same, whenever they were agreed on. */
const isSame = (one: Contract, other: Contract): boolean => figuresOf(one) === figuresOf(other);

function figuresOf(contract: Contract): string {
  const { plan, interval, price, included, months, netDays, purchaseOrder, follows } = contract;
  const after = follows === 'renew' ? [] : [follows.plan, follows.interval];
  return JSON.stringify(
    toPlain([
      { baseMinor: price.baseMinor, perSeatMinor: price.perSeatMinor },
      { baseMicro: included.baseMicro, perSeatMicro: included.perSeatMicro },
      [plan, interval, months, netDays, purchaseOrder],
      after,
    ]),
  );
}

/** Whether what follows a contract is due when the running term ends. */
const isLastTerm = ({ agreed, termsLeft, amended }: RunningContract): boolean =>
  termsLeft === 0 && amended === null && agreed.follows !== 'renew';

function beginContract(
  life: Lifecycle,
  terms: Terms,
  agreed: AgreedContract,
  when: { readonly at: Instant; readonly prorated: Instant },
): Step {
  const signed: Lifecycle = { ...life, contract: begun(agreed) };
  const under = termsUnder(agreed, terms);
  const { interval } = agreed;
  const target = { plan: planOf(under, agreed.plan), interval };
  const paid = paidOf(life);
  if (paid === undefined) {
    return activate(signed, under, { ...target, charged: 'byInvoice' }, when.at);
  }
  const unused = unusedLines(life, terms, paid, when.prorated);
  const restarted = restartTerm(signed, under, { ...target, quote: [] }, when.at);
  const { term } = paidOf(restarted) ?? paid;
  const lines = termLines({ ...target, seats: seatsOf(life, target.plan), term });
  return chain(
    // Nothing of the new term is paid yet, whatever the catalog says of upgrades.
    { ...updatePaid(restarted, { paidUntil: when.at }), upcoming: [] },
    (state) => upgradeCredits(state, under, { before: life, paid, to: target }, when.at),
    orderNextWindow(under),
    issue(under, {
      key: `contract:${agreed.id}`,
      reason: 'renewal',
      issuedAt: when.at,
      period: term,
      lines: [...life.upcoming, ...lines, ...unused],
    }),
    gate(under),
    // What was shown of the old plan's next invoice stands on this one.
    life.upcoming.length > 0 ? ask({ kind: 'mirrorUpcoming', lines: [] }) : ask(),
    ask({ kind: 'announce', what: 'planChanged', data: { from: paid.plan, to: agreed.plan } }),
  );
}

/**
 * Ends a contract when the running term does: the plan that the contract names follows, or none. Refuses with
 * `noContract`, and with `paymentOverdue` where no term ends because it is suspended.
 */
export function endContract(life: Lifecycle, terms: Terms): StepOutcome {
  const { contract } = life;
  const paid = paidOf(life);
  if (contract === undefined || paid === undefined) return refused({ kind: 'noContract' });
  if (paid.status === 'suspended') return refused({ kind: 'paymentOverdue' });
  const kept: Lifecycle = { ...life, contract: { ...contract, amended: null } };
  return ok(scheduleEnd(kept, contract.agreed, terms));
}

/** At the term's end comes the plan that follows, or none where the contract would have renewed. */
function scheduleEnd(life: Lifecycle, { follows }: Contract, terms: Terms): Step {
  const scheduled =
    follows === 'renew' ? ({ kind: 'cancel' } as const) : { kind: 'plan' as const, ...follows };
  const data =
    follows === 'renew' ? { plan: 'none' } : { plan: follows.plan, interval: follows.interval };
  return chain(
    updatePaid(life, { scheduled }),
    orderNextWindow(terms),
    ask({ kind: 'announce', what: 'changeScheduled', data }),
  );
}

const selfServe: readonly Wish['kind'][] = [
  'planChangeRequested',
  'scheduledChangeCanceled',
  'cancelRequested',
  'reactivated',
];

/** Whether a wish is not the customer's alone: under a contract the plan is left by asking the contact [4.04]. */
export function heldByContract(life: Lifecycle, wish: Wish, terms: Terms): Refusal | null {
  if (life.contract === undefined || !selfServe.includes(wish.kind)) return null;
  const { plan } = life.contract.agreed;
  return { kind: 'contactSales', plan, contact: planOf(terms, plan).contact };
}

/**
 * What every step does about the contract: it goes with its plan; in its last term what follows is scheduled;
 * and the product's feed hears what became of it.
 */
export function keepContract(before: Lifecycle, after: Lifecycle, terms: Terms): Step {
  const held = heldState(after);
  const { contract } = held;
  const told = (life: Lifecycle): Step =>
    chain(life, ask(...contractNews(before, held)), keepGate(before, terms));
  if (contract === undefined || paidOf(held)?.scheduled !== null) return told(held);
  const { agreed } = contract;
  if (!isLastTerm(contract)) return told(held);
  return chain(held, told, (state) => scheduleEnd(state, agreed, termsUnder(agreed, terms)));
}

/** What a contract's invoices leave to be paid by a later day moves the gate, whichever step sends them [4.35]. */
const keepGate =
  (before: Lifecycle, terms: Terms) =>
  (life: Lifecycle): Step => {
    if (life.contract === undefined) return stay(life);
    const was = closingOf(before, terms, terms.usageFeature);
    const is = closingOf(life, terms, terms.usageFeature);
    return was?.at === is?.at && was?.closer === is?.closer ? stay(life) : gate(terms)(life);
  };

function heldState(life: Lifecycle): Lifecycle {
  const { contract, ...free } = life;
  if (contract === undefined) return life;
  const isHeld = paidOf(life) !== undefined && planIdOf(life.subscription) === contract.agreed.plan;
  return isHeld ? life : free;
}

function contractNews(before: Lifecycle, after: Lifecycle): Effect[] {
  const was = before.contract;
  const is = after.contract;
  if (is === undefined) return was === undefined ? [] : [news('contractEnded', was.agreed)];
  if (was?.agreed.id !== is.agreed.id) return [news('contractBegan', is.agreed)];
  if (is.amended !== null && was.amended?.id !== is.amended.id) {
    return [news('contractAmended', is.amended)];
  }
  return is.termsLeft > was.termsLeft ? [news('contractRenewed', is.agreed)] : [];
}

const news = (what: string, { id, plan }: AgreedContract): Effect => ({
  kind: 'announce',
  what,
  data: { contract: id, plan },
});
