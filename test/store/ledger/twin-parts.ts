import { addMinutes } from '../../../src/domain/calendar.ts';
import {
  openAccount,
  type CreditAccount,
  type CreditCap,
  type Done,
} from '../../../src/domain/credit-account.ts';
import { addGrants, advanceTo, type NewGrant } from '../../../src/domain/credit-time.ts';
import { micro } from '../../../src/domain/money.ts';
import type { BurnComparator, RefundOfExpired } from '../../../src/domain/terms.ts';
import type { Ledger } from '../../../src/ports/ledger.ts';
import { connect, type Sql } from '../../../src/store/connect.ts';
import { ledgerStore } from '../../../src/store/ledger.ts';
import { start, type Books } from './books.ts';

/** What both are told before they begin. */
export type TwinPolicy = {
  readonly order: readonly BurnComparator[];
  readonly refundOfExpired: RefundOfExpired;
};

type Order = { readonly startsAt: string; readonly amount: number };

/** The domain's account, with what the lifecycle does for it: windows that begin by an order. */
export class Model {
  account: CreditAccount;
  /** The source key of each grant, by its number less one. */
  readonly grantKeys: string[] = [];
  #order: Order | null = null;

  constructor({ order, refundOfExpired }: TwinPolicy) {
    const policy = { settlement: 'creditOnly', debtAtReset: 'carry', caps: [] } as const;
    this.account = openAccount(start, { ...policy, order, refundOfExpired });
  }

  /** Takes an answer in; undefined where it was refused. */
  learn<Answer>(done: Done<Answer>): Answer | undefined {
    if (!done.ok) return undefined;
    this.account = done.value.account;
    return done.value.answer;
  }

  grant(sourceKey: string, grant: NewGrant): void {
    this.account = addGrants(this.account, [grant]);
    this.grantKeys.push(sourceKey);
  }

  place(order: Order): void {
    this.#order = order;
  }

  cap(caps: readonly CreditCap[]): void {
    this.account = { ...this.account, policy: { ...this.account.policy, caps } };
  }

  waitUntil(at: string): void {
    if (this.#order !== null && this.#order.startsAt <= at) this.#turnOrder(this.#order);
    this.account = advanceTo(this.account, at);
  }

  /** The next window begins: its credits are there, and caps count anew. */
  #turnOrder({ startsAt, amount }: Order): void {
    this.#order = null;
    this.account = { ...advanceTo(this.account, startsAt), periodStart: startsAt };
    const window = { effectiveAt: startsAt, expiresAt: addMinutes(startsAt, 60) };
    const sourceKey = `included:${startsAt}`;
    if (this.grantKeys.includes(sourceKey)) return;
    this.grant(sourceKey, { kind: 'included', amountMicro: micro(amount), ...window });
  }
}

/** A process that serves the ledger over a connection of its own. */
export class LedgerProcess {
  ledger: Ledger;
  #sql: Sql;
  readonly #books: Books;

  constructor(books: Books) {
    this.#books = books;
    this.#sql = connect(books.appUrl, { max: 1 });
    this.ledger = ledgerStore(this.#sql);
  }

  stop(): Promise<void> {
    return this.#sql.end();
  }

  /** It is killed, and another one goes on. */
  async restart(): Promise<void> {
    const [backend] = await this.#sql<{ pid: number }[]>`select pg_backend_pid() as pid`;
    await this.#books.admin`select pg_terminate_backend(${backend?.pid ?? 0})`;
    await this.#sql.end();
    this.#sql = connect(this.#books.appUrl, { max: 1 });
    this.ledger = ledgerStore(this.#sql);
  }
}
