import type { CallCount, CountLeft } from '../../../src/ports/call-count.ts';

/** The limits on calls that a program's calls count in. */
export const callCounts: readonly CallCount[] = [
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
