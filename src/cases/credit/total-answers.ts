import { burnable } from '../../domain/credits/burn-down.ts';
import {
  costMicro,
  countedMicro,
  overageMicro,
  totalOf,
  type CreditEntry,
  type UsagePart,
} from '../../domain/credits/credit-account.ts';
import { isBefore } from '../../domain/values/calendar.ts';
import { micro, minus, negate, plus, sum, type MicroCredits } from '../../domain/values/money.ts';
import { itemOf } from '../answers.ts';
import { isRecord } from '../compare.ts';
import { creditsShown, figureLike, type Json } from '../figures.ts';
import type { Story } from './story.ts';
import { clockLike } from './grant-answers.ts';
import { moneyAnswer } from './money-answers.ts';
import { nextCall, refusalWord } from './refusal-words.ts';
import type { World } from './world.ts';

/** Answers about the whole account. */
export function totalAnswer(story: Story, asked: string, form: unknown): Json | undefined {
  const { end } = story;
  const amount = creditsAsked(story, asked);
  if (amount !== undefined) return figureLike(form, creditsShown(amount));
  const count = countAsked(end, asked);
  if (count !== undefined) return count;
  switch (asked) {
    case 'usage_since':
      return clockLike(story, form, end.account.periodStart);
    case 'events':
      return end.events.map((event, index) => figureLike(itemOf(form, index), creditsShown(event)));
    case 'drawn':
    case 'attribution':
      return drawn(end, form);
    case 'txns':
      return movements(end, form);
    case 'refused':
      return end.refusals.length > 0;
    case 'error':
      return refusalWord(end.refusals.at(-1), form);
    case 'both zero':
      return nextCall(end);
    default:
      return moneyAnswer(end, asked, form);
  }
}

function creditsAsked(story: Story, asked: string): MicroCredits | undefined {
  const { end } = story;
  const { account } = end;
  const since = account.usages.filter(({ at }) => !isBefore(at, account.periodStart));
  switch (asked) {
    case 'balance':
      return balance(story);
    case 'free':
    case 'remaining':
    case 'ongoing':
    case 'available':
      return available(end);
    case 'overage':
    case 'advance':
    case 'debt':
      return plus(account.debtMicro, overageMicro(account));
    case 'receivable':
      return negate(account.debtMicro);
    case 'held':
      return held(end);
    case 'used':
    case 'spent':
    case 'accrued':
      return sum(account.usages.map(costMicro));
    case 'usageSinceReset':
    case 'period_usage':
      return sum(since.map(costMicro));
    case 'cap_used':
      return countedMicro(account, { feature: null });
    case 'breach':
      return end.lastUsage?.breachMicro ?? micro(0);
    case 'effective_cap':
      return tightestCap(end);
    default:
      return movedAsked(end, asked);
  }
}

function movedAsked(world: World, asked: string): MicroCredits | undefined {
  const { account, lastUsage, purchases } = world;
  const covered = coveredBy(lastUsage?.parts ?? []);
  switch (asked) {
    case 'covered':
    case 'consumed':
      return covered;
    case 'short':
      return lastUsage === null ? micro(0) : minus(costMicro(lastUsage), covered);
    case 'voided':
    case 'voided_total':
      return totalOf(account, 'voided');
    case 'expired':
      return totalOf(account, 'expired');
    case 'forgiven':
      return totalOf(account, 'forgiven');
    case 'rollover':
    case 'rolled':
      return sum(atReset(world, 'carried').map(({ amountMicro }) => amountMicro));
    case 'topup':
      return sum(purchases);
    case 'base':
      return leftOfKind(world, 'included');
    case 'prepaid':
      return leftOfKind(world, 'topUp');
    default:
      return overageBefore(world, asked);
  }
}

const atReset = ({ account }: World, kind: CreditEntry['kind']): readonly CreditEntry[] =>
  account.entries.filter((entry) => entry.kind === kind && entry.at === account.periodStart);

const coveredBy = (parts: readonly UsagePart[]): MicroCredits =>
  sum(
    parts.filter(({ source }) => typeof source === 'number').map(({ amountMicro }) => amountMicro),
  );

/** Everything that can burn now, earmarked or not. */
function available({ account }: World): MicroCredits {
  const { at } = account;
  return sum(
    account.grants.flatMap((grant) =>
      burnable([grant], { at, earmark: grant.earmark }).map(({ remainingMicro }) => remainingMicro),
    ),
  );
}

