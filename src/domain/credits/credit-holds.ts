import { burnable, burnDown } from './burn-down.ts';
import { isBefore, type Instant } from '../values/calendar.ts';
import {
  type CreditAccount,
  type CreditHold,
  type Done,
  type Usage,
  type UsagePart,
} from './credit-account.ts';
import { giveBack, grantOf, takeFrom } from './credit-movement.ts';
import { burn, mayUse, record, type Call } from './credit-usage.ts';
import { greater, lesser, micro, minus, plus, sum, type MicroCredits } from '../values/money.ts';
import { ok, refused } from '../values/outcome.ts';

/**
 * Sets credits aside for a run whose cost is not known yet, in today's burn order; zero is allowed.
 * A hold that the grants or a cap do not allow is refused whole.
 */
export function holdCredits(
  account: CreditAccount,
  call: Call & { readonly expiresAt: Instant | null },
): Done<CreditHold> {
  if (call.amountMicro < 0n) return refused({ kind: 'badAmount' });
  const allowed = mayUse(account, call);
  if (!allowed.ok) return allowed;
  const grants = burnable(account.grants, { at: account.at, earmark: call.feature });
  const { burns, shortMicro } = burnDown(grants, account.policy.order, call.amountMicro);
  const hold: CreditHold = {
    id: call.id,
    feature: call.feature,
    whose: call.whose ?? [],
    parts: burns,
    beyondMicro: shortMicro,
    priceMicro: account.policy.overagePriceMicro ?? null,
    takenAt: account.at,
    countedMicro: call.countedMicro ?? call.amountMicro,
    countedSince: account.periodStart,
    expiresAt: call.expiresAt,
    status: 'open',
    settledMicro: null,
    isFreeze: false,
    dueMicro: micro(0),
  };
  const state = takeFrom(account, burns);
  return ok({ account: { ...state, holds: [...state.holds, hold] }, answer: hold });
}

/** Moves an open hold's end; one that is closed is refused. */
export function extendHold(
  account: CreditAccount,
  extension: { readonly id: string; readonly expiresAt: Instant },
): Done<CreditHold> {
  const hold = account.holds.find(({ id }) => id === extension.id);
  if (hold === undefined) return refused({ kind: 'unknownHold' });
  if (hold.status !== 'open') return refused({ kind: 'holdClosed' });
  const answer = { ...hold, expiresAt: extension.expiresAt };
  const holds = account.holds.map((one) => (one === hold ? answer : one));
  return ok({ account: { ...account, holds }, answer });
}

/**
 * Books what a run really cost: from the hold first, the excess in today's order, whatever is left
 * of the hold back to its grants. Never clamped: more than the hold, a cap or the balance is booked
 * all the same. Told again it gives the first answer; with another amount it is refused. An expired
 * hold has nothing left, and the true usage is booked. `keep` leaves the rest held for more settles,
 * each of them with a receipt of its own.
 */
export function settleHold(
  account: CreditAccount,
  settlement: {
    readonly id: string;
    readonly amountMicro: MicroCredits;
    readonly countedMicro?: MicroCredits;
    /** The usage's own id; not given: the hold's. */
    readonly receipt?: string;
    readonly rest?: 'release' | 'keep';
  },
): Done<Usage> {
  const { id, amountMicro } = settlement;
  const hold = account.holds.find((one) => one.id === id);
  if (hold === undefined) return refused({ kind: 'unknownHold' });
  if (amountMicro < 0n) return refused({ kind: 'badAmount' });
  if (hold.settledMicro !== null) return firstAnswer(account, hold, settlement);
  if (hold.status === 'released') return refused({ kind: 'holdClosed' });
  const { used, rest } = splitFirst(account, hold.parts, amountMicro);
  const beyond = lesser(hold.beyondMicro, minus(amountMicro, sumOf(used)));
  const covered = plus(sumOf(used), beyond);
  const excess = minus(amountMicro, covered);
  const keeps = settlement.rest === 'keep' && hold.status === 'open';
  // Before the hold is closed: what it had beyond the grants leaves no room for the excess.
  const burned = burn(account, excess, hold.feature);
  const left = keeps
    ? replaceHold(burned.account, {
        ...spendHold(hold, rest, settlement.countedMicro ?? covered),
        beyondMicro: minus(hold.beyondMicro, beyond),
      })
    : close(burned.account, { ...hold, status: 'settled', settledMicro: amountMicro });
  const fromHold = used.map(({ grantNo, amountMicro }) => ({ source: grantNo, amountMicro }));
  const price = hold.priceMicro === null ? {} : { priceMicro: hold.priceMicro };
  const since = hold.countedSince;
  const invoiced: UsagePart[] =
    beyond === 0n ? [] : [{ source: 'overage', amountMicro: beyond, since, ...price }];
  const parts = joined([...fromHold, ...invoiced, ...burned.parts]);
  const counted = settlement.countedMicro ?? amountMicro;
  // What an open hold had set aside counts where the hold did, the excess now.
  const isElsewhere = hold.status === 'open' && hold.countedSince !== account.periodStart;
  const countedMicro = isElsewhere ? greater(micro(0), minus(counted, covered)) : counted;
  const usageId = settlement.receipt ?? id;
  const { feature, whose } = hold;
  const call = { ...settlement, id: usageId, feature, whose, countedMicro };
  const written = record(left, call, parts);
  // What it used is named as well: a reversal may have waited for it.
  const claimed = used.map(({ grantNo }) => ({ grantNo, amountMicro: micro(0) }));
  const back = keeps ? claimed : [...rest, ...claimed];
  return ok({ account: giveBack(written.account, back), answer: written.answer });
}

