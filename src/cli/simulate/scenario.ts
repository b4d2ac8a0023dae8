import { parseArgs } from 'node:util';
import { addMonths } from '../../domain/values/calendar.ts';
import type { Scenario } from '../../foresight/simulate.ts';
import type { UsageRow } from '../../foresight/usage-row.ts';
import {
  cardFrom,
  countFrom,
  instantFrom,
  intervalFrom,
  timeZoneFrom,
} from '../foresight/arguments.ts';
import { CannotForesee } from '../foresight/cannot-foresee.ts';
import { findPlan, openCatalog } from '../foresight/catalog-file.ts';
import { readUsage, usageFormat } from '../foresight/usage-file.ts';
import { actFormat, actFrom } from './act.ts';

export const help = `usage: npm run --silent simulate -- --catalog C --plan P --months N [options]

Lives a workspace in memory, by the rules that production runs, and prints its timeline.

  --catalog C       a product of catalogs/, or a catalog's file
  --plan P          the plan that it starts on
  --months N        how long it lives, 1 to 120
  --usage FILE      the calls that it makes
  --model M         the model of rows that name none
  --interval I      month (default) or year
  --from DAY        when it starts; default: with the usage's first row, or today
  --time-zone Z     where its days and months begin; default: UTC
  --seats N         seats that it buys up front; default: 1
  --card C          works (default), declines, or none at the start
  --top-ups         buys the smallest top-up whenever credits run out
  --act 'ACT'       something that the customer does; may be said several times
  --json            for machines

${usageFormat}

${actFormat}`;

const options = {
  catalog: { type: 'string' },
  plan: { type: 'string' },
  months: { type: 'string' },
  usage: { type: 'string' },
  model: { type: 'string' },
  interval: { type: 'string', default: 'month' },
  from: { type: 'string' },
  'time-zone': { type: 'string', default: 'UTC' },
  seats: { type: 'string', default: '1' },
  card: { type: 'string', default: 'works' },
  'top-ups': { type: 'boolean', default: false },
  act: { type: 'string', multiple: true },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

export type Wish = { readonly format: 'text' | 'json'; readonly scenario: Scenario };

/** The life that the arguments describe, or `'help'`. */
export async function wishFrom(args: readonly string[], today: string): Promise<Wish | 'help'> {
  const wish = read(args);
  if (wish.help) return 'help';
  const terms = openCatalog(said(wish.catalog, '--catalog'));
  const interval = intervalFrom(wish.interval);
  const plan = findPlan(terms, said(wish.plan, '--plan'), interval);
  const months = countFrom(said(wish.months, '--months'), '--months', 120);
  const usage: UsageRow[] = [];
  if (wish.usage !== undefined) {
    await readUsage(wish.usage, wish.model ?? null, (row) => usage.push(row));
  }
  const timeZone = timeZoneFrom(wish['time-zone']);
  const at = instantFrom(wish.from ?? (usage[0]?.at ?? today).slice(0, 10));
  const scenario: Scenario = {
    terms,
    // A plan whose credits belong to a user is paid for in the user's own workspace.
    workspace: plan.holder === 'user' ? 'user:simulated' : 'simulated',
    timeZone,
    at,
    until: addMonths(at, months, timeZone),
    plan: plan.id,
    interval,
    card: cardFrom(wish.card),
    seats: countFrom(wish.seats, '--seats', 100_000),
    topsUp: wish['top-ups'],
    acts: (wish.act ?? []).map((text) => actFrom(text, terms)),
    usage,
  };
  return { format: wish.json ? 'json' : 'text', scenario };
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
  throw new CannotForesee(`${option} is missing: --catalog C --plan P --months N, or --help`);
}
