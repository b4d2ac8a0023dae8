import type { Dunning, Effect, Event, Lifecycle, Step } from '../life/lifecycle.ts';
import { alertsAmong } from './alert.ts';
import type { CreditsLow, Notice, NoticedClosing, Readers } from './notice.ts';
import { ask, stay } from '../life/stepping.ts';
import { planOf, type Closer, type Terms } from '../terms/terms.ts';

/** Asks for a notice to the workspace's billing address. */
export const notify = (life: Lifecycle, terms: Terms, notice: Notice): Effect => ({
  kind: 'notify',
  notice,
  productName: terms.name,
  timeZone: life.timeZone,
});

/** What an unpaid invoice of this plan closes: every feature that the catalog closes to its final state. */
export function noticedClosing(plan: string, dunning: Dunning, terms: Terms): NoticedClosing {
  const { finalState } = terms.pastDue;
  const isClosed = (closers: readonly Closer[]): boolean =>
    typeof finalState === 'string' && closers.includes(finalState);
  return {
    at: dunning.gateClosesAt,
    planName: planOf(terms, plan).name,
    features: Object.keys(terms.gates).filter((feature) => isClosed(terms.gates[feature] ?? [])),
    becomes:
      typeof finalState === 'string'
        ? finalState
        : { planName: planOf(terms, finalState.plan).name },
  };
}

/**
 * Warns where the catalog says so, of the lowest alert that was crossed alone: whom any of those that were
 * crossed with it would tell, and the member whose own cap it is [2.29 K33].
 */
export function warnOfLowCredits(
  life: Lifecycle,
  event: Extract<Event, { readonly kind: 'thresholdCrossed' }>,
  terms: Terms,
): Step {
  const { scope, subject, availableMicro, at: crossedAt } = event;
  const alerts = alertsAmong(terms.alerts, event.crossed);
  const [lowest] = alerts;
  if (lowest === undefined) return stay(life);
  const { unit } = terms.credits;
  const facts = { scope, subject, at: lowest.at, availableMicro, unit, crossedAt };
  const roles = [...new Set(alerts.flatMap(({ to }) => to))];
  const member = scope === 'member' ? subject : null;
  const readers: readonly Readers[] = [
    ...(roles.length === 0 ? [] : [{ roles, except: member }]),
    ...(member === null ? [] : [{ member }]),
  ];
  const told = readers.map((each): CreditsLow => ({ kind: 'creditsLow', ...facts, readers: each }));
  return ask(...told.map((notice) => notify(life, terms, notice)))(life);
}

/** Tells whoever pays that money of an invoice went back, and what it had bought with it [3.28]. */
export function tellRefund(
  life: Lifecycle,
  event: Extract<Event, { readonly kind: 'refundBooked' }>,
  terms: Terms,
): Step {
  const {
    at: refundedAt,
    backMinor,
    refundedMinor,
    creditsMicro,
    paidInvoice,
    creditNote = null,
  } = event;
  if (paidInvoice === null) return stay(life);
  const { unit } = terms.credits;
  const facts = { refundedAt, backMinor, refundedMinor, creditsMicro, unit, creditNote };
  return ask(notify(life, terms, { kind: 'refunded', invoice: paidInvoice, ...facts }))(life);
}
