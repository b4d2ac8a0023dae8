import { addMinutes, type Instant } from '../../../src/domain/values/calendar.ts';
import {
  openAccount,
  type CreditAccount,
  type CreditCap,
  type CreditPolicy,
  type Done,
} from '../../../src/domain/credits/credit-account.ts';
import { forgiveDebt } from '../../../src/domain/credits/credit-closing.ts';
import { addGrants, advanceTo, type NewGrant } from '../../../src/domain/credits/credit-time.ts';
import { releaseHold } from '../../../src/domain/credits/credit-holds.ts';
import { useCredits } from '../../../src/domain/credits/credit-usage.ts';
import type { Overage } from '../../../src/domain/life/metering-fact.ts';
import { micro, sum, type MicroCredits, type Minor } from '../../../src/domain/values/money.ts';
import { rolledOver, type OrderedRollover } from '../../../src/domain/credits/rollover.ts';
import type { BurnComparator, RefundOfExpired } from '../../../src/domain/terms/terms.ts';
import type { Ledger, Rated } from '../../../src/ports/ledger.ts';
import { connect, type Sql } from '../../../src/store/connect.ts';
import { ledgerStore } from '../../../src/store/ledger.ts';
import { start, studioOrder, type Books } from './books.ts';
import type { Step } from './twin-steps.ts';

/** What both are told before they begin. */
export type TwinPolicy = {
  readonly order: readonly BurnComparator[];
  readonly refundOfExpired: RefundOfExpired;
  readonly debtAtReset: 'carry' | 'forgive';
  readonly holdSurvivesExpiry: boolean;
};

type Order = {
  readonly startsAt: string;
  readonly amount: number;
  readonly rollover: OrderedRollover | null;
};

/** The key of a window's credits. */
export const orderKey = (startsAt: string): string => `included:${startsAt}`;

/** The scope of a cap and its subject. */
export const whoseOf = (whose: Step<'cap'>['whose']) => whoses[whose];

const whoses = {
  org: ['org', ''],
  'member:ada': ['member', 'ada'],
  'member:bob': ['member', 'bob'],
  'space:lab': ['space', 'lab'],
} as const;

/** The domain's account, with what the lifecycle does for it: windows that begin by an order. */
export class Model {
  account: CreditAccount;
  /** The versions in force. */
  rated: Rated = { termsVersion: 1, rateVersion: 1 };
  /** The source key of each grant, by its number less one. */
  readonly grantKeys: string[] = [];
  #order: Order | null = null;
  #named = 0;

  constructor(policy: TwinPolicy) {
    this.account = openAccount(start, { ...policy, settlement: 'creditOnly', caps: [] });
  }

  /** A name that this model never used before. */
  name(what: string): string {
    this.#named += 1;
    return `${what} ${this.#named}`;
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

  plan(policy: TwinPolicy, rated: Rated): void {
    this.rated = rated;
    this.account = { ...this.account, policy: { ...this.account.policy, ...policy } };
  }

  place(order: Order): void {
    this.#order = order;
  }

  /** A cap of the organisation, or of whom it names; null takes it away. */
  cap(whose: string, limitMicro: MicroCredits | null): void {
    const { policy } = this.account;
    const cap: CreditCap = {
      feature: null,
      ...(whose === 'org' ? {} : { whose }),
      limitMicro: limitMicro ?? micro(0),
    };
    const others = policy.caps.filter((other) => other.whose !== cap.whose);
    const caps = limitMicro === null ? others : [...others, cap];
    this.account = { ...this.account, policy: { ...policy, caps } };
  }

  /** How far calls may go beyond the grants; null: not at all. */
  overage(overage: Overage | null): void {
    const { overageUpToMicro: _limit, overagePriceMicro: _price, ...others } = this.account.policy;
    const policy: CreditPolicy =
      overage === null
        ? { ...others, settlement: 'creditOnly' }
        : {
            ...{ ...others, settlement: 'creditThenInvoice', overageUpToMicro: overage.upToMicro },
            overagePriceMicro: overage.priceMicro,
          };
    this.account = { ...this.account, policy };
  }

  spendCap(capMinor: Minor | null): void {
    const { spendCap: _before, ...others } = this.account.policy;
    const policy =
      capMinor === null ? others : { ...others, spendCap: { capMinor, timeZone: 'UTC' } };
    this.account = { ...this.account, policy };
  }

  waitUntil(at: string): void {
    if (this.#order !== null && this.#order.startsAt <= at) this.#turnOrder(this.#order);
    this.account = advanceTo(this.account, at);
  }

  /** The next window begins: its credits are there, and caps count anew. */
  #turnOrder({ startsAt, amount, rollover }: Order): void {
    this.#order = null;
    const goesOn = rollover === null ? micro(0) : rolledOver(rollover, this.#endingAt(startsAt));
    this.account = { ...advanceTo(this.account, startsAt), periodStart: startsAt };
    if (this.account.policy.debtAtReset === 'forgive') this.account = forgiveDebt(this.account);
    const window = { effectiveAt: startsAt, expiresAt: addMinutes(startsAt, 60) };
    const sourceKey = orderKey(startsAt);
    this.grant(sourceKey, { kind: 'included', amountMicro: micro(amount), ...window });
    if (rollover === null || goesOn === 0n) return;
    const next = { effectiveAt: startsAt, expiresAt: rollover.endsAt };
    this.grant(`${sourceKey}:rollover`, { kind: 'included', amountMicro: goesOn, ...next });
  }

  /** What is left of included credits that end with a window, with what holds give back at that instant. */
  #endingAt(at: string): MicroCredits {
    const before = new Date(Date.parse(at) - 1).toISOString();
    let account: CreditAccount = { ...advanceTo(this.account, before), at };
    for (const { id, expiresAt } of account.holds) {
      if (expiresAt !== at) continue;
      const done = releaseHold(account, { id, as: 'expired' });
      if (done.ok) ({ account } = done.value);
    }
    const ending = account.grants.filter(
      ({ grantNo, kind, earmark, expiresAt }) =>
        kind === 'included' &&
        earmark === null &&
        expiresAt === at &&
        this.grantKeys[grantNo - 1]?.endsWith(':rollover') === false,
    );
    return sum(ending.map(({ remainingMicro }) => remainingMicro));
  }
}

/** An account that owes so much, and has nothing. */
export function owing(at: Instant, amount: number): CreditAccount {
  const policy = {
    order: studioOrder,
    settlement: 'creditOnly',
    debtAtReset: 'carry',
    caps: [],
  } as const;
  const call = {
    id: 'owed',
    amountMicro: micro(amount),
    feature: null,
    onShort: 'record',
  } as const;
  const done = useCredits(openAccount(at, policy), call);
  if (!done.ok) throw new Error('what is recorded is not refused');
  return done.value.account;
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
