import type { Finding } from '../cli/audit/identity.ts';
import { microOf, showChange, showCount, showCredits, showMoney } from './amounts.ts';
import { holds, type Check, type Entry } from './journal.ts';
import { columns, line, padded, span, wrap, type Line } from './page.ts';
import type { Story, ToldStory } from './story.ts';

const width = { when: 12, what: 55, paid: 9, credits: 10, balance: 10 } as const;

/** A workspace's year: its timeline, what it came to, and the figures that were expected. */
export function tellOf(told: ToldStory): readonly Line[] {
  const { story, entries, checks } = told;
  return [
    line('─'.repeat(columns), 'dim'),
    [span(story.title, 'title'), span(`   ${story.product}/${story.workspace}`, 'dim')],
    ...wrap(line(`Times are those of ${story.timeZone}. ${story.about}`, 'dim'), columns),
    line(''),
    heading(story),
    ...entries.flatMap((entry) => rowsOf(entry, story.timeZone)),
    line(''),
    ...totalsOf(told),
    line(''),
    line('Expected, and so it is', 'bold'),
    ...checks.flatMap(checkRows),
    line(''),
  ];
}

const heading = ({ unit }: Story): Line =>
  cells({
    when: 'when',
    what: line('what happened', 'dim'),
    paid: span('invoiced', 'dim'),
    credits: span(unit === 'dollars' ? 'credits, $' : 'credits', 'dim'),
    balance: span('balance', 'dim'),
  });

type Cells = {
  readonly when: string;
  readonly what: Line;
  readonly paid: ReturnType<typeof span>;
  readonly credits: ReturnType<typeof span>;
  readonly balance: ReturnType<typeof span>;
};

const cells = ({ when, what, paid, credits, balance }: Cells): Line => [
  span(when.padEnd(width.when + 1), 'dim'),
  ...padded(what, width.what + 1),
  { ...paid, text: paid.text.padStart(width.paid) },
  { ...credits, text: ` ${credits.text.padStart(width.credits)}` },
  { ...balance, text: ` ${balance.text.padStart(width.balance)}` },
];

function rowsOf(entry: Entry, timeZone: string): readonly Line[] {
  const { text, rules, money, credits, balance } = entry;
  const said = [span(text), ...(rules.length > 0 ? [span(`[${rules.join(' ')}]`, 'dim')] : [])];
  const [first = [], ...rest] = wrap(said, width.what);
  return [
    cells({
      when: whenOf(entry.at, timeZone),
      what: first,
      paid: span(money === null ? '' : showMoney(money), 'bold'),
      credits:
        credits === null ? span('') : span(showChange(credits), credits > 0n ? 'good' : 'bad'),
      balance: span(balance === null ? '' : showCredits(balance)),
    }),
    ...rest.map((row) => [span(' '.repeat(width.when + 1)), ...row]),
  ];
}

function whenOf(at: string, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-GB', {
    ...{ day: '2-digit', month: 'short', hour: '2-digit', minute: '2-digit', timeZone },
    hourCycle: 'h23',
  }).formatToParts(new Date(at));
  const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? '';
  return `${part('day')} ${part('month').slice(0, 3)} ${part('hour')}:${part('minute')}`;
}

function totalsOf({ totals, story }: ToldStory): readonly Line[] {
  const owed = totals.debt === '0.000000' ? '' : `, owes ${showCredits(microOf(totals.debt))}`;
  return [
    line('The year', 'bold'),
    line(
      `  used ${showCredits(microOf(totals.used))}, has ${showCredits(microOf(totals.available))}` +
        `${owed}; ${totals.invoices} invoices, ${showMoney(totals.paid)} paid` +
        (totals.open === '0.00' ? '' : `, ${showMoney(totals.open)} open`),
    ),
    ...totals.usage.flatMap(({ by, rows }) =>
      wrap(
        [
          span(`  by ${by}:`, 'dim'),
          span(
            rows
              .map((row) => {
                const name = row.by[by] ?? 'unnamed';
                const runs = row.runs === 1n ? '1 run' : `${showCount(row.runs)} runs`;
                return `${name} ${showCredits(microOf(row.credits))} (${runs})`;
              })
              .join(', '),
          ),
        ],
        columns - 2,
      ).map((row): Line => [span('  '), ...row]),
    ),
    ...(story.unit === 'dollars' ? [line('  A credit is a dollar.', 'dim')] : []),
  ];
}

function checkRows(check: Check): readonly Line[] {
  const { what, rules, expected, actual } = check;
  const good = holds(check);
  const text = `${what}: ${expected}${good ? '' : `, but it is ${actual}`}`;
  const said = [span(text, good ? 'plain' : 'bad'), span(`[${rules.join(' ')}]`, 'dim')];
  return wrap(said, columns - 4).map((row, index): Line => [
    index > 0 ? span('    ') : good ? span('  ✓ ', 'good') : span('  ✗ ', 'bad'),
    ...row,
  ]);
}

/** What the audit found, and the verdict over everything. */
export function verdictOf(of: {
  readonly told: readonly ToldStory[];
  readonly findings: readonly Finding[];
  readonly seconds: number;
}): readonly Line[] {
  const checks = of.told.flatMap(({ checks: own }) => own);
  const broken = of.findings.filter((finding) => finding.broken > 0);
  const looked = of.findings.reduce((sum, { checked }) => sum + checked, 0);
  const wrong = checks.filter((check) => !holds(check)).length;
  return [
    line('─'.repeat(columns), 'dim'),
    line('The books', 'bold'),
    verdictLine(
      broken.length === 0,
      `audit: ${of.findings.length} identities over ${showCount(looked)} facts`,
      broken.map(({ name }) => name).join(', '),
    ),
    verdictLine(
      wrong === 0,
      `figures: ${checks.length} of ${checks.length} as expected`,
      `${wrong} of ${checks.length} are not as expected`,
    ),
    line(`  ${of.told.length} workspaces lived a year in ${of.seconds.toFixed(0)} s.`),
  ];
}

const verdictLine = (good: boolean, right: string, wrong: string): Line =>
  good
    ? [span('  ✓ ', 'good'), span(right)]
    : [span('  ✗ ', 'bad'), span(`${right.split(':')[0] ?? ''}: ${wrong}`, 'bad')];