function firstAnswer(
  account: CreditAccount,
  hold: CreditHold,
  settlement: { readonly amountMicro: MicroCredits; readonly receipt?: string },
): Done<Usage> {
  const answer = account.usages.find(({ id }) => id === (settlement.receipt ?? hold.id));
  return answer === undefined || hold.settledMicro !== settlement.amountMicro
    ? refused({ kind: 'holdClosed' })
    : ok({ account, answer });
}

/** Gives a hold back whole, as released or as expired; a hold that is closed already stays as it is. */
export function releaseHold(
  account: CreditAccount,
  release: { readonly id: string; readonly as: 'released' | 'expired' },
): Done<CreditHold> {
  const hold = account.holds.find(({ id }) => id === release.id);
  if (hold === undefined) return refused({ kind: 'unknownHold' });
  if (hold.status !== 'open') return ok({ account, answer: hold });
  const answer: CreditHold = { ...hold, status: release.as };
  return ok({ account: giveBack(close(account, answer), hold.parts), answer });
}

/** An open hold after a part of it was spent: it holds and counts the rest. */
const spendHold = (
  hold: CreditHold,
  rest: readonly Part[],
  countedMicro: MicroCredits,
): CreditHold => ({
  ...hold,
  parts: rest,
  countedMicro: greater(micro(0), minus(hold.countedMicro, countedMicro)),
});

const replaceHold = (account: CreditAccount, next: CreditHold): CreditAccount => ({
  ...account,
  holds: account.holds.map((hold) => (hold.id === next.id ? next : hold)),
});

/** A closed hold holds nothing. */
const close = (account: CreditAccount, closed: CreditHold): CreditAccount =>
  replaceHold(account, { ...closed, parts: [], beyondMicro: micro(0) });

type Part = CreditHold['parts'][number];

/** What of a hold's parts is used first, as far as the policy still honours them. */
function splitFirst(
  account: CreditAccount,
  parts: readonly Part[],
  amountMicro: MicroCredits,
): { readonly used: readonly Part[]; readonly rest: readonly Part[] } {
  const used: Part[] = [];
  const rest: Part[] = [];
  let left = amountMicro;
  for (const part of parts) {
    const taken = isHonoured(account, part) ? lesser(left, part.amountMicro) : micro(0);
    left = minus(left, taken);
    if (taken > 0n) used.push({ ...part, amountMicro: taken });
    const over = minus(part.amountMicro, taken);
    if (over > 0n) rest.push({ ...part, amountMicro: over });
  }
  return { used, rest };
}

/** Whether a run may spend it still: its grant is there, or holds outlive their grants. */
const isHonoured = (account: CreditAccount, { grantNo }: Part): boolean => {
  if (account.policy.holdSurvivesExpiry ?? true) return true;
  const { expiresAt } = grantOf(account, grantNo);
  return expiresAt === null || isBefore(account.at, expiresAt);
};

const sumOf = (parts: readonly Part[]): MicroCredits => sum(parts.map((part) => part.amountMicro));

/** Neighbouring parts of one source are one part. */
function joined(parts: readonly UsagePart[]): UsagePart[] {
  const result: UsagePart[] = [];
  for (const part of parts) {
    const last = result.at(-1);
    const isSame = last?.since === part.since && last?.priceMicro === part.priceMicro;
    if (last?.source !== part.source || !isSame) result.push(part);
    else {
      const amountMicro = sum([last.amountMicro, part.amountMicro]);
      result[result.length - 1] = { ...last, amountMicro };
    }
  }
  return result;
}
