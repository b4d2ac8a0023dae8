import { isAtOrBefore, type Instant } from '../values/calendar.ts';
import type { AccountGrant, CreditAccount, CreditEntry, CreditHold } from './credit-account.ts';
import { lesser, micro, minus, plus, sum, type MicroCredits } from '../values/money.ts';

/** Credits of one grant. */
export type GrantPart = { readonly grantNo: number; readonly amountMicro: MicroCredits };

/** The entry for an amount that moved now; none for nothing. */
export const entryOf = (
  at: Instant,
  kind: CreditEntry['kind'],
  move: { readonly grantNo: number | null; readonly amountMicro: MicroCredits },
): CreditEntry[] =>
  move.amountMicro === micro(0)
    ? []
    : [{ at, kind, grantNo: move.grantNo, amountMicro: move.amountMicro }];

/** Changes the grants that parts name, each by the sum of its parts. */
export function changeGrants(
  account: CreditAccount,
  parts: readonly GrantPart[],
  change: (grant: AccountGrant, amountMicro: MicroCredits) => Partial<AccountGrant>,
): CreditAccount {
  if (parts.length === 0) return account;
  const moved = new Map<number, MicroCredits>();
  for (const { grantNo, amountMicro } of parts) {
    moved.set(grantNo, plus(moved.get(grantNo) ?? micro(0), amountMicro));
  }
  const grants = account.grants.map((grant) => {
    const amountMicro = moved.get(grant.grantNo);
    return amountMicro === undefined ? grant : { ...grant, ...change(grant, amountMicro) };
  });
  return { ...account, grants };
}

/** Takes parts from their grants. */
export const takeFrom = (account: CreditAccount, parts: readonly GrantPart[]): CreditAccount =>
  changeGrants(account, parts, ({ remainingMicro }, amountMicro) => ({
    remainingMicro: minus(remainingMicro, amountMicro),
  }));

/**
 * Gives grants' parts back: what has ended meanwhile is not revived, a reversal that waits takes its due, and what
 * is disputed is frozen.
 */
export function giveBack(account: CreditAccount, parts: readonly GrantPart[]): CreditAccount {
  const named = new Set(parts.map(({ grantNo }) => grantNo));
  let state = changeGrants(account, parts, (grant, amountMicro) =>
    grant.status === 'expired'
      ? { expiredMicro: plus(grant.expiredMicro, amountMicro) }
      : { remainingMicro: plus(grant.remainingMicro, amountMicro) },
  );
  const expired = parts.filter(({ grantNo }) => grantOf(state, grantNo).status === 'expired');
  const entries = expired.flatMap((part) => entryOf(account.at, 'expired', part));
  state = { ...state, entries: [...state.entries, ...entries] };
  for (const grantNo of named) state = takeClaims(state, grantNo);
  return state;
}

/** What was reversed or voided meanwhile takes what came back to its grant, and after it what is disputed. */
function takeClaims(account: CreditAccount, grantNo: number): CreditAccount {
  const { dueMicro } = grantOf(account, grantNo);
  const reversed =
    dueMicro > 0n ? reverseNow(account, { grantNo, amountMicro: dueMicro }).account : account;
  const grant = grantOf(reversed, grantNo);
  if (grant.status !== 'voided') return freezeDue(reversed, grant);
  const part = { grantNo, amountMicro: grant.remainingMicro };
  const entries = [...reversed.entries, ...entryOf(reversed.at, 'voided', part)];
  return { ...takeFrom(reversed, [part]), entries };
}

/** Open freezes of a grant take what they lack of what is unspent, the oldest first. */
function freezeDue(account: CreditAccount, { grantNo, expiresAt }: AccountGrant): CreditAccount {
  if (expiresAt !== null && isAtOrBefore(expiresAt, account.at)) return account;
  let state = account;
  for (const freeze of freezesOf(account, grantNo)) {
    const { remainingMicro } = grantOf(state, grantNo);
    const amountMicro = lesser(remainingMicro, freeze.dueMicro);
    const dueMicro = minus(freeze.dueMicro, amountMicro);
    const taken = takeFrom(state, [{ grantNo, amountMicro }]);
    state = growFreeze(taken, { ...freeze, dueMicro }, amountMicro);
  }
  return state;
}

/** Disputes' freezes of a grant, the oldest first. */
const freezesOf = ({ holds }: CreditAccount, grantNo: number): CreditHold[] =>
  holds.filter(
    ({ status, isFreeze, parts }) => status === 'open' && isFreeze && parts[0]?.grantNo === grantNo,
  );

