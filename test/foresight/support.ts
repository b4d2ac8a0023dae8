import type { Instant } from '../../src/domain/values/calendar.ts';
import { micro } from '../../src/domain/values/money.ts';
import type { Terms } from '../../src/domain/terms/terms.ts';
import { simulate, type Scenario, type Simulation } from '../../src/foresight/simulate.ts';
import type { UsageRow } from '../../src/foresight/usage-row.ts';

/** A call of so many whole credits. */
export const call = (at: Instant, credits: number, who: Partial<UsageRow> = {}): UsageRow => ({
  at,
  workspace: null,
  member: null,
  use: { kind: 'credits', amountMicro: micro(credits * 1_000_000) },
  ...who,
});

/** Lives a workspace with a card that works, from 10 January 2026 for three months unless said. */
export const lived = (terms: Terms, changes: Partial<Scenario>): Simulation =>
  simulate({
    ...{ terms, workspace: 'acme', timeZone: 'UTC', plan: 'pro', interval: 'month' },
    ...{ at: '2026-01-10T00:00:00.000Z', until: '2026-04-10T00:00:00.000Z' },
    ...{ card: 'works', seats: 1, topsUp: false, acts: [], usage: [] },
    ...changes,
  });

/** What became of credits, as `2026-02-01 expired 40 included:2026-01`. */
export const creditsOf = ({ timeline }: Simulation): string[] =>
  timeline.flatMap((entry) => {
    if (entry.kind !== 'credits') return [];
    const { kind, amountMicro, sourceKey } = entry.news;
    return [`${entry.at.slice(0, 10)} ${kind} ${Number(amountMicro) / 1e6} ${sourceKey}`];
  });

/** Invoices as `2026-01-10 30.00 open`. */
export const invoicesOf = ({ timeline }: Simulation): string[] =>
  timeline.flatMap((entry) => {
    if (entry.kind !== 'invoice') return [];
    const { totalMinor, status } = entry.invoice;
    return [`${entry.at.slice(0, 10)} ${(Number(totalMinor) / 100).toFixed(2)} ${status}`];
  });
