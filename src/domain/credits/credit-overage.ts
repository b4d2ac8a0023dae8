import { calendarMonth } from '../values/calendar.ts';
import type { Bought, CreditAccount } from './credit-account.ts';
import {
  divide,
  greater,
  lesser,
  micro,
  minor,
  minus,
  sum,
  type MicroCredits,
  type MicroMinor,
} from '../values/money.ts';
import type { Spend } from './spend.ts';

/** What went beyond the grants since the last reset, with what is held there: the window's overage [4.36]. */
export function beyondMicro(account: CreditAccount): MicroCredits {
  const { periodStart } = account;
  const used = account.usages.flatMap(({ at, parts }) =>
    parts.filter(
      ({ source, since }) =>
        source === 'overage' && (since === undefined ? at >= periodStart : since === periodStart),
    ),
  );
  const held = account.holds.filter(
    (hold) => hold.status === 'open' && hold.countedSince === periodStart,
  );
  return sum([
    ...used.map(({ amountMicro }) => amountMicro),
    ...held.map((hold) => hold.beyondMicro),
  ]);
}

/** How much more a call may go beyond the grants now: by the window's limit and by the month's spend cap. */
export function roomBeyond(account: CreditAccount): MicroCredits {
  const { overageUpToMicro = micro(0) } = account.policy;
  const room = greater(micro(0), minus(overageUpToMicro, beyondMicro(account)));
  const affordable = affordableMicro(account);
  return affordable === undefined ? room : lesser(room, affordable);
}

/** Credits times their price: millionths of a millionth of the minor unit. */
const moneyScale = 1_000_000_000_000n;

/** What the spend cap leaves for usage beyond the grants; undefined: as much as one likes. */
function affordableMicro(account: CreditAccount): MicroCredits | undefined {
  const { spendCap, overagePriceMicro } = account.policy;
  if (spendCap === undefined || overagePriceMicro === undefined || overagePriceMicro === 0n) return;
  const left = spendCap.capMinor * moneyScale - costOfMonth(account, spendCap.timeZone);
  return left <= 0n ? micro(0) : micro(left / overagePriceMicro);
}

/** What the running month costs beside the plan, exactly: top-ups, what was used in it, open holds taken in it. */
function costOfMonth(account: CreditAccount, timeZone: string): bigint {
  const { start } = calendarMonth({ at: account.at, timeZone });
  const used = account.usages
    .filter(({ at }) => at >= start)
    .flatMap(({ parts }) => parts.filter(({ source }) => source === 'overage'));
  const held = account.holds.filter(({ status, takenAt }) => status === 'open' && takenAt >= start);
  const bought = account.bought.filter(({ at }) => at >= start);
  const costs = [
    ...bought.map(({ totalMinor }) => totalMinor * moneyScale),
    ...used.map((part) => costOf(part.amountMicro, part.priceMicro)),
    ...held.map((hold) => costOf(hold.beyondMicro, hold.priceMicro ?? undefined)),
  ];
  return costs.reduce((a, b) => a + b, 0n);
}

const costOf = (amount: MicroCredits, price: MicroMinor | undefined): bigint =>
  amount * (price ?? 0n);

/** A top-up was asked for [0.06]: it counts at once, at the account's instant. */
export const countTopUp = (
  account: CreditAccount,
  { id, totalMinor }: Omit<Bought, 'at'>,
): CreditAccount => ({
  ...account,
  bought: [...account.bought, { id, at: account.at, totalMinor }],
});

/** A top-up came to nothing: its month counts it no more. */
export const dropTopUp = (account: CreditAccount, id: string): CreditAccount => ({
  ...account,
  bought: account.bought.filter((one) => one.id !== id),
});

/** What the running month may cost beside the plan and has cost, in minor units rounded up; null: no cap. */
export function spendOf(account: CreditAccount): Spend | null {
  const { spendCap } = account.policy;
  if (spendCap === undefined) return null;
  const { capMinor, timeZone } = spendCap;
  const cost = costOfMonth(account, timeZone);
  const resetsAt = calendarMonth({ at: account.at, timeZone }).end;
  return { usedMinor: minor(divide(cost, moneyScale, 'up')), capMinor, resetsAt };
}

/** What of a short amount goes to the invoice; the rest becomes debt. */
export function invoicedOf(account: CreditAccount, shortMicro: MicroCredits): MicroCredits {
  const { settlement, overageUpToMicro } = account.policy;
  if (settlement === 'creditOnly') return micro(0);
  return overageUpToMicro === undefined ? shortMicro : lesser(shortMicro, roomBeyond(account));
}
