import {
  addMinutes,
  daysBetween,
  localDate,
  type Instant,
} from '../../src/domain/values/calendar.ts';
import { termsUnder } from '../../src/domain/terms/contract.ts';
import { includedMicro, windowOf } from '../../src/domain/credits/included.ts';
import type { Lifecycle, Window } from '../../src/domain/life/lifecycle.ts';
import { seatsOf } from '../../src/domain/life/seats.ts';
import { paidOf } from '../../src/domain/life/stepping.ts';
import { planOf, priceOf, type Plan, type Terms } from '../../src/domain/terms/terms.ts';
import type { Taken } from './live.ts';
import type { Deed } from './random-life.ts';
import { ofKind } from './support.ts';
import { TestLedger } from './test-ledger.ts';

/** The terms that a life is lived by, with the figures of its contract. */
const termsLived = (life: Lifecycle, terms: Terms): Terms =>
  termsUnder(life.contract?.agreed, terms);

/** Windows of included credits that run at one time, unless the later one was paid for as a whole. */
type Allowance = {
  readonly labels: Set<string>;
  endsAt: Instant | null;
  /** By the figures that they were held at: a contract may lay others over them. */
  readonly plans: Map<string, Plan>;
  peakSeats: number;
};

/** What was granted in one allowance, and the most that its plans may grant: each of them once. */
export type Granted = {
  readonly labels: readonly string[];
  readonly grantedMicro: bigint;
  readonly mostMicro: bigint;
};

/** Every allowance of a life; what was granted counts, whether or not it was taken away later. */
export function grantedIn(taken: readonly Taken[], terms: Terms): Granted[] {
  const ledger = new TestLedger();
  const allowances: Allowance[] = [];
  for (const one of taken) {
    ledger.advance(one.after.at);
    for (const effect of one.effects) ledger.write(effect, one.after.at);
    note(allowances, one, terms);
  }
  return allowances.map(({ labels, plans, peakSeats }) => {
    const most = [...plans.values()].map((plan) => includedMicro(plan, peakSeats));
    const granted = [...labels].map((label) => ofLabel(ledger, label));
    return { labels: [...labels], grantedMicro: total(granted), mostMicro: total(most) };
  });
}

const total = (amounts: readonly bigint[]): bigint => amounts.reduce((sum, each) => sum + each, 0n);

const ofLabel = (ledger: TestLedger, label: string): bigint =>
  total(
    [...ledger.grants.values()]
      .filter(({ key }) => key === `included:${label}` || key.startsWith(`included:${label}:`))
      .map(({ amountMicro }) => amountMicro),
  );

function note(allowances: Allowance[], taken: Taken, terms: Terms): void {
  const { before, after } = taken;
  const current = windowOf(after) ?? suspendedIn(after);
  if (current === undefined) return;
  const { window, plan } = current;
  const known = allowances.find(({ labels }) => labels.has(window.label));
  const last = allowances.at(-1);
  const runs = last !== undefined && (last.endsAt === null || after.at < last.endsAt);
  const fresh = {
    labels: new Set<string>(),
    endsAt: null,
    plans: new Map<string, Plan>(),
    peakSeats: 0,
  };
  const allowance: Allowance = known ?? (runs && !isBought(taken) ? last : fresh);
  if (!allowances.includes(allowance)) allowances.push(allowance);
  allowance.labels.add(window.label);
  allowance.endsAt = window.end;
  // An upgrade that restarts the window may grant its difference in the one that ran.
  const ran = (windowOf(before) ?? suspendedIn(before))?.window.label;
  const old = allowances.filter(({ labels }) => ran !== undefined && labels.has(ran));
  const held = planOf(termsLived(after, terms), plan);
  for (const each of new Set([allowance, ...old])) {
    const { id, included } = held;
    const figures = `${id} ${included.baseMicro} ${included.perSeatMicro}`;
    each.plans.set(figures, held);
    each.peakSeats = Math.max(each.peakSeats, seatsOf(after, held));
  }
}

/** The window that a suspended plan has left: a checkout that was open may change the plan in it. */
function suspendedIn(
  life: Lifecycle,
): { readonly window: Window; readonly plan: string } | undefined {
  const paid = paidOf(life);
  return paid?.status === 'suspended' ? { window: paid.window, plan: paid.plan } : undefined;
}

/**
 * Whether a plan began with this step, or again after a suspension, and was charged for a whole term, with nothing
 * given back for another.
 */
const isBought = ({ before, event, effects }: Taken): boolean =>
  (paidOf(before) === undefined || before.subscription.status === 'suspended') &&
  (event.kind === 'planPurchasePaid' ||
    ofKind(effects, 'issueInvoice').some(({ invoice }) => invoice.reason === 'renewal'));

