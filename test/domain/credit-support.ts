import {
  openAccount,
  type CreditAccount,
  type CreditPolicy,
  type Done,
} from '../../src/domain/credits/credit-account.ts';
import { addGrants, type NewGrant } from '../../src/domain/credits/credit-time.ts';
import { micro, type MicroCredits } from '../../src/domain/values/money.ts';

export const start = '2026-01-01T00:00:00.000Z';
export const credits = (count: number): MicroCredits => micro(count * 1_000_000);

export const usualPolicy: CreditPolicy = {
  order: ['priority', 'expiresSoonest', 'grantedFirst'],
  settlement: 'creditOnly',
  debtAtReset: 'carry',
  caps: [],
};

/** An included grant of so many credits from the start on. */
export const included = (count: number, more: Partial<NewGrant> = {}): NewGrant => ({
  kind: 'included',
  amountMicro: credits(count),
  effectiveAt: start,
  ...more,
});

export const accountWith = (
  grants: readonly NewGrant[],
  policy: Partial<CreditPolicy> = {},
): CreditAccount => addGrants(openAccount(start, { ...usualPolicy, ...policy }), grants);

/** What is left of each grant, in credits. */
export const leftOf = (account: CreditAccount): number[] =>
  account.grants.map(({ remainingMicro }) => Number(remainingMicro) / 1_000_000);

/** The account and the answer of an operation that must have been allowed. */
export function allowed<Answer>(done: Done<Answer>): {
  readonly account: CreditAccount;
  readonly answer: Answer;
} {
  if (!done.ok) throw new Error(`refused: ${JSON.stringify(done.refusal.kind)}`);
  return done.value;
}

export const call = (count: number, id = 'call') => ({
  id,
  amountMicro: credits(count),
  feature: null,
});
