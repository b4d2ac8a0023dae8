import type { Instant } from '../domain/values/calendar.ts';
import type { Contract } from '../domain/terms/contract.ts';
import type { EventKind } from '../domain/life/lifecycle.ts';
import { minus, type MicroCredits, type Minor } from '../domain/values/money.ts';
import type { Interval, Terms } from '../domain/terms/terms.ts';
import type { Card } from './bank.ts';
import type { CreditTotals } from './books.ts';
import type { TimelineEntry, UsageSum } from './timeline.ts';
import type { UsageRow } from './usage-row.ts';
import { SimulatedWorkspace, type Opening } from './workspace.ts';

/** Something that the customer does, beside using credits. */
export type Act = { readonly at: Instant } & (
  | { readonly do: 'changePlan'; readonly plan: string; readonly interval: Interval }
  | { readonly do: 'topUp'; readonly priceMinor: Minor }
  | { readonly do: 'seats'; readonly count: number }
  | { readonly do: 'join' | 'leave'; readonly member: string }
  | { readonly do: 'cancel' }
  | { readonly do: 'contract'; readonly contract: Contract }
  | { readonly do: 'card'; readonly card: Card }
);

/** A life to be lived in memory. */
export type Scenario = Opening & {
  readonly terms: Terms;
  readonly until: Instant;
  readonly acts: readonly Act[];
  readonly usage: readonly UsageRow[];
};

export type Simulation = {
  readonly timeline: readonly TimelineEntry[];
  readonly totals: SimulationTotals;
};

export type SimulationTotals = CreditTotals & {
  readonly calls: number;
  /** Refused calls by what refused them. */
  readonly denials: Readonly<Record<string, number>>;
  readonly deniedMicro: MicroCredits;
  readonly invoices: number;
  /** What was invoiced before account credit, and what money came for it. */
  readonly invoicedMinor: Minor;
  readonly paidMinor: Minor;
  /** Usage before the start or from the end on, which did not happen in this life. */
  readonly rowsOutside: number;
};

type Deed =
  { readonly at: Instant; readonly act: Act } | { readonly at: Instant; readonly row: UsageRow };

/**
 * Lives a workspace from its start until an instant: everything that falls due, the customer's acts and
 * the usage, in order of time. A deadline comes before what happens at its very instant, an act before
 * usage. Pure: the same scenario gives the same life.
 */
export function simulate(scenario: Scenario): Simulation {
  const { terms, until, acts, usage } = scenario;
  const timeline: TimelineEntry[] = [];
  const workspace = new SimulatedWorkspace(terms, scenario, (entry) => timeline.push(entry));
  const windows = new WindowUsage(workspace, timeline);
  const inside = usage.filter(({ at }) => at >= scenario.at && at < until);
  for (const deed of inOrder(acts, inside)) {
    windows.liveUntil(deed.at);
    if ('act' in deed) perform(workspace, deed.act);
    else workspace.use(deed.at, deed.row.use);
  }
  windows.liveBefore(until);
  windows.close(until);
  return { timeline, totals: totalsOf(workspace, usage.length - inside.length) };
}

function inOrder(acts: readonly Act[], usage: readonly UsageRow[]): Deed[] {
  const deeds: Deed[] = [
    ...acts.map((act) => ({ at: act.at, act })),
    ...usage.map((row) => ({ at: row.at, row })),
  ];
  // A stable sort: what stands first happens first.
  return deeds.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

function perform(workspace: SimulatedWorkspace, act: Act): void {
  if (act.do === 'card') workspace.changeCard(act.card, act.at);
  else workspace.take({ ...eventOf(workspace, act), at: act.at });
}

function eventOf(
  workspace: SimulatedWorkspace,
  act: Exclude<Act, { readonly do: 'card' }>,
): EventKind {
  const asked = { returnTo: 'https://simulated.invalid/', preview: null } as const;
  switch (act.do) {
    case 'changePlan': {
      const payment = workspace.nextPayment();
      const { plan, interval } = act;
      return { kind: 'planChangeRequested', plan, interval, payment, ...asked };
    }
    case 'topUp': {
      const payment = workspace.nextPayment();
      const { priceMinor } = act;
      const { returnTo } = asked;
      return { kind: 'topUpRequested', payment, priceMinor, pay: 'savedMethod', returnTo };
    }
    case 'seats':
      return { kind: 'seatsRequested', purchased: act.count };
    case 'join':
      return { kind: 'memberAccepted', member: act.member };
    case 'leave':
      return { kind: 'memberRemoved', member: act.member };
    case 'cancel':
      return { kind: 'cancelRequested', when: 'periodEnd' };
    case 'contract': {
      const request = workspace.nextPayment();
      return { kind: 'contractAgreed', request, contract: act.contract, preview: null };
    }
  }
}

/** Tells what was used of a window when it ends. */
class WindowUsage {
  readonly #workspace: SimulatedWorkspace;
  readonly #timeline: TimelineEntry[];
  #told: UsageSum;

  constructor(workspace: SimulatedWorkspace, timeline: TimelineEntry[]) {
    this.#workspace = workspace;
    this.#timeline = timeline;
    this.#told = usageOf(workspace);
  }

  /** Lives deadline by deadline, so that a window is told before the next one begins. */
  liveUntil(at: Instant): void {
    this.#liveWhile((next) => next <= at);
  }

  /** A life is half-open: what falls due at its very end belongs to the time after it. */
  liveBefore(end: Instant): void {
    this.#liveWhile((next) => next < end);
  }

  #liveWhile(isDue: (next: Instant) => boolean): void {
    const workspace = this.#workspace;
    for (let { next } = workspace; next !== null && isDue(next.at); { next } = workspace) {
      if (next.kind === 'windowEnds' || next.kind === 'trialEnds') this.close(next.at);
      workspace.liveUntil(next.at);
    }
  }

  close(at: Instant): void {
    const now = usageOf(this.#workspace);
    const since = {
      calls: now.calls - this.#told.calls,
      usedMicro: minus(now.usedMicro, this.#told.usedMicro),
      denied: now.denied - this.#told.denied,
      deniedMicro: minus(now.deniedMicro, this.#told.deniedMicro),
    };
    this.#told = now;
    if (since.calls + since.denied > 0) this.#timeline.push({ at, kind: 'usage', ...since });
  }
}

const usageOf = (workspace: SimulatedWorkspace): UsageSum => ({
  calls: workspace.calls,
  usedMicro: workspace.books.usedMicro,
  denied: [...workspace.denials.values()].reduce((all, count) => all + count, 0),
  deniedMicro: workspace.deniedMicro,
});

function totalsOf(workspace: SimulatedWorkspace, rowsOutside: number): SimulationTotals {
  const { books, calls, deniedMicro, invoices, invoicedMinor, paidMinor } = workspace;
  return {
    ...books.totals(),
    ...{ calls, deniedMicro, invoices, invoicedMinor, paidMinor, rowsOutside },
    denials: Object.fromEntries(workspace.denials),
  };
}
