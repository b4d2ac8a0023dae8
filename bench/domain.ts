import { readFileSync } from 'node:fs';
import { readCatalog } from '../src/catalog/load.ts';
import type { Instant } from '../src/domain/values/calendar.ts';
import { rateTokens } from '../src/domain/terms/rating.ts';
import type { Terms } from '../src/domain/terms/terms.ts';
import { Backtest } from '../src/foresight/backtest.ts';
import { usageReader } from '../src/foresight/read-usage.ts';
import { simulate } from '../src/foresight/simulate.ts';
import type { UsageRow } from '../src/foresight/usage-row.ts';
import type { Benchmark } from './benchmark.ts';
import { hold, millisecondsEach, perSecond, type Contest } from './contest.ts';

/** No rate changes by date. */
const at = '2026-01-10T00:00:00.000Z';

function termsOf(file: string): Terms {
  const { terms, mistakes } = readCatalog(readFileSync(file, 'utf8'), file);
  if (terms === undefined) throw new Error(mistakes.join('\n'));
  return terms;
}

const models = ['haiku-4.5', 'sonnet-4.6', 'opus-4.7'] as const;
const modelOf = (number: number): string => models[number % models.length] ?? models[0];

/** Prices calls by a product's card, beside the bare multiplications that no pricing can do without. */
function rating(terms: Terms): Contest {
  const calls = 10_000;
  const card = terms.rates;
  let total = 0n;
  return {
    name: 'domain: calls rated',
    unit: 'calls/s',
    ours: perSecond(() => {
      for (let call = 0; call < calls; call += 1) {
        const tokens = { input: 1_000 + call, output: 200 };
        const rated = rateTokens({ card, model: modelOf(call), tokens, at });
        if (rated.ok) total += rated.value.amountMicro;
      }
      return calls;
    }),
    baseline: {
      name: 'two multiplications, one division',
      measure: perSecond(() => {
        for (let call = 0; call < calls; call += 1) {
          total += (BigInt(1_000 + call) * 3_000_000n + 200n * 15_000_000n) / 1_000_000n;
        }
        return calls;
      }),
    },
    aim: null,
  };
}

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const instantAt = (ms: number): Instant => new Date(ms).toISOString();

/** One year of a workspace: usage on each day, twelve resets, an upgrade, a downgrade, a top-up. */
function workspaceYear(terms: Terms): Contest {
  let start = Date.parse('2026-01-10T00:00:00.000Z');
  const later = (days: number): Instant => instantAt(start + days * dayMs);
  return {
    name: 'domain: a workspace-year simulated',
    unit: 'ms',
    ours: millisecondsEach(() => {
      // A minute later than the life before, so that no life repeats another's dates.
      start += minuteMs;
      const usage = Array.from({ length: 365 }, (_, day): UsageRow => {
        const tokens = { input: 120_000 + day * 500, output: 9_000 };
        const use = { kind: 'tokens', model: modelOf(day), tokens } as const;
        return { at: later(day), workspace: null, member: null, use };
      });
      simulate({
        ...{ terms, workspace: 'acme', timeZone: 'Europe/Paris', at: later(0), plan: 'pro' },
        ...{ interval: 'month', card: 'works', seats: 3, topsUp: true },
        until: later(365),
        acts: [
          { at: later(100), do: 'changePlan', plan: 'team', interval: 'month' },
          { at: later(200), do: 'seats', count: 5 },
          { at: later(250), do: 'changePlan', plan: 'pro', interval: 'month' },
        ],
        usage,
      });
    }),
    baseline: null,
    aim: { of: 'value', better: 'less', goal: 2, floor: 10 },
  };
}

/** Rows of a hundred workspaces over some days, as a file has them. */
function recording(rows: number): string[] {
  let time = Date.parse('2026-01-01T00:00:00.000Z');
  return Array.from({ length: rows }, (_, row) => {
    time += 2_000;
    const at = instantAt(time);
    const who = `w${(row * 7) % 100},u${row % 5},${modelOf(row)}`;
    return `${at},${who},${200 + ((row * 37) % 8_000)},${20 + (row % 900)}`;
  });
}

const header = 'at,workspace,member,model,input,output';

function readerOf() {
  const begun = usageReader(header, null);
  if (!begun.ok) throw new Error(begun.refusal);
  return begun.value.read;
}

/** Reads, prices and charges recorded usage on two catalogs, beside only reading its lines apart. */
function backtest(terms: Terms): Contest {
  const lines = recording(100_000);
  const side = { terms, plan: 'team', interval: 'month' } as const;
  const settings = { from: side, to: side, timeZone: 'UTC', seats: 20, topsUp: false };
  return {
    name: 'domain: backtest, rows on two catalogs',
    unit: 'rows/s',
    ours: perSecond(() => {
      const both = new Backtest(settings);
      const read = readerOf();
      for (const line of lines) {
        const row = read(line);
        if (row.ok) both.take(row.value);
      }
      both.finish();
      return lines.length;
    }),
    baseline: {
      name: 'lines split at their commas',
      measure: perSecond(() => {
        let cells = 0;
        for (const line of lines) cells += line.split(',').length;
        return cells / header.split(',').length;
      }),
    },
    aim: { of: 'value', better: 'more', goal: 400_000, floor: 150_000 },
  };
}

/** What the kernel can do without a database. */
export const domain: Benchmark = {
  name: 'domain',
  run: async (effort) => {
    const terms = termsOf('catalogs/studio.yaml');
    const year = await hold(workspaceYear(terms), effort);
    const rows = await hold(backtest(terms), effort);
    return [year, rows, await hold(rating(terms), effort)];
  },
};
