import { addExactDays, isAtOrBefore, isBefore, latest, type Instant } from '../values/calendar.ts';
import type { Lifecycle, Status, Step } from '../life/lifecycle.ts';
import { nextDueOfPlan } from '../invoices/sent-invoice.ts';
import type { PaidSubscription } from '../life/stepping.ts';
import type { Closer, Terms } from '../terms/terms.ts';

/** The instant at which an unpaid plan stops working: what is paid for, and the grace after it. */
export const gateClosesAt = (paidUntil: Instant, terms: Terms): Instant =>
  addExactDays(paidUntil, terms.pastDue.graceDays);

/** A bank may take so long to answer a debit: nothing closes meanwhile. */
const debitGraceDays = 10;

/**
 * When the grace of a workspace that has paid for its plan before is over: ten days later while the bank has
 * not answered a debit of what is owed, which is not past due.
 */
function graceEndsAt(life: Lifecycle, paid: PaidSubscription, terms: Terms): Instant {
  const { debits = [] } = paid;
  if (paid.status === 'active') {
    const closes = gateClosesAt(owedFrom(life, paid), terms);
    return debits.length === 0 ? closes : addExactDays(closes, debitGraceDays);
  }
  return behindUntil(paid);
}

/** What is not paid yet is not owed before the day that a contract gives the customer to pay it [4.35]. */
function owedFrom(life: Lifecycle, { paidUntil }: PaidSubscription): Instant {
  const dueAt = life.contract === undefined ? null : nextDueOfPlan(life);
  return dueAt === null ? paidUntil : latest(paidUntil, dueAt);
}

/** The same for one that is behind: its gate's instant is fixed by the first failure. */
export function behindUntil({ status, dunning, debits = [] }: Behind): Instant {
  const waits = status === 'pastDue' && debits.includes(dunning.invoice);
  return waits ? addExactDays(dunning.gateClosesAt, debitGraceDays) : dunning.gateClosesAt;
}

type Behind = Exclude<PaidSubscription, { readonly status: 'active' }>;

/** A reason why features close, and since when. */
export type Closing = { readonly closer: Closer; readonly at: Instant };

/**
 * What closes features of this workspace by its lifecycle, and from which instant. A function of facts and
 * time alone: a trial that ended a millisecond ago counts, whether or not a worker is up [0.32 4.27].
 */
export function closings(life: Lifecycle, terms: Terms): Closing[] {
  const { subscription } = life;
  switch (subscription.status) {
    case 'none':
    case 'memberPaid':
    case 'free':
    case 'incomplete':
      return [];
    case 'trialing':
      return life.paymentMethodOnFile
        ? []
        : [{ closer: 'trialEnded', at: subscription.trialEndsAt }];
    case 'trialEnded':
      return [{ closer: 'trialEnded', at: subscription.trialEndedAt }];
    case 'active':
      return [
        ...unsettledTrial(subscription),
        { closer: 'suspended', at: graceEndsAt(life, subscription, terms) },
      ];
    case 'pastDue':
    case 'suspended':
      return [
        ...unsettledTrial(subscription),
        { closer: 'pastDue', at: subscription.dunning.firstFailedAt },
        { closer: 'suspended', at: graceEndsAt(life, subscription, terms) },
      ];
    case 'canceled':
      return [{ closer: 'canceled', at: subscription.canceledAt }];
  }
}

/** A trial that ended goes on closing features until the first charge has settled, by policy [K21]. */
const unsettledTrial = ({ closedSince = null }: PaidSubscription): Closing[] =>
  closedSince === null ? [] : [{ closer: 'trialEnded', at: closedSince }];

/** What closes a feature class [K14]: its own closers, and a debt where that freezes credits. */
export function closersOf(terms: Terms, feature: string): readonly Closer[] {
  const closers = terms.gates[feature] ?? [];
  const freezes = terms.pastDue.credits === 'freeze' && feature === terms.usageFeature;
  return freezes ? [...closers, 'pastDue'] : closers;
}

/** When and why a feature class closes, by the catalog's gates [K14]; null while nothing will close it. */
export function closingOf(life: Lifecycle, terms: Terms, feature: string): Closing | null {
  const closers = closersOf(terms, feature);
  const relevant = closings(life, terms).filter(({ closer }) => closers.includes(closer));
  return relevant.reduce<Closing | null>(
    (first, closing) => (first === null || isBefore(closing.at, first.at) ? closing : first),
    null,
  );
}

/** Tells the ledger from when on it refuses usage, so that it is exact without a worker. */
export const gate =
  (terms: Terms) =>
  (life: Lifecycle): Step => {
    const closing = closingOf(life, terms, terms.usageFeature);
    const closes = closing && { closesAt: closing.at, code: closing.closer };
    return { state: life, effects: [{ kind: 'setGate', gate: closes }] };
  };

/** The status as it is at an instant, even where no worker has lived through the deadline yet. */
export function statusAt(life: Lifecycle, terms: Terms, at: Instant): Status {
  const { status } = life.subscription;
  const due = closings(life, terms).filter((closing) => isAtOrBefore(closing.at, at));
  if (due.some(({ closer }) => closer === 'suspended')) return 'suspended';
  const isTrial = status === 'trialing' || status === 'trialEnded';
  if (isTrial && due.some(({ closer }) => closer === 'trialEnded')) return 'trialEnded';
  return status;
}
