import { parseArgs } from 'node:util';
import { isFree } from '../../domain/life/activation.ts';
import type { Interval, Terms } from '../../domain/terms/terms.ts';
import type { BacktestSettings, Side } from '../../foresight/backtest.ts';
import { countFrom, intervalFrom, timeZoneFrom } from '../foresight/arguments.ts';
import { CannotForesee } from '../foresight/cannot-foresee.ts';
import { findPlan, openCatalog } from '../foresight/catalog-file.ts';
import { usageFormat } from '../foresight/usage-file.ts';

export const help = `usage: npm run --silent backtest -- --from CATALOG --to CATALOG --usage FILE [options]

Charges the same usage on two catalogs and prints what differs for each workspace. A workspace starts
with its first row, on the plan below, with a card that works; a member joins with their first call.

  --from CATALOG    a product of catalogs/, or a catalog's file
  --to CATALOG      likewise, such as a draft
  --usage FILE      the recorded calls
  --plan P          the plan of both catalogs; default: the cheapest that is sold and costs something
  --to-plan P       the plan of the second catalog, if it is another
  --model M         the model of rows that name none
  --interval I      month (default) or year
  --time-zone Z     where days and months begin; default: UTC
  --seats N         seats that a workspace buys up front; default: 1
  --top-ups         buys the smallest top-up whenever credits run out
  --json            for machines

${usageFormat}`;

const options = {
  from: { type: 'string' },
  to: { type: 'string' },
  usage: { type: 'string' },
  plan: { type: 'string' },
  'to-plan': { type: 'string' },
  model: { type: 'string' },
  interval: { type: 'string', default: 'month' },
  'time-zone': { type: 'string', default: 'UTC' },
  seats: { type: 'string', default: '1' },
  'top-ups': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

export type Wish = {
  readonly format: 'text' | 'json';
  readonly settings: BacktestSettings;
  readonly usage: string;
  readonly model: string | null;
};

/** The comparison that the arguments describe, or `'help'`. */
export function wishFrom(args: readonly string[]): Wish | 'help' {
  const wish = read(args);
  if (wish.help) return 'help';
  const interval = intervalFrom(wish.interval);
  const from = sideOf(said(wish.from, '--from'), wish.plan, interval);
  const to = sideOf(said(wish.to, '--to'), wish['to-plan'] ?? wish.plan, interval);
  if (from.terms.currency !== to.terms.currency) {
    const { terms: before } = from;
    const { terms: after } = to;
    const both = `${before.name} is in ${before.currency}, ${after.name} in ${after.currency}`;
    throw new CannotForesee(`${both}: compare catalogs of one currency`);
  }
  return {
    format: wish.json ? 'json' : 'text',
    usage: said(wish.usage, '--usage'),
    model: wish.model ?? null,
    settings: {
      ...{ from, to },
      timeZone: timeZoneFrom(wish['time-zone']),
      seats: countFrom(wish.seats, '--seats', 100_000),
      topsUp: wish['top-ups'],
    },
  };
}

function sideOf(catalog: string, wanted: string | undefined, interval: Interval): Side {
  const terms = openCatalog(catalog);
  const plan = findPlan(terms, wanted ?? cheapestPaid(terms), interval);
  return { terms, plan: plan.id, interval };
}

function cheapestPaid(terms: Terms): string {
  const paid = terms.plans.filter((plan) => plan.selfServe && !isFree(plan));
  const [first] = paid.toSorted((a, b) => a.rank - b.rank);
  if (first !== undefined) return first.id;
  throw new CannotForesee(`${terms.name} sells no plan that costs something: choose one by --plan`);
}

function read(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    throw new CannotForesee(`${what}\nFor everything that can be said: --help`);
  }
}

function said(value: string | undefined, option: string): string {
  if (value !== undefined) return value;
  throw new CannotForesee(`${option} is missing: --from CATALOG --to CATALOG --usage FILE`);
}
