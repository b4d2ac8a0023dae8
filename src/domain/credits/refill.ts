import { topUpNeeded } from './auto-top-up.ts';
import type { AutoTopUpRule } from '../terms/auto-top-up-rule.ts';
import { endOfLocalDay, isBefore, type Instant } from '../values/calendar.ts';
import type { Effect, Event, Lifecycle, Step, StepOutcome } from '../life/lifecycle.ts';
import { divide, greater, minor, minus, type Minor } from '../values/money.ts';
import { ok, refused } from '../values/outcome.ts';
import type { Spend } from './spend.ts';
import { ask, chain, planIdOf, stay } from '../life/stepping.ts';
import { planOf, topUpsOf, type Terms, type TopUpOffer } from '../terms/terms.ts';
import { describeOffer, purchaseOf, topUpFor } from './top-up.ts';

type EventOf<Kind extends Event['kind']> = Extract<Event, { readonly kind: Kind }>;

const offerTo = (life: Lifecycle, terms: Terms): TopUpOffer => {
  const plan = planIdOf(life.subscription);
  return topUpsOf(terms, plan === null ? null : planOf(terms, plan));
};

/**
 * Sets what is bought by itself when credits run low [K23], or takes it away; what is on its way stays so.
 * Setting it again also ends a stop. Refuses with `autoTopUpNotOffered`, `notATopUp`,
 * `paymentMethodRequired`, or what a top-up is refused with.
 */
export function setAutoTopUp(
  life: Lifecycle,
  { rule }: EventOf<'autoTopUpSet'>,
  terms: Terms,
): StepOutcome {
  if (rule === null) return ok(chain({ ...life, autoTopUp: null }, watch(null)));
  const { status } = life.subscription;
  if (status === 'none' || status === 'incomplete') return refused({ kind: 'notStarted' });
  if (status === 'memberPaid') return refused({ kind: 'memberPlanRequired' });
  if (status === 'canceled') return refused({ kind: 'alreadyCanceled' });
  if (terms.topUps.automatic === null) return refused({ kind: 'autoTopUpNotOffered' });
  const offer = offerTo(life, terms);
  if (topUpFor(offer, rule.priceMinor) === null) {
    const choices = describeOffer(offer, terms.currency);
    return refused({ kind: 'notATopUp', offeredMinor: rule.priceMinor, choices });
  }
  if (!life.paymentMethodOnFile) return refused({ kind: 'paymentMethodRequired' });
  const { inFlight = null, day = null, restsUntil = null } = life.autoTopUp ?? {};
  const kept = { inFlight, day, restsUntil, stoppedBy: null };
  return ok(chain({ ...life, autoTopUp: { ...rule, ...kept } }, watchAgain));
}

const watch = (atMicro: AutoTopUpRule['thresholdMicro'] | null) =>
  ask({ kind: 'watchBalance', atMicro });

const isIdle = ({ inFlight, restsUntil, stoppedBy }: AutoTopUpRule): boolean =>
  inFlight === null && restsUntil === null && stoppedBy === null;

/** Waits for the threshold, unless something is on its way, rests, or was stopped. */
const watchAgain = (life: Lifecycle): Step =>
  life.autoTopUp !== null && isIdle(life.autoTopUp)
    ? watch(life.autoTopUp.thresholdMicro)(life)
    : stay(life);

/** What the ledger, the bank and the owner tell of automatic top-ups. */
export function hearOfRefill(
  life: Lifecycle,
  event: EventOf<'balanceFell' | 'autoTopUpFailed' | 'spendCapChanged'>,
  terms: Terms,
): Step {
  switch (event.kind) {
    case 'balanceFell':
      return refill(life, event, terms);
    case 'autoTopUpFailed':
      return failRefill(life, event);
    case 'spendCapChanged':
      return resumeRefill(life);
  }
}

/**
 * The balance fell to the threshold: one purchase, of as many packs as bring it above, in micro-credits; debt
 * counts. At most so many a day as the catalog allows, never two at a time, none while a debt is overdue.
 */
