import type { Dunning, Effect, Event, Lifecycle, Step } from './lifecycle.ts';
import type { Notice, NoticedClosing } from './notice.ts';
import { ask, stay } from './stepping.ts';
import { planOf, type Closer, type Terms } from './terms.ts';

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

/** Warns where the catalog says so; that everything is used up is told by each refusal anyway [2.29]. */
export function warnOfLowCredits(
  life: Lifecycle,
  event: Extract<Event, { readonly kind: 'thresholdCrossed' }>,
  terms: Terms,
): Step {
  const { percent, availableMicro, at: crossedAt } = event;
  if (!terms.alerts.some(({ atPercent }) => atPercent === percent)) return stay(life);
  const { unit } = terms.credits;
  const notice = { kind: 'creditsLow', percent, availableMicro, unit, crossedAt } as const;
  return ask(notify(life, terms, notice))(life);
}