/** What a life was asked to pay, in minor units, and how many lines that was. */
export function chargedIn(taken: readonly Taken[]): {
  readonly minor: number;
  readonly lines: number;
} {
  let minor = 0;
  let lines = 0;
  for (const { event, effects } of taken) {
    for (const { invoice } of ofKind(effects, 'issueInvoice')) {
      // What an operator writes by hand pays for no plan.
      if (invoice.reason === 'manual') continue;
      minor += Number(invoice.subtotalMinor);
      lines += invoice.lines.length;
    }
    const isKept = ofKind(effects, 'creditAccount').length > 0;
    if (event.kind === 'planPurchasePaid' && !isKept) {
      minor += Number(event.totalMinor);
      lines += 4;
    }
  }
  const waiting = taken.at(-1)?.after.upcoming ?? [];
  const left = waiting.reduce((sum, { amountMinor }) => sum + Number(amountMinor), 0);
  return { minor: minor + left, lines: lines + waiting.length };
}

/** Whether a step gives up what its window has granted credits for, so that they may be spent. */
function givesUpCredits({ before, event, after }: Taken, terms: Terms): boolean {
  // A contract may cost less than what it follows. An operator agrees on it, who is shown what it credits: nobody
  // gives up a plan by it at will, and the plan's credits stay or go as for an upgrade (decision 0010).
  if (event.kind === 'contractAgreed') return false;
  const [was, is] = [paidOf(before), paidOf(after)];
  if (was === undefined || is === undefined) return false;
  const isShared = was.window.label === is.window.label && was.term.start === is.term.start;
  const plan = planOf(termsLived(before, terms), was.plan);
  if (was.plan !== is.plan) return isShared && includedMicro(plan, seatsOf(before, plan)) > 0n;
  // Seats that brought no credits yet have none to spend.
  const granted = was.window.seatsGranted > seatsOf(after, plan);
  return isShared && granted && plan.included.perSeatMicro > 0n;
}

/**
 * The price of each day by what was held on it, where whoever spends the credits of a seat or plan holds it to
 * the end of the window that granted them; minor units.
 */
export function worthOfSpenders(taken: readonly Taken[], terms: Terms): number {
  let held = 0;
  const prices = taken.map((one) => {
    const price = dailyPrice(one.after, terms);
    const goesOn = one.after.subscription.status !== 'suspended';
    held = goesOn && givesUpCredits(one, terms) ? Math.max(held, price) : price;
    return held;
  });
  return sumOfDays(taken, prices);
}

/** The price of each day by what was held on it, the least where that changed during the day; minor units. */
export const worthOf = (taken: readonly Taken[], terms: Terms): number =>
  sumOfDays(
    taken,
    taken.map(({ after }) => dailyPrice(after, terms)),
  );

function sumOfDays(taken: readonly Taken[], prices: readonly number[]): number {
  const days = new Map<string, number>();
  taken.forEach(({ after }, index) => {
    const until = taken[index + 1]?.after.at ?? after.at;
    const price = prices[index] ?? 0;
    const last = localDate(until, after.timeZone);
    for (let at = after.at; ; at = addMinutes(at, 24 * 60)) {
      const day = localDate(at < until ? at : until, after.timeZone);
      days.set(day, Math.min(days.get(day) ?? price, price));
      if (day >= last) break;
    }
  });
  // The day on which a life is cut is not over: the renewal that charges it may be hours away.
  const end = taken.at(-1)?.after;
  if (end !== undefined) days.delete(localDate(end.at, end.timeZone));
  return [...days.values()].reduce((sum, each) => sum + each, 0);
}

function dailyPrice(life: Lifecycle, terms: Terms): number {
  const paid = paidOf(life);
  // Who is suspended holds nothing that could be used.
  if (paid === undefined || paid.status === 'suspended') return 0;
  const plan = planOf(termsLived(life, terms), paid.plan);
  const { baseMinor, perSeatMinor } = priceOf(plan, paid.interval);
  // Where seats that come in a term are not charged for it, only the base is known to be owed.
  const seats = terms.planChange.seats.add === 'none' ? 0 : seatsOf(life, plan);
  const whole = daysBetween(paid.term.start, paid.term.end, life.timeZone);
  return (Number(baseMinor) + seats * Number(perSeatMinor)) / whole;
}

/** The same deed without a preview before it. */
export function atOnce(deed: Deed): Deed {
  if (deed.do === 'agree') return { ...deed, isShownFirst: false };
  return deed.do === 'confirm' ? { ...deed, do: 'change' } : deed;
}
