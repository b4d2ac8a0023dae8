import { addExactDays, isAtOrBefore, isBefore, type Instant } from './calendar.ts';
import type { Lifecycle, Status, Step } from './lifecycle.ts';
import type { Closer, Terms } from './terms.ts';

/** The instant at which an unpaid plan stops working: what is paid for, and the grace after it. */
export const gateClosesAt = (paidUntil: Instant, terms: Terms): Instant =>
  addExactDays(paidUntil, terms.pastDue.graceDays);

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
      return [{ closer: 'suspended', at: gateClosesAt(subscription.paidUntil, terms) }];
    case 'pastDue':
    case 'suspended':
      return [
        { closer: 'pastDue', at: subscription.dunning.firstFailedAt },
        { closer: 'suspended', at: subscription.dunning.gateClosesAt },
      ];
    case 'canceled':
      return [{ closer: 'canceled', at: subscription.canceledAt }];
  }
}

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
  if (due.some(({ closer }) => closer === 'trialEnded')) return 'trialEnded';
  return status;
}
