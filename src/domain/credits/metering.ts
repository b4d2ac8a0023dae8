import { isBefore, type Instant, type Period } from '../values/calendar.ts';
import { pinnedAt } from '../changes/coming-terms.ts';
import { issue } from '../invoices/invoice.ts';
import type { Effect, InvoiceLine, Lifecycle, Step } from '../life/lifecycle.ts';
import type { MeteredLine, Overage, UsageMetered } from '../life/metering-fact.ts';
import {
  divide,
  minor,
  minorDigits,
  toDecimal,
  type MicroCredits,
  type MicroMinor,
  type Minor,
} from '../values/money.ts';
import { chain, paidOf, stay } from '../life/stepping.ts';
import { planOf, type OverageTerms, type Plan, type Terms } from '../terms/terms.ts';

/** Millionths of a credit times millionths of a minor unit, in one minor unit. */
const perMinor = 1_000_000_000_000n;

/**
 * What usage beyond the pool costs: credits times the price of one, in minor units, rounded once for the line,
 * half away from zero [4.36]. Given back, both are negative.
 */
export const meteredMinor = (quantityMicro: MicroCredits, priceMicro: MicroMinor): Minor =>
  minor(divide(quantityMicro * priceMicro, perMinor, 'halfAwayFromZero'));

/** How far usage of this plan may go beyond its credits [K12]; null where the product is prepaid [K26]. */
const overageOf = (terms: Terms, plan: Plan): OverageTerms | null =>
  terms.settlement === 'creditThenInvoice' ? plan.overage : null;

/**
 * What the ledger lets go beyond the pool now: only a plan that is active, so that nobody who is behind owes
 * more. Where a change is scheduled to other conditions it ends with the term, worker or no worker.
 */
export function overageNow(life: Lifecycle, terms: Terms): Overage | null {
  const { subscription } = life;
  if (subscription.status !== 'active') return null;
  const allowed = overageOf(terms, planOf(terms, subscription.plan));
  if (allowed === null) return null;
  const { scheduled, term } = subscription;
  const next = scheduled?.kind === 'cancel' ? null : overageAfter(life, terms, term.end);
  const goesOn = next?.upToMicro === allowed.upToMicro && next.priceMicro === allowed.priceMicro;
  return { ...allowed, endsAt: goesOn ? null : term.end };
}

/** What the plan that follows allows, by the version that is in force then. */
function overageAfter(life: Lifecycle, terms: Terms, end: Instant): OverageTerms | null {
  const then = pinnedAt(life, terms, end);
  const paid = paidOf(then.life);
  const id = paid?.scheduled?.kind === 'plan' ? paid.scheduled.plan : paid?.plan;
  const plan = then.terms.plans.find((each) => each.id === id);
  return plan === undefined ? null : overageOf(then.terms, plan);
}

/** Tells the ledger when what may go beyond the pool has changed; a workspace that never may asks for nothing. */
export function keepOverage(life: Lifecycle, terms: Terms): Step {
  const overage = overageNow(life, terms);
  const was = life.meter?.overage ?? null;
  if (isSame(was, overage)) return stay(life);
  const meter = { awaits: life.meter?.awaits ?? [], overage };
  return { state: { ...life, meter }, effects: [{ kind: 'setOverage', overage }] };
}

const isSame = (a: Overage | null, b: Overage | null): boolean =>
  a?.upToMicro === b?.upToMicro && a?.priceMicro === b?.priceMicro && a?.endsAt === b?.endsAt;

/** A period ended: what was used beyond the pool before that instant goes on its invoice [4.36]. */
export const readMeter =
  (until: Instant) =>
  (life: Lifecycle): Step =>
    awaitReading(life, { reading: `period:${until}`, until, final: null });

/** The plan ends: all there is goes on a last invoice, with the lines that wait. */
export const readLastMeter = (
  life: Lifecycle,
  final: { readonly key: string; readonly issuedAt: Instant; readonly period: Period },
): Step => awaitReading(life, { reading: final.key, until: null, final });

/** Whether usage of this workspace may stand on the meter. */
export const isMetered = (life: Lifecycle): boolean => life.meter !== undefined;

function awaitReading(
  life: Lifecycle,
  asked: {
    readonly reading: string;
    readonly until: Instant | null;
    readonly final: { readonly issuedAt: Instant; readonly period: Period } | null;
  },
): Step {
  const { meter } = life;
  if (meter === undefined) return stay(life);
  const { reading, until, final } = asked;
  const awaited = {
    reading,
    final: final && { issuedAt: final.issuedAt, period: final.period },
  };
  const read: Effect = { kind: 'readMeter', reading, until };
  const state = { ...life, meter: { ...meter, awaits: [...meter.awaits, awaited] } };
  return { state, effects: [read] };
}

/** A reading came: its lines wait for the period's invoice, or a plan that has ended is invoiced now. */
export function takeReading(life: Lifecycle, event: UsageMetered, terms: Terms): Step {
  const { meter } = life;
  const awaited = meter?.awaits.find(({ reading }) => reading === event.reading);
  if (meter === undefined || awaited === undefined) return stay(life);
  const awaits = meter.awaits.filter((each) => each !== awaited);
  const lines = event.lines.map((line) => meteredLine(line, terms));
  const upcoming = [...life.upcoming, ...lines];
  const read = { ...life, meter: { ...meter, awaits }, upcoming };
  if (awaited.final === null) return stay(read);
  return chain(
    { ...read, upcoming: [] },
    issue(terms, {
      key: awaited.reading,
      reason: 'supplementary',
      ...awaited.final,
      lines: upcoming,
    }),
  );
}

/** One reading's line of an invoice: in words too, since a quantity of credits is no whole number. */
export function meteredLine(line: MeteredLine, terms: Terms): InvoiceLine {
  const { kind, quantityMicro, priceMicro, start, end } = line;
  const amountMinor = meteredMinor(quantityMicro, priceMicro);
  const unitPrice = `${pricePerCredit(priceMicro, terms.currency)} ${terms.currency.toUpperCase()}`;
  const size = quantityMicro < 0n ? 0n - quantityMicro : quantityMicro;
  return {
    kind: 'metered',
    description: `${words[kind]}: ${trimmed(toDecimal(size, 6), 0)} credits at ${unitPrice}`,
    quantity: 1,
    unitMinor: amountMinor,
    amountMinor,
    period: { start, end: isBefore(end, start) ? start : end },
    days: null,
    member: null,
    metered: { quantityMicro, priceMicro },
  };
}

/** The price of one credit in the currency's main unit, as a decimal: `1.00`, `0.0125`. */
export function pricePerCredit(priceMicro: MicroMinor, currency: string): string {
  const digits = minorDigits(currency);
  return trimmed(toDecimal(priceMicro, 6 + digits), digits);
}

/** A decimal without its last zeros, but for so many digits after the point. */
function trimmed(decimal: string, digits: number): string {
  const [whole = '', fraction = ''] = decimal.split('.');
  const kept = fraction.replace(/0+$/, '').padEnd(digits, '0');
  return kept === '' ? whole : `${whole}.${kept}`;
}

const words = {
  usage: 'Metered usage',
  late: 'Metered usage of an earlier period',
  refund: 'Metered usage given back',
} as const satisfies Record<MeteredLine['kind'], string>;
