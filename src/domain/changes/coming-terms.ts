/** The version that takes over at the end of what a workspace has paid for. */
import { isAtOrBefore, latest, type Instant } from '../values/calendar.ts';
import { nextTerm, publishedOf, termsUnder, type Contract } from '../terms/contract.ts';
import { nextDueOfPlan } from '../invoices/sent-invoice.ts';
import type { Lifecycle, Window } from '../life/lifecycle.ts';
import { paidOf, planIdOf, updatePaid } from '../life/stepping.ts';
import type { Terms } from '../terms/terms.ts';

/** A lifecycle and the terms that it lives by. */
export type Pinned = { readonly life: Lifecycle; readonly terms: Terms };

/**
 * What is true once the running term is over: by the version that was scheduled, and by the contract that
 * goes on, follows, or is over because a change is scheduled for that instant.
 */
export function arriveAtTerms(life: Lifecycle, terms: Terms): Pinned {
  const moved = arriveAtVersion(life, publishedOf(terms));
  const { contract, ...free } = moved.life;
  if (contract === undefined) return moved;
  const isOver = (paidOf(free)?.scheduled ?? null) !== null;
  if (isOver) return { life: owedAnew(free), terms: moved.terms };
  const next = nextTerm(contract);
  const { agreed } = next;
  const left = contract.amended === null ? free : owedAnew(free);
  const held = paidOf(left) === undefined ? left : planAgreed(left, agreed);
  return { life: { ...held, contract: next }, terms: termsUnder(agreed, moved.terms) };
}

/**
 * What comes after a contract is owed from its own beginning: what that one's invoices ask for is owed on the
 * days that they are to be paid on, some of which may be long after it [4.35].
 */
function owedAnew(life: Lifecycle): Lifecycle {
  const paid = paidOf(life);
  if (paid === undefined || nextDueOfPlan(life) === null) return life;
  return updatePaid(life, { paidUntil: latest(paid.paidUntil, paid.term.end) });
}

/** The plan of the contract; what another plan has granted in the running window stays granted. */
function planAgreed(life: Lifecycle, { plan, interval }: Contract): Lifecycle {
  const paid = paidOf(life);
  if (paid === undefined || paid.plan === plan) return updatePaid(life, { interval });
  const upgradedTo = [...new Set([...paid.window.upgradedTo, paid.plan])];
  return updatePaid(life, { plan, interval, window: { ...paid.window, upgradedTo } });
}

/**
 * The version that was scheduled takes over, and its plan the place of the old one; without one, all stays.
 * It stays too where a plan was chosen meanwhile that the version does not sell. A defect if the scheduled
 * version is not at hand.
 */
function arriveAtVersion(life: Lifecycle, terms: Terms): Pinned {
  const { comingTerms } = life;
  if (comingTerms === undefined) return { life, terms };
  const { coming } = terms;
  if (coming?.version !== comingTerms.version) {
    throw new Error(`${life.workspace} goes to version ${comingTerms.version}, which is not here`);
  }
  const { from = null, to = null } = comingTerms.plan ?? {};
  const named = planIdOf(life.subscription) === from ? to : null;
  const arrived = underTerms(life, coming, named);
  const isSold = sells(termsUnder(life.contract?.agreed, coming), arrived);
  if (isSold) return { life: arrived, terms: coming };
  const { comingTerms: _unfit, ...stays } = life;
  return { life: stays, terms };
}

/** Whether a version sells what a workspace is on, or is to go to at this end of its term. */
function sells(terms: Terms, life: Lifecycle): boolean {
  const paid = paidOf(life);
  if (paid === undefined) return true;
  const { scheduled } = paid;
  if (scheduled?.kind === 'cancel') return true;
  const wanted = scheduled ?? paid;
  const known = (id: string) => terms.plans.find((plan) => plan.id === id);
  // The plan that ends is still read: what it loses, and what its window has granted.
  const isKnown = known(paid.plan) !== undefined;
  return isKnown && known(wanted.plan)?.prices[wanted.interval] !== undefined;
}

/** What is true at a later instant: by the scheduled version, once the running term is over. */
export function pinnedAt(life: Lifecycle, terms: Terms, at: Instant): Pinned {
  const paid = paidOf(life);
  const isOver = paid !== undefined && isAtOrBefore(paid.term.end, at);
  return isOver ? arriveAtTerms(life, terms) : { life, terms };
}

/** The same subscription under another version, on the plan that is named or on its own. */
export function underTerms(life: Lifecycle, to: Terms, plan: string | null): Lifecycle {
  const { comingTerms: _arrived, ...rest } = life;
  const { subscription } = rest;
  const lastWindow = rest.lastWindow && windowUnder(rest.lastWindow, to);
  const moved: Lifecycle = { ...rest, termsVersion: to.version, lastWindow };
  switch (subscription.status) {
    case 'none':
      return moved;
    case 'memberPaid':
    case 'incomplete':
    case 'trialing':
    case 'trialEnded':
    case 'canceled':
      return { ...moved, subscription: { ...subscription, plan: plan ?? subscription.plan } };
    case 'free':
    case 'active':
    case 'pastDue':
    case 'suspended': {
      const window = windowUnder(subscription.window, to);
      const named = { plan: plan ?? subscription.plan, window };
      return { ...moved, subscription: { ...subscription, ...named } };
    }
  }
}

/** Of plans that granted in a window, those that the other version still knows. */
const windowUnder = (window: Window, to: Terms): Window => ({
  ...window,
  upgradedTo: window.upgradedTo.filter((id) => to.plans.some((plan) => plan.id === id)),
});