const growFreeze = (
  account: CreditAccount,
  freeze: CreditHold,
  byMicro: MicroCredits,
): CreditAccount => {
  const parts = freeze.parts.map((part) => ({
    ...part,
    amountMicro: plus(part.amountMicro, byMicro),
  }));
  const holds = account.holds.map((one) => (one.id === freeze.id ? { ...freeze, parts } : one));
  return { ...account, holds };
};

/** A grant by its number; a number that no grant has is a defect. */
export function grantOf({ grants }: CreditAccount, grantNo: number): AccountGrant {
  const grant = grants.find((one) => one.grantNo === grantNo);
  if (grant === undefined) throw new Error(`there is no grant ${grantNo}`);
  return grant;
}

/** What a reversal took at once. */
export type ReversedNow = {
  readonly reversedMicro: MicroCredits;
  /** Of it, what had been used: owed now, or a loss. */
  readonly debtMicro: MicroCredits;
  readonly lostMicro: MicroCredits;
};

/**
 * Takes so much of a grant back: what disputes froze, then what is unspent, then what was used, which becomes debt
 * or a loss. What holds have set aside is due once they give it back.
 */
export function reverseNow(
  account: CreditAccount,
  { grantNo, amountMicro }: GrantPart,
): { readonly account: CreditAccount; readonly answer: ReversedNow } {
  const { account: thawed, takenMicro } = takeFrozen(account, { grantNo, amountMicro });
  const grant = grantOf(thawed, grantNo);
  let left = minus(amountMicro, takenMicro);
  const take = (from: MicroCredits): MicroCredits => {
    const taken = lesser(left, from);
    left = minus(left, taken);
    return taken;
  };
  const [live, ended] = [take(grant.remainingMicro), take(grant.expiredMicro)];
  const [spent, repaid] = [take(grant.spentMicro), take(grant.repaidMicro)];
  const gone = plus(spent, repaid);
  const isDebt = grant.spentBecomes === 'debt';
  const answer: ReversedNow = {
    reversedMicro: minus(amountMicro, left),
    debtMicro: isDebt ? gone : micro(0),
    lostMicro: isDebt ? micro(0) : gone,
  };
  const state = changeGrants(thawed, [{ grantNo, amountMicro }], () => ({
    remainingMicro: minus(grant.remainingMicro, live),
    expiredMicro: minus(grant.expiredMicro, ended),
    spentMicro: minus(grant.spentMicro, spent),
    repaidMicro: minus(grant.repaidMicro, repaid),
    reversedMicro: plus(grant.reversedMicro, answer.reversedMicro),
    owedMicro: plus(grant.owedMicro, answer.debtMicro),
    lostMicro: plus(grant.lostMicro, answer.lostMicro),
    dueMicro: lesser(left, heldMicro(thawed, grantNo)),
  }));
  return { account: bookReversal(state, { grantNo, endedMicro: ended, answer }), answer };
}

/** Writes what a reversal took, and what of it is owed or lost. */
function bookReversal(
  account: CreditAccount,
  book: {
    readonly grantNo: number;
    readonly endedMicro: MicroCredits;
    readonly answer: ReversedNow;
  },
): CreditAccount {
  const { grantNo, endedMicro, answer } = book;
  const { at } = account;
  const entries = [
    ...account.entries,
    ...entryOf(at, 'reversed', { grantNo, amountMicro: answer.reversedMicro }),
    ...entryOf(at, 'expired', { grantNo, amountMicro: minus(micro(0), endedMicro) }),
    ...entryOf(at, 'borrowed', { grantNo: null, amountMicro: answer.debtMicro }),
  ];
  return {
    ...account,
    debtMicro: plus(account.debtMicro, answer.debtMicro),
    forgivenMicro: plus(account.forgivenMicro, answer.lostMicro),
    entries,
  };
}

/** Takes from what disputes have frozen of a grant, the oldest freeze first. */
function takeFrozen(
  account: CreditAccount,
  { grantNo, amountMicro }: GrantPart,
): { readonly account: CreditAccount; readonly takenMicro: MicroCredits } {
  let state = account;
  let left = amountMicro;
  for (const freeze of freezesOf(account, grantNo)) {
    const taken = lesser(left, freeze.parts[0]?.amountMicro ?? micro(0));
    left = minus(left, taken);
    state = growFreeze(state, freeze, minus(micro(0), taken));
  }
  return { account: state, takenMicro: minus(amountMicro, left) };
}

/** What open holds and freezes have set aside of a grant. */
const heldMicro = ({ holds }: CreditAccount, grantNo: number): MicroCredits =>
  sum(
    holds.flatMap(({ parts }) =>
      parts.filter((part) => part.grantNo === grantNo).map((part) => part.amountMicro),
    ),
  );