function refill(life: Lifecycle, event: EventOf<'balanceFell'>, terms: Terms): Step {
  const rule = life.autoTopUp;
  const { automatic } = terms.topUps;
  if (rule === null || automatic === null || !isIdle(rule) || !mayBuy(life)) return stay(life);
  const pack = topUpFor(offerTo(life, terms), rule.priceMinor);
  if (pack === null) return stop(life, rule, 'notATopUp');
  const buy = { by: 'packs', packMicro: pack.creditsMicro } as const;
  const balance = minus(event.availableMicro, event.debtMicro);
  const needed = topUpNeeded({ thresholdMicro: rule.thresholdMicro, buy }, balance);
  if (needed === 0n) return watchAgain(life);
  const day = dayOf(life, rule, event.at);
  if (day.tries >= automatic.timesADay) return rest(life, rule, event.at);
  const wanted = divide(needed, pack.creditsMicro, 'down');
  const allowed = packsAllowed(event.spend, pack.priceMinor);
  // What a month may cost is over: it rests until the next one begins, or the cap is changed.
  if (allowed === 0n && event.spend) return restUntil(life, rule, event.spend.resetsAt);
  const quantity = Number(allowed !== null && allowed < wanted ? allowed : wanted);
  const { payment, at } = event;
  const purchase = purchaseOf({ payment, at, pack, quantity });
  const autoTopUp = { ...rule, inFlight: payment, day: { ...day, tries: day.tries + 1 } };
  return { state: { ...life, autoTopUp }, effects: [{ kind: 'chargePurchase', purchase }] };
}

/** Whether the workspace is in good standing, with something to pay with. */
function mayBuy({ subscription: { status }, paymentMethodOnFile }: Lifecycle): boolean {
  return paymentMethodOnFile && (status === 'active' || status === 'free' || status === 'trialing');
}

function dayOf(
  life: Lifecycle,
  rule: AutoTopUpRule,
  at: Instant,
): NonNullable<AutoTopUpRule['day']> {
  const { day } = rule;
  if (day !== null && isBefore(at, day.endsAt)) return day;
  return { endsAt: endOfLocalDay(at, life.timeZone), tries: 0 };
}

const announce = (what: string, data: Readonly<Record<string, string>>): Effect => ({
  kind: 'announce',
  what,
  data,
});

/** How many of a pack the month's spend cap allows [0.06]; null: as many as one likes. */
function packsAllowed(spend: Spend | undefined, priceMinor: Minor): bigint | null {
  if (spend === undefined) return null;
  const left = greater(minor(0), minus(spend.capMinor, spend.usedMinor));
  return divide(left, priceMinor, 'down');
}

/** Nothing more today, local time. */
const rest = (life: Lifecycle, rule: AutoTopUpRule, at: Instant): Step =>
  restUntil(life, rule, endOfLocalDay(at, life.timeZone));

function restUntil(life: Lifecycle, rule: AutoTopUpRule, restsUntil: Instant): Step {
  return chain(
    { ...life, autoTopUp: { ...rule, inFlight: null, restsUntil } },
    ask(announce('autoTopUpRests', { until: restsUntil })),
  );
}

function stop(life: Lifecycle, rule: AutoTopUpRule, code: string): Step {
  return chain(
    { ...life, autoTopUp: { ...rule, inFlight: null, stoppedBy: code } },
    ask(announce('autoTopUpStopped', { code })),
  );
}

/** Its money came: the next one may be bought. Other purchases change nothing. */
export function finishRefill(life: Lifecycle, payment: string): Step {
  const rule = life.autoTopUp;
  if (rule?.inFlight !== payment) return stay(life);
  return chain({ ...life, autoTopUp: { ...rule, inFlight: null } }, watchAgain);
}

/** Its money did not come: tried again tomorrow, or never by itself where the method can never pay. */
function failRefill(life: Lifecycle, event: EventOf<'autoTopUpFailed'>): Step {
  const rule = life.autoTopUp;
  if (rule?.inFlight !== event.payment) return stay(life);
  return event.hard ? stop(life, rule, event.code) : rest(life, rule, event.at);
}

/** A new day, a new payment method, or another spend cap: what rested or was stopped goes on. */
export function resumeRefill(life: Lifecycle): Step {
  const rule = life.autoTopUp;
  if (rule === null) return stay(life);
  const goesOn = { ...rule, restsUntil: null, stoppedBy: null };
  return chain({ ...life, autoTopUp: goesOn }, watchAgain);
}
