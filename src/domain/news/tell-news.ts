import { addDays, isBefore, type Instant } from '../values/calendar.ts';
import type { Effect, Event, Lifecycle, Step } from '../life/lifecycle.ts';
import type { NewsKind } from './news.ts';
import { notify } from './notify.ts';
import { paidOf, planIdOf } from '../life/stepping.ts';
import { planOf, type Closer, type Terms, type TrialTerms } from '../terms/terms.ts';

/** Whoever owns a workspace is told this many local days before a renewal that nothing is on file to pay. */
export const renewalNoticeDays = 3;

/** When the end of a trial is told ahead: so many local days before it, as far as they lie ahead. */
export const trialNotices = (
  trial: TrialTerms,
  span: { readonly at: Instant; readonly endsAt: Instant },
  timeZone: string,
): Instant[] =>
  (trial.notices ?? [])
    .toSorted((a, b) => b - a)
    .map((days) => addDays(span.endsAt, -days, timeZone))
    .filter((at) => isBefore(span.at, at));

/** The next of them was reached: the end of the trial is told ahead [4.09]. */
export function tellTrialEnding(life: Lifecycle, terms: Terms, at: Instant): Step {
  const { subscription } = life;
  if (subscription.status !== 'trialing') return { state: life, effects: [] };
  const { plan, trialEndsAt: endsAt, notices = [] } = subscription;
  const left = notices.filter((notice) => isBefore(at, notice));
  const news = {
    kind: 'trialEnding',
    planName: planOf(terms, plan).name,
    endsAt,
    goesOn: life.paymentMethodOnFile,
    closes: closedBy(terms, 'trialEnded'),
  } as const;
  return {
    state: { ...life, subscription: { ...subscription, notices: left } },
    effects: [notifyNews(life, terms, news, at)],
  };
}

/** The plan renews soon, or another follows that costs something, and nothing is on file to pay it with. */
export function tellMethodMissing(life: Lifecycle, terms: Terms, at: Instant): Step {
  const paid = paidOf(life);
  if (paid === undefined || life.paymentMethodOnFile) return { state: life, effects: [] };
  const { plan: id, interval } = paid.scheduled?.kind === 'plan' ? paid.scheduled : paid;
  const { name: planName, prices } = planOf(terms, id);
  const price = prices[interval];
  if (price?.baseMinor === 0n && price.perSeatMinor === 0n) return { state: life, effects: [] };
  const news = { kind: 'methodMissing', planName, renewsAt: paid.term.end } as const;
  return { state: life, effects: [notifyNews(life, terms, news, at)] };
}

/**
 * The step with what whoever pays is told of it: what is announced to the product is said to people in one
 * place, whichever way it came about. What non-payment makes of a plan is told by the notice of the invoice.
 */
export function withNews(before: Lifecycle, event: Event, step: Step, terms: Terms): Step {
  if (endsForWantOfPayment(event)) return step;
  const told = newsOf(before, event, step, terms);
  const notices = told.map((news) => notifyNews(before, terms, news, event.at));
  return notices.length === 0 ? step : { ...step, effects: [...step.effects, ...notices] };
}

const endsForWantOfPayment = (event: Event): boolean =>
  event.kind === 'invoicePaymentFailed' ||
  (event.kind === 'deadlineReached' && event.deadline === 'gateCloses');

const notifyNews = (life: Lifecycle, terms: Terms, news: NewsKind, at: Instant): Effect =>
  notify(life, terms, { ...news, at });

function newsOf(before: Lifecycle, event: Event, { state, effects }: Step, terms: Terms) {
  const news = effects.flatMap((effect) =>
    effect.kind === 'announce' ? newsIn(effect, { before, event, after: state, terms }) : [],
  );
  const owner: NewsKind[] =
    event.kind === 'ownershipTransferred' ? [{ kind: 'ownerChanged', owner: event.owner }] : [];
  return [...news, ...owner];
}

type Situation = {
  readonly before: Lifecycle;
  readonly event: Event;
  readonly after: Lifecycle;
  readonly terms: Terms;
};

function newsIn(
  { what, data }: Extract<Effect, { readonly kind: 'announce' }>,
  { before, event, after, terms }: Situation,
): NewsKind[] {
  const nameOf = (plan: string | number | null | undefined): string =>
    terms.plans.find(({ id }) => id === plan)?.name ?? String(plan);
  const planName = nameOf(planIdOf(before.subscription));
  switch (what) {
    case 'statusChanged':
      if (data['status'] === 'trialEnded') {
        return [{ kind: 'trialEnded', planName, closes: closedBy(terms, 'trialEnded') }];
      }
      return data['status'] === 'canceled' ? [{ kind: 'planEnded', planName }] : [];
    case 'changeScheduled': {
      const toPlan = data['plan'] === 'none' ? null : nameOf(data['plan']);
      const happensAt = paidOf(after)?.term.end ?? event.at;
      return [{ kind: 'changeScheduled', planName, toPlan, happensAt }];
    }
    case 'scheduledChangeCanceled':
      return [{ kind: 'changeCanceled', planName }];
    case 'planChanged':
      return [{ kind: 'planChanged', planName: nameOf(data['from']), toPlan: nameOf(data['to']) }];
    case 'autoTopUpRests': {
      const because = event.kind === 'autoTopUpFailed' ? 'notPaid' : 'dailyLimit';
      return [{ kind: 'autoTopUpPaused', until: String(data['until']), because }];
    }
    case 'autoTopUpStopped':
      return [{ kind: 'autoTopUpPaused', until: null, because: 'notPaid' }];
    default:
      return [];
  }
}

/** Features that this closes, by the names that the catalog's gates give them. */
const closedBy = (terms: Terms, closer: Closer): string[] =>
  Object.keys(terms.gates).filter((feature) => terms.gates[feature]?.includes(closer) === true);
