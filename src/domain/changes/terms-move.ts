/** What a move to another version means for one workspace: what it pays, gains and loses. */
import type { Instant } from '../values/calendar.ts';
import { publishedOf, termsUnder } from '../terms/contract.ts';
import { includedMicro } from '../credits/included.ts';
import type { InvoiceDraft, Lifecycle } from '../life/lifecycle.ts';
import type { MicroCredits, Minor } from '../values/money.ts';
import { nextInvoice } from '../invoices/next-invoice.ts';
import type { Refusal } from '../life/refusal.ts';
import { explainRefusal } from '../life/refusal.ts';
import { seatsOf } from '../life/seats.ts';
import { step } from '../step.ts';
import { paidOf, planIdOf } from '../life/stepping.ts';
import { planOf, type Plan, type PlanLimits, type Terms } from '../terms/terms.ts';

export type TermsMove = {
  readonly to: Terms;
  readonly plan: string | null;
  readonly when: 'periodEnd' | 'now';
};

/** An invoice that is to come: when, and how much. */
export type InvoiceToCome = { readonly at: Instant; readonly totalMinor: Minor } | null;

/** What differs for one workspace; amounts of credits are those of a whole window, with its seats. */
export type MoveForeseen = {
  readonly refusal: { readonly code: Refusal['kind']; readonly message: string } | null;
  readonly plan: { readonly from: string | null; readonly to: string | null };
  /** When it happens. */
  readonly at: Instant;
  readonly nextInvoice: { readonly before: InvoiceToCome; readonly after: InvoiceToCome };
  readonly pays: 'more' | 'less' | 'the same';
  readonly included: {
    readonly beforeMicro: MicroCredits;
    readonly afterMicro: MicroCredits;
  } | null;
  readonly seats: { readonly before: number; readonly after: number } | null;
  readonly features: { readonly lost: readonly string[]; readonly gained: readonly string[] };
  /** Limits that differ; null: as much as one likes. */
  readonly limits: readonly {
    readonly limit: string;
    readonly before: number | null;
    readonly after: number | null;
  }[];
};

/** The move lived through in memory by the same step that will make it; nothing is stored. */
export function foreseeMove(
  life: Lifecycle,
  terms: Terms,
  move: TermsMove,
  at: Instant,
): MoveForeseen {
  const outcome = step(life, { kind: 'termsChangeRequested', at, ...move, preview: null }, terms);
  const current = planIdOf(life.subscription);
  const contract = life.contract?.agreed;
  const from = current === null ? null : planOf(termsUnder(contract, terms), current);
  if (!outcome.ok) {
    const message = explainRefusal(outcome.refusal);
    return { ...unmoved(life, from, at), refusal: { code: outcome.refusal.kind, message } };
  }
  const { state } = outcome.value;
  const isScheduled = state.comingTerms !== undefined;
  const pinned = isScheduled ? { ...publishedOf(terms), coming: move.to } : move.to;
  const named = move.plan ?? current;
  const to = termsUnder(contract, move.to).plans.find(({ id }) => id === named) ?? null;
  const before = toCome(nextInvoice(life, terms));
  const after = toCome(nextInvoice(state, pinned));
  return {
    refusal: null,
    plan: { from: current, to: to?.id ?? current },
    at: isScheduled ? (paidOf(state)?.term.end ?? at) : at,
    nextInvoice: { before, after },
    pays: compare(before, after),
    ...differences(life, from, to),
  };
}

const unmoved = (life: Lifecycle, plan: Plan | null, at: Instant): MoveForeseen => ({
  refusal: null,
  plan: { from: plan?.id ?? null, to: plan?.id ?? null },
  at,
  nextInvoice: { before: null, after: null },
  pays: 'the same',
  ...differences(life, plan, plan),
});

const toCome = (invoice: InvoiceDraft | null): InvoiceToCome =>
  invoice && { at: invoice.issuedAt, totalMinor: invoice.totalMinor };

function compare(before: InvoiceToCome, after: InvoiceToCome): MoveForeseen['pays'] {
  const old = before?.totalMinor ?? 0n;
  const fresh = after?.totalMinor ?? 0n;
  if (fresh === old) return 'the same';
  return fresh > old ? 'more' : 'less';
}

function differences(
  life: Lifecycle,
  from: Plan | null,
  to: Plan | null,
): Pick<MoveForeseen, 'included' | 'seats' | 'features' | 'limits'> {
  if (from === null || to === null) {
    return { included: null, seats: null, features: { lost: [], gained: [] }, limits: [] };
  }
  const seats = { before: seatsOf(life, from), after: seatsOf(life, to) };
  return {
    seats,
    included: {
      beforeMicro: includedMicro(from, seats.before),
      afterMicro: includedMicro(to, seats.after),
    },
    features: { lost: featuresBeyond(from, to), gained: featuresBeyond(to, from) },
    limits: limitsThatDiffer(from.limits, to.limits),
  };
}

/** Features of one plan that the other lacks, or has in another form [0.24 4.02], by name. */
const featuresBeyond = (one: Plan, other: Plan): string[] =>
  Object.entries(one.features)
    .filter(([name, has]) => has !== false && other.features[name] !== has)
    .map(([name]) => name)
    .toSorted();

function limitsThatDiffer(from: PlanLimits, to: PlanLimits): MoveForeseen['limits'] {
  const before = limitsOf(from);
  const after = limitsOf(to);
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names
    .map((limit) => ({ limit, before: before[limit] ?? null, after: after[limit] ?? null }))
    .filter((each) => each.before !== each.after);
}

/** All limits by name; a tool's says for which time: `tool search, calls per day`. */
function limitsOf({ tools, ...limits }: PlanLimits): Readonly<Record<string, number | null>> {
  const calls = Object.entries(tools).map(([tool, limit]): [string, number] => [
    `tool ${tool}, calls per ${limit.per}`,
    limit.calls,
  ]);
  return { ...limits, ...Object.fromEntries(calls) };
}
