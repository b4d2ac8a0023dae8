import { addMinutes, type Instant } from '../values/calendar.ts';
import {
  costMicro,
  type CreditAccount,
  type Done,
  type Usage,
  type UsagePart,
} from './credit-account.ts';
import { changeGrants, entryOf, giveBack, grantOf, type GrantPart } from './credit-movement.ts';
import { addGrants, type NewGrant } from './credit-time.ts';
import { greater, lesser, micro, minus, sum, type MicroCredits } from '../values/money.ts';
import { ok, refused } from '../values/outcome.ts';

/**
 * Gives a part of a usage back, last burned first; a grant that has ended is not revived, but by policy as
 * much comes as promo credits in its place. A refund above what is left of the usage is refused.
 */
export function refundUsage(
  account: CreditAccount,
  refund: { readonly id: string; readonly amountMicro: MicroCredits },
): Done<Usage> {
  const usage = account.usages.find(({ id }) => id === refund.id);
  if (usage === undefined) return refused({ kind: 'unknownUsage' });
  if (refund.amountMicro < 0n) return refused({ kind: 'badAmount' });
  if (refund.amountMicro > costMicro(usage)) return refused({ kind: 'refundTooLarge' });
  const { kept, back } = splitLast(usage.parts, refund.amountMicro);
  const counted = greater(micro(0), minus(usage.countedMicro, refund.amountMicro));
  const answer = { ...usage, parts: kept, countedMicro: counted };
  const usages = account.usages.map((one) => (one === usage ? answer : one));
  let state: CreditAccount = { ...account, usages };
  const ended: GrantPart[] = [];
  for (const part of back) {
    const returned = returnPart(state, part);
    ended.push(...endedOf(returned.account, returned.parts));
    state = giveBack(returned.account, returned.parts);
  }
  const promos = promosFor(state, ended);
  return ok({ account: promos.length === 0 ? state : addGrants(state, promos), answer });
}

/** Where credits came back to, and what the account is before its grants have them. */
export type Returned = {
  readonly account: CreditAccount;
  readonly parts: readonly GrantPart[];
  /** What nothing was left to come back to. */
  readonly leftMicro: MicroCredits;
};

/**
 * Returns a part to where it came from. Where its grant was reversed meanwhile, the loss or the debt that took its
 * place shrinks; where that debt was repaid, the grants that repaid it get it back; where it was let go, less is.
 */
function returnPart(account: CreditAccount, part: UsagePart): Returned {
  if (part.source === 'overage') {
    const told = { grantNo: null, amountMicro: part.amountMicro };
    const entries = [...account.entries, ...entryOf(account.at, 'refunded', told)];
    return { account: { ...account, entries }, parts: [], leftMicro: micro(0) };
  }
  const own = typeof part.source === 'number' ? unspend(account, part.source, part) : undefined;
  const owed = unpay(own?.account ?? account, own?.leftMicro ?? part.amountMicro, null);
  const state = forget(owed.account, owed.leftMicro);
  const parts = [...(own?.parts ?? []), ...owed.parts];
  const told = { grantNo: null, amountMicro: minus(part.amountMicro, totalOfParts(parts)) };
  const entries = [
    ...parts.flatMap((one) => entryOf(account.at, 'refunded', one)),
    ...entryOf(account.at, 'refunded', told),
  ];
  const written = { ...state, entries: [...state.entries, ...entries] };
  return { account: written, parts, leftMicro: micro(0) };
}

/** What was spent of a grant is not any more; what of it had been lost by a reversal neither. */
function unspend(
  account: CreditAccount,
  grantNo: number,
  { amountMicro }: { readonly amountMicro: MicroCredits },
): Returned {
  const grant = grantOf(account, grantNo);
  const spent = lesser(amountMicro, grant.spentMicro);
  const gone = minus(amountMicro, spent);
  const lost = lesser(gone, lesser(grant.lostMicro, account.forgivenMicro));
  const leftMicro = minus(gone, lost);
  const state = changeGrants(forget(account, lost), [{ grantNo, amountMicro }], () => ({
    spentMicro: minus(grant.spentMicro, spent),
    lostMicro: minus(grant.lostMicro, lost),
    owedMicro: minus(grant.owedMicro, lesser(leftMicro, grant.owedMicro)),
  }));
  return { account: state, parts: [{ grantNo, amountMicro: spent }], leftMicro };
}

/** Less debt; where that was repaid, the grants that repaid it get it back, the newest first. */
export function unpay(
  account: CreditAccount,
  amountMicro: MicroCredits,
  /** A grant that gets nothing back. */
  but: number | null,
): Returned {
  const less = lesser(amountMicro, account.debtMicro);
  let left = minus(amountMicro, less);
  const parts: GrantPart[] = [];
  for (const { grantNo, repaidMicro } of account.grants.toReversed()) {
    const part = grantNo === but ? micro(0) : lesser(left, repaidMicro);
    if (part === 0n) continue;
    parts.push({ grantNo, amountMicro: part });
    left = minus(left, part);
  }
  const state = changeGrants(account, parts, ({ repaidMicro }, part) => ({
    repaidMicro: minus(repaidMicro, part),
  }));
  const debtMicro = minus(account.debtMicro, less);
  return { account: { ...state, debtMicro }, parts, leftMicro: left };
}

/** Less was let go than it seemed. */
export const forget = (account: CreditAccount, amountMicro: MicroCredits): CreditAccount => ({
  ...account,
  forgivenMicro: minus(account.forgivenMicro, amountMicro),
});

const totalOfParts = (parts: readonly GrantPart[]): MicroCredits =>
  sum(parts.map(({ amountMicro }) => amountMicro));

/** What of these parts comes back to grants that have ended, but for what a reversal waits for. */
const endedOf = (account: CreditAccount, parts: readonly GrantPart[]): GrantPart[] =>
  parts.flatMap(({ grantNo, amountMicro }) => {
    const { status, dueMicro } = grantOf(account, grantNo);
    const hasEnded = status === 'expired' || status === 'voided';
    return hasEnded
      ? [{ grantNo, amountMicro: greater(micro(0), minus(amountMicro, dueMicro)) }]
      : [];
  });

/** The promo grants in the place of ended ones that credits came back to, each with its earmark. */
function promosFor(
  { policy, grants, at }: CreditAccount,
  ended: readonly GrantPart[],
): readonly NewGrant[] {
  const rule = policy.refundOfExpired ?? 'lost';
  if (rule === 'lost') return [];
  const expiresAt: Instant = addMinutes(at, rule.promoDays * minutesADay);
  return grants.flatMap(({ grantNo, earmark }): NewGrant[] => {
    const amountMicro = totalOfParts(ended.filter((part) => part.grantNo === grantNo));
    return amountMicro > 0n
      ? [{ kind: 'promo', amountMicro, earmark, effectiveAt: at, expiresAt }]
      : [];
  });
}

const minutesADay = 24 * 60;

/** Splits an amount off the end of a list of parts. */
function splitLast(
  parts: readonly UsagePart[],
  amountMicro: MicroCredits,
): { readonly kept: readonly UsagePart[]; readonly back: readonly UsagePart[] } {
  const kept: UsagePart[] = [];
  const back: UsagePart[] = [];
  let left = amountMicro;
  for (const part of parts.toReversed()) {
    const taken = lesser(left, part.amountMicro);
    left = minus(left, taken);
    if (taken > 0n) back.push({ ...part, amountMicro: taken });
    if (taken < part.amountMicro) {
      kept.unshift({ ...part, amountMicro: minus(part.amountMicro, taken) });
    }
  }
  return { kept, back };
}
