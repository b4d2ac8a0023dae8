import fc from 'fast-check';
import type { LedgerAccount } from '../../../src/ports/ledger.ts';
import { give, start, type Books } from './books.ts';

export const amount = fc.integer({ min: 0, max: 60 });
export const minutes = fc.integer({ min: 1, max: 40 });
export const pick = fc.nat({ max: 9 });
const kind = fc.constantFrom('included', 'topUp', 'promo', 'adjustment');
const onShort = fc.constantFrom('deny', 'deny', 'deny', 'record');

/** Steps that the model of the rules lives through as well. */
export const modelled = fc.oneof(
  {
    arbitrary: fc.record({
      do: fc.constant('grant' as const),
      kind,
      amount: fc.integer({ min: 10, max: 150 }),
      lives: fc.option(minutes, { freq: 2 }),
    }),
    weight: 3,
  },
  fc.record({ do: fc.constant('debit' as const), amount, onShort }),
  fc.record({ do: fc.constant('hold' as const), amount, lives: minutes }),
  fc.record({ do: fc.constant('settle' as const), pick, amount }),
  fc.record({ do: fc.constant('release' as const), pick }),
  fc.record({ do: fc.constant('wait' as const), minutes }),
);
export type Modelled = typeof modelled extends fc.Arbitrary<infer Step> ? Step : never;

export const later = (at: string, by: number): string =>
  new Date(Date.parse(at) + by * 60_000).toISOString();

/** One of the items, by a step's draw; undefined of none. */
export const picked = <Item>(
  items: readonly Item[],
  { pick }: { readonly pick: number },
): Item | undefined => items[pick % Math.max(1, items.length)];

/** What a program has made so far, to pick from. */
export class Run {
  at = start;
  readonly holds: string[] = [];
  readonly receipts: string[] = [];
  readonly freezes: string[] = [];
  grants = 0;
  readonly books: Books;
  readonly account: LedgerAccount;

  constructor(books: Books, account: LedgerAccount) {
    this.books = books;
    this.account = account;
  }

  /** The key of the grant that a step picks among those that were made. */
  sourceKey({ pick }: { readonly pick: number }): string {
    return `grant:${(pick % Math.max(this.grants, 1)) + 1}`;
  }

  async grant(step: Extract<Modelled, { do: 'grant' }>): Promise<void> {
    this.grants += 1;
    await give(this.books, this.account, {
      kind: step.kind,
      amount: step.amount,
      sourceKey: `grant:${this.grants}`,
      effectiveAt: this.at,
      ...(step.lives === null ? {} : { expiresAt: later(this.at, step.lives) }),
    });
  }

  async wait(by: number): Promise<void> {
    this.at = later(this.at, by);
    await this.books.at(this.account, this.at);
  }
}
