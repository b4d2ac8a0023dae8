/**
 * What a change of plan would come to: the kernel's own step, run on the stored lifecycle and shown instead
 * of performed, so that the preview and the change cannot differ.
 */
import { anniversaryPeriod } from '../domain/values/calendar.ts';
import { arriveAtTerms } from '../domain/changes/coming-terms.ts';
import { termLines } from '../domain/invoices/invoice.ts';
import type { Effect, Event, InvoiceLine, Lifecycle } from '../domain/life/lifecycle.ts';
import { micro, minus, plus, sum, type MicroCredits } from '../domain/values/money.ts';
import { ok, type Outcome } from '../domain/values/outcome.ts';
import type { Refusal } from '../domain/life/refusal.ts';
import { seatsOf } from '../domain/life/seats.ts';
import { step } from '../domain/step.ts';
import { paidOf } from '../domain/life/stepping.ts';
import { planOf, type Terms } from '../domain/terms/terms.ts';
import type { Balance } from '../ports/ledger-reports.ts';

type Wish = Extract<Event, { readonly kind: 'planChangeRequested' }>;

/** The change lived through in memory, a checkout that it waits for paid. */
export type Foreseen = {
  readonly before: Lifecycle;
  readonly after: Lifecycle;
  readonly effects: readonly Effect[];
};

export function foresee(life: Lifecycle, terms: Terms, wish: Wish): Outcome<Foreseen, Refusal> {
  const first = step(life, wish, terms);
  if (!first.ok) return first;
  const { state, effects } = first.value;
  const checkout = findEffect(effects, 'openCheckout');
  if (checkout === undefined) return ok({ before: life, after: state, effects });
  const { payment, totalMinor } = checkout.purchase;
  const paid = step(state, { kind: 'planPurchasePaid', at: wish.at, payment, totalMinor }, terms);
  if (!paid.ok) return paid;
  return ok({
    before: life,
    after: paid.value.state,
    effects: [...effects, ...paid.value.effects],
  });
}

/** When it happens: at once, once the checkout is paid, at the term's end, or it is so already. */
export function timingOf({ before, after, effects }: Foreseen): {
  readonly when: 'now' | 'afterCheckout' | 'atPeriodEnd' | 'unchanged';
  readonly at: string;
} {
  const paid = paidOf(after);
  if (findEffect(effects, 'openCheckout') !== undefined) {
    return { when: 'afterCheckout', at: after.at };
  }
  if (paid !== undefined && paid.scheduled !== null) {
    return { when: 'atPeriodEnd', at: paid.term.end };
  }
  const moved = JSON.stringify(planIn(before)) !== JSON.stringify(planIn(after));
  return { when: moved ? 'now' : 'unchanged', at: after.at };
}

const planIn = ({ subscription }: Lifecycle): readonly unknown[] => [
  subscription.status === 'none' ? null : subscription.plan,
  'interval' in subscription ? subscription.interval : null,
];

/** What is charged for it at once: on an invoice, or through Checkout. */
export function chargeOf({ effects }: Foreseen) {
  const invoice = findEffect(effects, 'issueInvoice')?.invoice;
  if (invoice !== undefined) {
    const { lines, appliedMinor, totalMinor, status, due } = invoice;
    return {
      by: 'invoice' as const,
      lines,
      appliedMinor,
      totalMinor,
      isCarried: status === 'carried',
      dueAt: due?.at ?? null,
    };
  }
  const purchase = findEffect(effects, 'openCheckout')?.purchase;
  if (purchase === undefined) return null;
  const { lines, totalMinor } = purchase;
  return {
    by: 'checkout' as const,
    lines,
    appliedMinor: null,
    totalMinor,
    isCarried: false,
    dueAt: null,
  };
}

/** Lines that the change leaves for the next invoice. */
export const linesLeftFor = ({ before, after }: Foreseen): readonly InvoiceLine[] =>
  after.upcoming.slice(before.upcoming.length);

/** What a whole term of the new plan costs from its first day on, where the change is scheduled. */
export function renewalOf(foreseen: Foreseen, terms: Terms): readonly InvoiceLine[] {
  const { after } = foreseen;
  const paid = paidOf(after);
  if (paid === undefined || paid.scheduled?.kind !== 'plan') return [];
  const { interval } = paid.scheduled;
  const plan = planOf(arriveAtTerms(after, terms).terms, paid.scheduled.plan);
  const at = paid.term.end;
  const term = anniversaryPeriod({ anchor: at, interval, at, timeZone: after.timeZone });
  return termLines({ plan, interval, seats: seatsOf(after, plan), term });
}

/** Credits before and after, as far as the change itself moves them. */
export function creditsMoved(
  { effects }: Foreseen,
  balance: Balance,
): {
  readonly nowMicro: MicroCredits;
  readonly grantedMicro: MicroCredits;
  readonly voidedMicro: MicroCredits;
  readonly afterMicro: MicroCredits;
} {
  const granted = effects.filter((effect) => effect.kind === 'grantCredits');
  const grantedMicro = sum(granted.map(({ amountMicro }) => amountMicro));
  const voids = effects.filter((effect) => effect.kind === 'voidIncluded');
  const voided = balance.grants.filter(
    ({ kind, sourceKey }) =>
      kind === 'included' && voids.some(({ sourcePrefix }) => sourceKey.startsWith(sourcePrefix)),
  );
  const voidedMicro = voids.length === 0 ? micro(0) : sum(voided.map((g) => g.remainingMicro));
  const { availableMicro: nowMicro } = balance;
  return {
    nowMicro,
    grantedMicro,
    voidedMicro,
    afterMicro: plus(minus(nowMicro, voidedMicro), grantedMicro),
  };
}

function findEffect<Kind extends Effect['kind']>(
  effects: readonly Effect[],
  kind: Kind,
): Extract<Effect, { readonly kind: Kind }> | undefined {
  return effects.find(
    (effect): effect is Extract<Effect, { readonly kind: Kind }> => effect.kind === kind,
  );
}