const held = (world: World): MicroCredits =>
  sum(world.account.holds.flatMap(({ parts }) => parts.map(({ amountMicro }) => amountMicro)));

/** Pending usage is not settled, so it is still in the balance; so is a debt, unless it is asked for. */
function balance({ end, asked }: Story): MicroCredits {
  const { account, pending } = end;
  const unsettled = account.holds.filter(({ id }) => pending.includes(id));
  const parts = unsettled.flatMap((hold) => hold.parts.map(({ amountMicro }) => amountMicro));
  const left = plus(available(end), sum(parts));
  const isApart = asked.some((key) =>
    /^(overage|advance|debt|receivable|short|invoice)$/.test(key),
  );
  return isApart ? left : minus(left, account.debtMicro);
}

function tightestCap({ terms }: World): MicroCredits | undefined {
  const limits = terms.credit.caps.map(({ limitMicro }) => limitMicro);
  return limits.reduce<MicroCredits | undefined>(
    (least, limit) => (least === undefined || limit < least ? limit : least),
    undefined,
  );
}

const leftOfKind = ({ account }: World, kind: string): MicroCredits =>
  sum(
    account.grants.filter((one) => one.kind === kind).map(({ remainingMicro }) => remainingMicro),
  );

/**
 * `overageAtStartOfSegment2`: a segment is a stretch in which nothing moves, and this is the debt
 * that comes into it, before what begins at its start repays any.
 */
function overageBefore({ account }: World, asked: string): MicroCredits | undefined {
  const number = /^overageAtStartOfSegment(\d{1,4})$/.exec(asked)?.[1];
  if (number === undefined) return undefined;
  const start = momentsOf(account.entries)[Number(number) - 1];
  if (start === undefined) return undefined;
  const before = account.entries.filter(({ at }) => isBefore(at, start));
  const total = (kind: CreditEntry['kind']): MicroCredits =>
    sum(before.filter((entry) => entry.kind === kind).map(({ amountMicro }) => amountMicro));
  return minus(total('borrowed'), plus(total('repaid'), total('forgiven')));
}

/** The moments at which something moved, each the start of a segment. */
const momentsOf = (entries: readonly CreditEntry[]): readonly string[] =>
  [...new Set(entries.map(({ at }) => at))].toSorted();

function countAsked(world: World, asked: string): number | undefined {
  const { account, purchases, holds } = world;
  switch (asked) {
    case 'segments':
      return momentsOf(account.entries).length;
    case 'consumption_rows':
      return account.entries.filter(({ kind }) => kind === 'burned').length;
    case 'writes':
      return account.usages.length;
    case 'denied':
      return world.refusals.length;
    case 'topups':
    case 'topup_invoices':
      return purchases.length;
    case 'granted_holds':
      return [...holds.values()].flat().filter(({ holdId }) => holdId !== null).length;
    default:
      return undefined;
  }
}

/** What a usage was paid with, by grants' names: as a list of pairs in burn order, or by name. */
function drawn(world: World, form: unknown): Json {
  const names = new Map(
    [...world.grants].flatMap(([name, numbers]) => numbers.map((number) => [number, name])),
  );
  const pairs = (world.lastUsage?.parts ?? []).flatMap(({ source, amountMicro }) =>
    typeof source === 'number'
      ? [[names.get(source) ?? `grant ${source}`, amountMicro] as const]
      : [],
  );
  if (isRecord(form)) {
    return Object.fromEntries(
      pairs.map(([name, part]) => [name, figureLike(0, creditsShown(part))]),
    );
  }
  return pairs.map(([name, part]) => [name, figureLike(0, creditsShown(part))]);
}

/** The account's entries as `funded +100`, by the word that each is asked for with. */
function movements({ account }: World, form: unknown): Json {
  return account.entries.map(({ kind, amountMicro }, index) => {
    const isOut = kind !== 'granted' && kind !== 'refunded';
    const signed = isOut ? negate(amountMicro) : amountMicro;
    const figure = JSON.stringify(figureLike(0, creditsShown(signed)));
    const word =
      kind === 'granted' && String(itemOf(form, index)).startsWith('funded ') ? 'funded' : kind;
    return `${word} ${isOut ? '' : '+'}${figure}`;
  });
}
