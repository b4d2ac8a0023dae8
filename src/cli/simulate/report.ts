import {
  minorDigits,
  toDecimal,
  type MicroCredits,
  type Minor,
} from '../../domain/values/money.ts';
import { toPlain } from '../../domain/values/plain.ts';
import type { CreditNews } from '../../foresight/books.ts';
import type { Scenario, Simulation, SimulationTotals } from '../../foresight/simulate.ts';
import type { TimelineEntry } from '../../foresight/timeline.ts';

const credits = (amount: MicroCredits): string => toDecimal(amount, 6).replace(/\.?0+$/, '');

/** The life for machines; amounts are integer strings in the unit that their key names. */
export const jsonOf = ({ timeline, totals }: Simulation, scenario: Scenario): string => {
  const { terms, plan, interval, at: from, until, timeZone } = scenario;
  const { product, version, currency } = terms;
  const of = { product, version, currency, plan, interval, from, until, timeZone };
  return JSON.stringify({ ...of, timeline: toPlain(timeline), totals: toPlain(totals) }, null, 2);
};

/** The life for people: a line for each thing that happened, and what it came to. */
export function textOf({ timeline, totals }: Simulation, scenario: Scenario): string {
  const money = moneyIn(scenario.terms.currency);
  const lines = timeline.flatMap((entry) =>
    wordsOf(entry, money).map((words) => `${entry.at.slice(0, 16).replace('T', ' ')}  ${words}`),
  );
  return [...lines, '', ...totalsOf(totals, money)].join('\n');
}

type Money = (amount: Minor) => string;

const moneyIn =
  (currency: string): Money =>
  (amount) =>
    `${toDecimal(amount, minorDigits(currency))} ${currency.toUpperCase()}`;

function wordsOf(entry: TimelineEntry, money: Money): string[] {
  switch (entry.kind) {
    case 'event':
      return [`event     ${entry.what}`];
    case 'refused':
      return [`refused   ${entry.what}: ${entry.why}`];
    case 'announced':
      return [`announce  ${[entry.what, ...Object.values(entry.data)].join(' ')}`];
    case 'credits':
      return [newsInWords(entry.news)];
    case 'invoice': {
      const { key, lines, appliedMinor, totalMinor, status } = entry.invoice;
      const applied = appliedMinor === 0n ? '' : `, ${money(appliedMinor)} of account credit`;
      return [
        `invoice   ${key}: ${money(totalMinor)} ${status}${applied}`,
        ...lines.map((line) => `            ${money(line.amountMinor)}  ${line.description}`),
      ];
    }
    case 'payment':
      return [`payment   ${money(entry.amountMinor)} ${entry.result}, ${entry.of}`];
    case 'denied':
      return [`denied    the first call that is refused by ${entry.by}`];
    case 'usage': {
      const { calls, usedMicro, denied, deniedMicro } = entry;
      const refused = denied === 0 ? '' : `; ${denied} refused, for ${credits(deniedMicro)}`;
      return [`usage     ${calls} calls used ${credits(usedMicro)} credits${refused}`];
    }
  }
}

function newsInWords(news: CreditNews): string {
  const amount = `${credits(news.amountMicro)} credits, ${news.sourceKey}`;
  if (news.kind !== 'granted') return `${news.kind.padEnd(8)}  ${amount}`;
  const end = news.expiresAt === null ? '' : `, until ${news.expiresAt}`;
  return `grant     ${amount}${end}`;
}

function totalsOf(totals: SimulationTotals, money: Money): string[] {
  const { calls, denials, rowsOutside, invoices, invoicedMinor, paidMinor } = totals;
  const refusals = Object.entries(denials).map(([by, count]) => `${count} by ${by}`);
  const outside = rowsOutside === 0 ? [] : [`rows outside this life: ${rowsOutside}`];
  const beyond =
    totals.overageMicro === 0n ? '' : ` (${credits(totals.overageMicro)} of it invoiced)`;
  const share = `${credits(totals.usedMicro)} used${beyond}, ${credits(totals.expiredMicro)} expired, `;
  const rest = `${credits(totals.voidedMicro)} voided, ${credits(totals.availableMicro)} left`;
  return [
    `calls     ${calls} charged, refused: ${refusals.join(', ') || 'none'}`,
    `credits   ${credits(totals.grantedMicro)} granted = ${share}${rest}`,
    `invoices  ${invoices}, together ${money(invoicedMinor)}; paid: ${money(paidMinor)}`,
    ...outside,
  ];
}
