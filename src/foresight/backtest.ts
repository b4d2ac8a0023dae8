import type { Instant } from '../domain/values/calendar.ts';
import { minus, type MicroCredits, type Minor } from '../domain/values/money.ts';
import type { Interval, Terms } from '../domain/terms/terms.ts';
import type { UsageRow } from './usage-row.ts';
import { SimulatedWorkspace } from './workspace.ts';

/** One of the two catalogs, and the plan that every workspace takes of it. */
export type Side = {
  readonly terms: Terms;
  readonly plan: string;
  readonly interval: Interval;
};

export type BacktestSettings = {
  readonly from: Side;
  readonly to: Side;
  readonly timeZone: string;
  readonly seats: number;
  readonly topsUp: boolean;
};

/** What a workspace came to on one catalog. */
export type Outcomes = {
  readonly invoices: number;
  readonly invoicedMinor: Minor;
  readonly calls: number;
  readonly denials: number;
  readonly usedMicro: MicroCredits;
  readonly grantedMicro: MicroCredits;
};

/** A workspace on both catalogs; `difference` is `to` less `from`. */
export type Comparison = {
  readonly workspace: string;
  readonly from: Outcomes;
  readonly to: Outcomes;
  readonly difference: Outcomes;
};

/** Rows that name no workspace are of this one. */
const onlyWorkspace = 'workspace';
const nobody = (): void => undefined;

type Pair = {
  readonly from: SimulatedWorkspace;
  readonly to: SimulatedWorkspace;
  readonly members: Set<string>;
  at: Instant;
};

/**
 * The same usage on two catalogs, row by row. A workspace starts with its first row, on each side's
 * plan, with a card that works; a member joins with their first call. A row that comes after a later one
 * of its workspace is charged at the later one's time, as a ledger's time never goes back.
 */
export class Backtest {
  readonly #settings: BacktestSettings;
  readonly #pairs = new Map<string, Pair>();
  #rows = 0;
  #lastAt: Instant = '';

  constructor(settings: BacktestSettings) {
    this.#settings = settings;
  }

  get rows(): number {
    return this.#rows;
  }

  /** Charges a call on both sides. */
  take(row: UsageRow): void {
    this.#rows += 1;
    if (row.at > this.#lastAt) this.#lastAt = row.at;
    const pair = this.#pairOf(row);
    if (row.at > pair.at) pair.at = row.at;
    const { at, from, to } = pair;
    from.liveUntil(at);
    to.liveUntil(at);
    if (row.member !== null) meet(pair, row.member);
    from.use(at, row.use);
    to.use(at, row.use);
  }

  /** Lives every workspace until the last row's instant, and compares; the biggest change first. */
  finish(): Comparison[] {
    const found = [...this.#pairs].map(([workspace, { from, to }]): Comparison => {
      from.liveUntil(this.#lastAt);
      to.liveUntil(this.#lastAt);
      const before = outcomesOf(from);
      const after = outcomesOf(to);
      return { workspace, from: before, to: after, difference: differ(before, after) };
    });
    return found.sort(byChange);
  }

  #pairOf({ workspace, at }: UsageRow): Pair {
    const name = workspace ?? onlyWorkspace;
    const known = this.#pairs.get(name);
    if (known !== undefined) return known;
    const { from, to } = this.#settings;
    const pair: Pair = {
      from: this.#open(from, name, at),
      to: this.#open(to, name, at),
      members: new Set(),
      at,
    };
    this.#pairs.set(name, pair);
    return pair;
  }

  #open({ terms, plan, interval }: Side, name: string, at: Instant): SimulatedWorkspace {
    const { timeZone, seats, topsUp } = this.#settings;
    const isPersonal = terms.plans.some(({ id, holder }) => id === plan && holder === 'user');
    const workspace = isPersonal ? `user:${name}` : name;
    const opening = {
      workspace,
      timeZone,
      at,
      plan,
      interval,
      card: 'works',
      seats,
      topsUp,
    } as const;
    return new SimulatedWorkspace(terms, opening, nobody);
  }
}

/** The first member is the owner, who is there from the start. */
function meet({ from, to, members, at }: Pair, member: string): void {
  if (members.has(member)) return;
  members.add(member);
  if (members.size === 1) return;
  from.take({ kind: 'memberAccepted', member, at });
  to.take({ kind: 'memberAccepted', member, at });
}

function outcomesOf(workspace: SimulatedWorkspace): Outcomes {
  const { invoices, invoicedMinor, calls, denials, books } = workspace;
  const { usedMicro, grantedMicro } = books.totals();
  const refused = [...denials.values()].reduce((all, count) => all + count, 0);
  return { invoices, invoicedMinor, calls, denials: refused, usedMicro, grantedMicro };
}

const differ = (before: Outcomes, after: Outcomes): Outcomes => ({
  invoices: after.invoices - before.invoices,
  invoicedMinor: minus(after.invoicedMinor, before.invoicedMinor),
  calls: after.calls - before.calls,
  denials: after.denials - before.denials,
  usedMicro: minus(after.usedMicro, before.usedMicro),
  grantedMicro: minus(after.grantedMicro, before.grantedMicro),
});

/** By the change of what is invoiced, either way; then by name, so that the order is always the same. */
function byChange(a: Comparison, b: Comparison): number {
  const [x, y] = [a, b].map(({ difference }) => size(difference.invoicedMinor));
  if (x !== y) return (x ?? 0n) > (y ?? 0n) ? -1 : 1;
  return a.workspace < b.workspace ? -1 : 1;
}

const size = (amount: bigint): bigint => (amount < 0n ? -amount : amount);
