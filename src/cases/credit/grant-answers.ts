import type { AccountGrant } from '../../domain/credits/credit-account.ts';
import { burnable } from '../../domain/credits/burn-down.ts';
import { earliest, isBefore, type Instant } from '../../domain/values/calendar.ts';
import { sum, type MicroCredits } from '../../domain/values/money.ts';
import { isRecord } from '../compare.ts';
import { itemOf } from '../answers.ts';
import { creditsShown, figureLike, type Json } from '../figures.ts';
import type { Story } from './story.ts';
import { parseClock } from './moments.ts';
import type { World } from './world.ts';

/** Answers whose name begins with a grant's or a hold's, and lists of what is left. */
export function grantAnswer(story: Story, asked: string, form: unknown): Json | undefined {
  const { end } = story;
  if (asked === 'balances') return balances(story, form);
  if (asked === 'remaining' && Array.isArray(form)) return remaining(end, form);
  if (asked === 'by_order' && isRecord(form)) return byName(end, form);
  if (end.grants.has(asked)) return leftOf(end, asked, form);
  if (end.holds.has(asked)) return decision(end, asked);
  if (end.denied.includes(asked)) return 'denied';
  if (end.usages.has(asked)) return 'allowed';
  const names = asked.split('+');
  if (names.length > 1 && names.every((name) => end.grants.has(name))) {
    return figureLike(form, creditsShown(sum(names.map((name) => leftMicro(end, name)))));
  }
  return partAnswer(story, asked, form);
}

/** `<grant>_active` and `<grant>_period`. */
function partAnswer(story: Story, asked: string, form: unknown): Json | undefined {
  const match = /^(.+)_(active|period)$/.exec(asked);
  const [grant] = match === null ? [] : grantsNamed(story.end, match[1] ?? '');
  if (grant === undefined) return undefined;
  if (match?.[2] === 'active') return isActive(grant, story.end.account.at);
  const { start, end } = periodOf(grant);
  return [start, end].map((at, index) => clockLike(story, itemOf(form, index), at));
}

/** A grant is active from its first moment on, and no more at its end or when it is voided. */
const isActive = (grant: AccountGrant, at: Instant): boolean =>
  isBefore(at, periodOf(grant).end ?? after) && !isBefore(at, grant.effectiveAt);

/** After every moment that a case can name. */
const after = '9999-12-31T23:59:59.999Z';

/** When a grant can burn; one that is voided before it begins never does. */
function periodOf(grant: AccountGrant): { readonly start: Instant; readonly end: Instant | null } {
  const { effectiveAt: start, expiresAt, voided } = grant;
  const ends = [expiresAt, voided?.at ?? null].filter((at) => at !== null);
  const [first, ...others] = ends;
  if (first === undefined) return { start, end: null };
  const end = earliest(first, ...others);
  return { start, end: isBefore(end, start) ? start : end };
}

/** A moment in the words in which it is asked for, if they mean it; otherwise in UTC. */
export function clockLike(story: Story, form: unknown, at: Instant | null): Json {
  if (at === null) return null;
  const meant = typeof form === 'string' ? parseClock(story.moments, form) : undefined;
  return meant === at && typeof form === 'string' ? form : at;
}

const grantsNamed = (world: World, name: string): AccountGrant[] => {
  const numbers = new Set(world.grants.get(name));
  return world.account.grants.filter(({ grantNo }) => numbers.has(grantNo));
};

/** What is left of the grants of one name that can burn now. */
function leftMicro(world: World, name: string): MicroCredits {
  const { at } = world.account;
  return sum(
    grantsNamed(world, name).flatMap((grant) =>
      burnable([grant], { at, earmark: grant.earmark }).map(({ remainingMicro }) => remainingMicro),
    ),
  );
}

/** What is left of a grant; of many under one name, of each of them while they are alike. */
function leftOf(world: World, name: string, form: unknown): Json {
  if (world.payments.length > 0) return paidBy(world, name, form);
  const grants = grantsNamed(world, name);
  const amounts = new Set(grants.map(({ remainingMicro }) => remainingMicro));
  const each = [...amounts][0];
  const one = grants.length > 1 && amounts.size === 1 ? each : leftMicro(world, name);
  return figureLike(form, creditsShown(one ?? leftMicro(world, name)));
}

/** Where an invoice was paid, a wallet's answer is what it paid. */
function paidBy(world: World, name: string, form: unknown): Json {
  const numbers = new Set<unknown>(world.grants.get(name));
  const parts = world.payments.flatMap((payment) => payment.parts);
  const paid = parts.filter(({ source }) => numbers.has(source));
  return figureLike(form, creditsShown(sum(paid.map(({ amountMicro }) => amountMicro))));
}

/** What became of the tries to hold under a name. */
function decision(world: World, name: string): Json {
  const told = (world.holds.get(name) ?? []).map(({ holdId }) =>
    holdId === null ? 'denied' : 'allowed',
  );
  return told.length === 1 ? (told[0] ?? null) : told;
}

/** What is left of each grant, in the order of the case. */
function remaining(world: World, form: readonly unknown[]): Json {
  return [...world.grants.keys()].map((name, index) => leftOf(world, name, form[index]));
}

const byName = (world: World, form: object): Json =>
  Object.fromEntries(Object.entries(form).map(([name, like]) => [name, leftOf(world, name, like)]));

/** The balance at each query: one figure, or grant by grant where names are asked for. */
function balances({ queries }: Story, form: unknown): Json {
  return queries.map((world, index) => {
    const like = itemOf(form, index);
    if (isRecord(like)) return byName(world, like);
    const left = [...world.grants.keys()].map((name) => leftMicro(world, name));
    return figureLike(like, creditsShown(sum(left)));
  });
}
