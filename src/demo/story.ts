import { Acts } from './acts.ts';
import { sumMoney } from './amounts.ts';
import type { UsageAnswer } from './answers.ts';
import { Journal, rulesIn, type Check, type Entry } from './journal.ts';
import { Life, type DemoWorld } from './life.ts';
import type { PassingRules } from './narrator.ts';
import { UsageSource, type UsagePlan } from './usage.ts';

/** A product's year, as a script. All figures in it are literals that were reckoned beforehand. */
export type Story = {
  readonly product: string;
  readonly workspace: string;
  readonly title: string;
  readonly owner: string;
  readonly timeZone: string;
  readonly begins: string;
  /** How a credit is shown: in dollars, or as a number. */
  readonly unit: 'dollars' | 'credits';
  readonly passing: PassingRules;
  readonly usage: UsagePlan;
  /** Where the usage comes from, and what in it was assigned. */
  readonly about: string;
  /** By what the year's usage is split at the end. */
  readonly splits: readonly string[];
  /** What the year comes to, and the rules behind it. */
  readonly year: Readonly<Record<YearFigure, string>> & { readonly rules: string };
  tell(acts: Acts): Promise<void>;
};

const yearFigures = ['used', 'available', 'debt', 'invoices', 'paid', 'open'] as const;
type YearFigure = (typeof yearFigures)[number];

const yearWords: Readonly<Record<YearFigure, string>> = {
  used: 'used in the year',
  available: 'left at its end',
  debt: 'owed at its end',
  invoices: 'invoices of the year',
  paid: 'paid in the year',
  open: 'unpaid at its end',
};

/** What the year came to, as the API tells it at the end. */
export type YearTotals = {
  readonly used: string;
  readonly available: string;
  readonly debt: string;
  readonly invoices: number;
  readonly paid: string;
  readonly open: string;
  readonly usage: readonly { readonly by: string; readonly rows: UsageAnswer['rows'] }[];
};

export type ToldStory = {
  readonly story: Story;
  readonly entries: readonly Entry[];
  readonly checks: readonly Check[];
  readonly totals: YearTotals;
};

/**
 * Lives a story through on a running stack. Every request is repeated under its own key until it is
 * answered, and runs are sent side by side only where their order does not matter: so the end is the
 * same in every telling, whoever was killed meanwhile.
 */
export async function tellStory(
  world: DemoWorld,
  story: Story,
  listen: (entry: Entry) => void = () => undefined,
): Promise<ToldStory> {
  const life = new Life(world, story);
  const journal = new Journal(listen);
  const usage = new UsageSource(story.usage, story.owner);
  try {
    await story.tell(new Acts({ life, journal, usage, passing: story.passing }));
  } catch (error) {
    const last = journal.entries.at(-1)?.text ?? 'its beginning';
    throw new Error(`The story of ${story.product} broke off after "${last}"`, { cause: error });
  }
  const totals = await totalsOf(life, story);
  const { rules, ...expected } = story.year;
  const figures = { ...totals, invoices: String(totals.invoices) };
  for (const figure of yearFigures) {
    journal.expect({
      ...{ what: yearWords[figure], rules: rulesIn(rules) },
      ...{ expected: expected[figure], actual: figures[figure] },
    });
  }
  // Two workspaces of one story have clocks of their own.
  const entries = journal.entries.toSorted((a, b) => a.at.localeCompare(b.at));
  return { story, entries, checks: journal.checks, totals };
}

async function totalsOf(life: Life, story: Story): Promise<YearTotals> {
  const { available, debt } = await life.balance();
  const invoices = await life.invoices();
  const sumOf = (status: string): string =>
    sumMoney(invoices.filter((one) => one.status === status).map(({ total }) => total.amount));
  const usage = [];
  for (const by of story.splits) {
    const { rows } = await life.usage({ by, from: story.begins });
    usage.push({ by, rows });
  }
  const { total: used } = await life.usage({ by: '', from: story.begins });
  const paid = sumOf('paid');
  const open = sumOf('open');
  return { used, available, debt, invoices: invoices.length, paid, open, usage };
}
