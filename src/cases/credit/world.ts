import {
  availableMicro,
  openAccount,
  type CreditAccount,
  type CreditRefusal,
  type Done,
  type Usage,
} from '../../domain/credits/credit-account.ts';
import { topUpNeeded } from '../../domain/credits/auto-top-up.ts';
import { addGrants, type NewGrant } from '../../domain/credits/credit-time.ts';
import type { LinePayment } from '../../domain/credits/credit-lines.ts';
import type { Instant } from '../../domain/values/calendar.ts';
import { minus, type MicroCredits } from '../../domain/values/money.ts';
import type { CaseTerms } from './policy-words.ts';

/** An account with what a case's own names mean in it, and what it was told on the way. */
export type World = {
  readonly account: CreditAccount;
  readonly terms: CaseTerms;
  /** A case's name for one grant or many. */
  readonly grants: ReadonlyMap<string, readonly number[]>;
  /** A case's name for a usage or a hold; the last of several is meant. */
  readonly usages: ReadonlyMap<string, string>;
  readonly holds: ReadonlyMap<string, readonly HoldTaken[]>;
  /** Names of uses that were denied. */
  readonly denied: readonly string[];
  /** Usage that is not settled yet: it is held, and still part of the balance. */
  readonly pending: readonly string[];
  readonly refusals: readonly CreditRefusal[];
  readonly lastUsage: Usage | null;
  /** Every movement of usage, as it was asked for. */
  readonly events: readonly MicroCredits[];
  readonly purchases: readonly MicroCredits[];
  readonly payments: readonly LinePayment[];
};

/** One try to hold under a name: the hold, or `null` if it was denied. */
export type HoldTaken = { readonly holdId: string | null };

/** The world of a case before its first step. */
export const openWorld = (at: Instant, terms: CaseTerms): World => ({
  account: openAccount(at, terms.credit),
  terms,
  grants: new Map(),
  usages: new Map(),
  holds: new Map(),
  denied: [],
  pending: [],
  refusals: [],
  lastUsage: null,
  events: [],
  purchases: [],
  payments: [],
});

/** Makes grants under a case's name for them. */
export function grantNamed(world: World, name: string | null, grants: readonly NewGrant[]): World {
  const first = world.account.grants.length + 1;
  const numbers = grants.map((_, index) => first + index);
  const account = addGrants(world.account, grants);
  if (name === null) return { ...world, account };
  const all = [...(world.grants.get(name) ?? []), ...numbers];
  return { ...world, account, grants: new Map([...world.grants, [name, all]]) };
}

/** An operation's account if it did something, and its refusal if not. */
export function after<Answer>(
  world: World,
  done: Done<Answer>,
  told: (world: World, answer: Answer) => World,
): World {
  if (!done.ok) return { ...world, refusals: [...world.refusals, done.refusal] };
  return told({ ...world, account: done.value.account }, done.value.answer);
}

/** What is left to use: the grants that burn now, less the debt. */
const balanceAfterDebt = ({ account }: World): MicroCredits =>
  minus(availableMicro(account, null), account.debtMicro);

/** Buys what the policy's automatic top-up asks for at this balance: one purchase. */
export function topUp(world: World): World {
  const { topUp: policy } = world.terms;
  if (policy === null) return world;
  const amountMicro = topUpNeeded(policy.rule, balanceAfterDebt(world));
  if (amountMicro === 0n) return world;
  const grant: NewGrant = { kind: policy.kind, amountMicro, effectiveAt: world.account.at };
  const bought = grantNamed(world, null, [grant]);
  return { ...bought, purchases: [...world.purchases, amountMicro] };
}
