import { expect } from 'vitest';
import type { Outcome } from '../../../src/domain/values/outcome.ts';
import type { CallCount, CountLeft } from '../../../src/ports/call-count.ts';
import type { Ledger, LedgerRefusal, Rated } from '../../../src/ports/ledger.ts';
import type { Step } from './twin-steps.ts';

/** The limits on calls that a program's calls count in. */
const callCounts: readonly CallCount[] = [
  { limit: 'runs', subject: '', cap: 5, per: 'window' },
  { limit: 'tool', subject: 'search', cap: 2, per: 'hour' },
];

/** Says which of a limit's windows an instant lies in. */
type WindowOf = (count: CallCount) => string;

/** The window of the credits, or the hour by UTC. */
export const windowAt =
  (at: string, periodStart: string): WindowOf =>
  ({ per }) =>
    per === 'window' ? periodStart : at.slice(0, 'yyyy-mm-ddThh'.length);

/** How many calls each window of a limit has had: a debit and a hold are one, a settle is none. */
export class CallsMade {
  readonly #made = new Map<string, number>();

  allows(window: WindowOf): boolean {
    return callCounts.every((count) => this.#usedOf(count, window) < count.cap);
  }

  /** Counts one call; answers what is left of each limit. */
  count(window: WindowOf): readonly CountLeft[] {
    return callCounts.map((count) => {
      const used = this.#usedOf(count, window) + 1;
      this.#made.set(`${count.limit} ${window(count)}`, used);
      const { limit, subject, per, cap } = count;
      return { limit, subject, per, left: cap - used };
    });
  }

  #usedOf(count: CallCount, window: WindowOf): number {
    return this.#made.get(`${count.limit} ${window(count)}`) ?? 0;
  }
}

type Call = Step<'debit' | 'hold'>;

/** Whom and what a call is for, as the ledger is told. */
export const dimensionsOf = ({ earmark, member, space, isLimited }: Call) => ({
  ...(earmark === null ? {} : { earmarks: [earmark] }),
  ...(member === null ? {} : { member }),
  ...(space === null ? {} : { space }),
  ...(isLimited ? { counts: callCounts } : {}),
});

/** The same, as the account is told. */
export const callOf = ({ earmark, member, space }: Call) => ({
  feature: earmark,
  whose: [
    ...(member === null ? [] : [`member:${member}`]),
    ...(space === null ? [] : [`space:${space}`]),
  ],
});

/** Rated by what is not in force, a call is told what is, and has done nothing: its key is free. */
export async function expectStale(
  { stale }: Step<'debit' | 'hold' | 'settle'>,
  rated: Rated,
  send: (rated: Rated) => Promise<Outcome<unknown, LedgerRefusal>>,
): Promise<void> {
  if (stale === null) return;
  const answer = await send({ ...rated, [stale]: rated[stale] - 1 });
  expect(answer.ok ? 'taken' : answer.refusal).toEqual({ kind: 'stale', ...rated });
}

type Answer<Value> = Outcome<Value, LedgerRefusal>;
type Question<Value> = (ledger: Ledger) => Promise<Answer<Value>>;

/** The last question whose answer is kept under its key: a success, or a denial. */
export class LastAsked {
  #last: { readonly question: Question<object>; readonly answer: Answer<object> } | undefined;

  async ask<Value extends object>(
    ledger: Ledger,
    question: Question<Value>,
  ): Promise<Answer<Value>> {
    const answer = await question(ledger);
    if (answer.ok || answer.refusal.kind === 'denied') this.#last = { question, answer };
    return answer;
  }

  /** Asked again it is answered as it was, whatever has happened meanwhile. */
  async repeat(ledger: Ledger): Promise<void> {
    if (this.#last === undefined) return;
    const { question, answer } = this.#last;
    expect(toldAgain(await question(ledger))).toEqual({ ...toldAgain(answer), replayed: true });
  }
}

/** What both answers say; only the first one says which alerts it crossed. */
const toldAgain = (answer: Answer<object>): object => {
  const told = answer.ok ? answer.value : answer.refusal;
  return 'crossed' in told ? { ...told, crossed: [] } : told;
};
