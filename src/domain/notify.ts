import type { Dunning, Effect, Lifecycle } from './lifecycle.ts';
import type { Notice, NoticedClosing } from './notice.ts';
import { planOf, type Terms } from './terms.ts';

/** Asks for a notice to the workspace's billing address. */
export const notify = (life: Lifecycle, terms: Terms, notice: Notice): Effect => ({
  kind: 'notify',
  notice,
  productName: terms.name,
  timeZone: life.timeZone,
});

/** What an unpaid invoice of this plan closes: every feature that the catalog closes to the suspended. */
export const noticedClosing = (plan: string, dunning: Dunning, terms: Terms): NoticedClosing => ({
  at: dunning.gateClosesAt,
  planName: planOf(terms, plan).name,
  features: Object.entries(terms.gates)
    .filter(([, closers]) => closers.includes('suspended'))
    .map(([feature]) => feature),
});
