import { expect } from 'vitest';
import { addMinutes } from '../../../src/domain/values/calendar.ts';
import { costMicro, type Done, type Usage } from '../../../src/domain/credits/credit-account.ts';
import {
  extendHold,
  holdCredits,
  releaseHold,
  settleHold,
} from '../../../src/domain/credits/credit-holds.ts';
import { refundUsage } from '../../../src/domain/credits/credit-refund.ts';
import { useCredits } from '../../../src/domain/credits/credit-usage.ts';
import { micro, sum } from '../../../src/domain/values/money.ts';
import type { Outcome } from '../../../src/domain/values/outcome.ts';
import type {
  Debit,
  Ledger,
  LedgerAccount,
  LedgerRefusal,
  Receipt,
  Settle,
} from '../../../src/ports/ledger.ts';
import { debitOf, holdOf, line, request, type Books } from './books.ts';
import {
  burnsOf,
  expectSameBalance,
  expectSameGrants,
  expectSamePromos,
  partsOf,
} from './twin-answers.ts';
import { callOf, CallsMade, dimensionsOf, expectStale, LastAsked, windowAt } from './twin-calls.ts';
import { picked } from './program.ts';
import { LedgerProcess, Model, type TwinPolicy } from './twin-parts.ts';
import type { Step } from './twin-steps.ts';
import { TwinWrites } from './twin-writes.ts';

type Known = { readonly usage: string; readonly receipt: string };

/**
 * A workspace of the ledger beside the domain's account: every step is taken by both, and both must answer
 * the same. The ledger's processes take turns, and any of them may be killed and replaced at any step.
 */
export class Twin {
  readonly #model: Model;
  readonly #processes: readonly LedgerProcess[];
  #steps = 0;
  readonly #books: Books;
  readonly #account: LedgerAccount;
  readonly #holds: string[] = [];
  readonly #receipts: Known[] = [];
  readonly #calls = new CallsMade();
  readonly #writes: TwinWrites;
  readonly #asked = new LastAsked();

  constructor(books: Books, account: LedgerAccount, policy: TwinPolicy) {
    this.#model = new Model(policy);
    this.#processes = [new LedgerProcess(books), new LedgerProcess(books)];
    this.#books = books;
    this.#account = account;
    this.#writes = new TwinWrites(this.#model, books, account);
  }

  async stop(): Promise<void> {
    for (const one of this.#processes) await one.stop();
  }

  /** Whose turn it is. */
  get #process(): LedgerProcess {
    const process = this.#processes[this.#steps % this.#processes.length];
    if (process === undefined) throw new Error('a twin has processes');
    return process;
  }

  get #now(): string {
    return this.#model.account.at;
  }

  async take(step: Step): Promise<void> {
    this.#steps += 1;
    switch (step.do) {
      case 'grant':
        return this.#writes.grant(step);
      case 'debit':
        return this.#debit(step);
      case 'hold':
        return this.#hold(step);
      case 'extend':
        return this.#extend(step);
      case 'settle':
        return this.#settle(step);
      case 'release':
        return this.#release(step);
      case 'refund':
        return this.#refund(step);
      case 'void':
      case 'clawBack':
      case 'freeze':
        return this.#writes.takeBack(step);
      case 'unfreeze':
        return this.#writes.unfreeze(step);
      case 'reverse':
      case 'reinstate':
        return this.#writes.reverse(step);
      case 'order':
        return this.#writes.place(step);
      case 'terms':
        return this.#writes.plan(step);
      case 'cap':
        return this.#writes.cap(step);
      case 'overage':
        return this.#writes.overage(step);
      case 'spendCap':
        return this.#writes.spendCap(step);
      case 'buy':
        return this.#writes.buy(step);
      case 'fail':
        return this.#writes.fail(step);
      case 'transfer':
        return this.#writes.transfer(step);
      case 'wait':
        return this.#writes.wait(step);
      case 'month':
        return this.#writes.month(step);
      case 'repeat':
        return this.#asked.repeat(this.#process.ledger);
      case 'restart':
        return this.#process.restart();
    }
  }

  #send<Answer extends object>(
    question: (ledger: Ledger) => Promise<Outcome<Answer, LedgerRefusal>>,
  ): Promise<Outcome<Answer, LedgerRefusal>> {
    return this.#asked.ask(this.#process.ledger, question);
  }

  async #debit(step: Step<'debit'>): Promise<void> {
    const { lines, onShort } = step;
    const { rated } = this.#model;
    const debit: Debit = {
      ...{ ...debitOf(this.#account, 0), ...dimensionsOf(step), ...rated, onShort },
      lines: lines.map((amount, at) => line(amount, `line-${at}`)),
    };
    const { ledger } = this.#process;
    await expectStale(step, rated, (other) => ledger.debit({ ...debit, ...other }));
    const answer = await this.#send((to) => to.debit(debit));
    const call = { id: this.#model.name('debit'), amountMicro: total(lines), ...callOf(step) };
    const usage = this.#ask(step, onShort, () =>
      useCredits(this.#model.account, { ...call, onShort }),
    );
    this.#compare(answer, usage);
    this.#count(step, answer);
  }

  /** What the model answers, unless a limit on calls refuses it. */
  #ask<Answer>(
    { isLimited }: Step<'debit' | 'hold'>,
    onShort: 'deny' | 'record',
    ask: () => Done<Answer>,
  ): Answer | undefined {
    const isRefused = isLimited && onShort === 'deny' && !this.#calls.allows(this.#window());
    return isRefused ? undefined : this.#model.learn(ask());
  }

  /** An accepted call is one more of each of its limits, and its answer says what is left. */
  #count(
    { isLimited }: Step<'debit' | 'hold'>,
    answer: Outcome<Pick<Receipt, 'countsLeft'>, LedgerRefusal>,
  ): void {
    if (!answer.ok) return;
    expect(answer.value.countsLeft).toEqual(isLimited ? this.#calls.count(this.#window()) : []);
  }

  #window(): ReturnType<typeof windowAt> {
    return windowAt(this.#now, this.#model.account.periodStart);
  }

  /** Both burned the same of the same grants, or both refused. */
  #compare(answer: Outcome<Receipt, LedgerRefusal>, usage: Usage | undefined): void {
    expect(answer.ok ? burnsOf(answer.value) : 'refused').toEqual(
      usage === undefined ? 'refused' : partsOf(usage),
    );
    if (!answer.ok || usage === undefined) return;
    this.#receipts.push({ usage: usage.id, receipt: answer.value.id });
  }

  async #hold(step: Step<'hold'>): Promise<void> {
    const { amount, lives } = step;
    const { rated } = this.#model;
    const hold = {
      ...{ ...holdOf(this.#account, amount), ...dimensionsOf(step), ...rated },
      lifeMs: lives * 60_000,
    };
    const { ledger } = this.#process;
    await expectStale(step, rated, (other) => ledger.hold({ ...hold, ...other }));
    const answer = await this.#send((to) => to.hold(hold));
    const expiresAt = addMinutes(this.#now, lives);
    const id = answer.ok ? answer.value.holdId : 'refused';
    const call = { id, amountMicro: micro(amount), ...callOf(step), expiresAt };
    const held = this.#ask(step, 'deny', () => holdCredits(this.#model.account, call));
    this.#count(step, answer);
    expect(answer.ok ? answer.value.expiresAt : null).toBe(held?.expiresAt ?? null);
    if (held !== undefined) this.#holds.push(id);
  }

  /** One of the holds: mostly an open one, if there is any. */
  #someHold(step: Step<'extend' | 'settle' | 'release'>): string | undefined {
    const isOpen = (held: string): boolean =>
      this.#model.account.holds.some(({ id, status }) => id === held && status === 'open');
    const open = this.#holds.filter(isOpen);
    return picked(open.length > 0 && step.pick < 8 ? open : this.#holds, step);
  }

  async #extend(step: Step<'extend'>): Promise<void> {
    const holdId = this.#someHold(step);
    if (holdId === undefined) return;
    const extend = {
      account: this.#account,
      request: request(),
      holdId,
      lifeMs: step.lives * 60_000,
    };
    const answer = await this.#send((to) => to.extend(extend));
    const expiresAt = addMinutes(this.#now, step.lives);
    const extended = this.#model.learn(extendHold(this.#model.account, { id: holdId, expiresAt }));
    expect(answer.ok ? answer.value.expiresAt : null).toBe(extended?.expiresAt ?? null);
  }

  async #settle(step: Step<'settle'>): Promise<void> {
    const { lines, rest } = step;
    const holdId = this.#someHold(step);
    if (holdId === undefined) return;
    const hold = this.#model.account.holds.find(({ id }) => id === holdId);
    const { rated } = this.#model;
    const settle: Settle = {
      ...{ account: this.#account, request: request(), holdId, ...rated },
      ...{ rest, lines: lines.map((amount, at) => line(amount, `line-${at}`)) },
    };
    const { ledger } = this.#process;
    await expectStale(step, rated, (other) => ledger.settle({ ...settle, ...other }));
    const answer = await this.#send((to) => to.settle(settle));
    // Who settles again with the same body gets the first answer: the ledger's tests show it.
    if (hold?.status === 'settled') return;
    const settlement = {
      id: holdId,
      amountMicro: total(lines),
      rest,
      receipt: this.#model.name('run'),
    };
    this.#compare(answer, this.#model.learn(settleHold(this.#model.account, settlement)));
  }

  async #release(step: Step<'release'>): Promise<void> {
    const holdId = this.#someHold(step);
    const hold = this.#model.account.holds.find(({ id }) => id === holdId);
    if (holdId === undefined || hold === undefined) return;
    const release = { account: this.#account, request: request(), holdId };
    const answer = await this.#send((to) => to.release(release));
    const wasHeld = sum([hold.beyondMicro, ...hold.parts.map((part) => part.amountMicro)]);
    expect(answer.ok ? answer.value.releasedMicro : 'closed').toBe(
      hold.status === 'open' ? wasHeld : 'closed',
    );
    this.#model.learn(releaseHold(this.#model.account, { id: holdId, as: 'released' }));
  }

  async #refund(step: Step<'refund'>): Promise<void> {
    const known = picked(this.#receipts, step);
    const usage = this.#model.account.usages.find(({ id }) => id === known?.usage);
    if (known === undefined || usage === undefined) return;
    const amountMicro = step.amount === null ? costMicro(usage) : micro(step.amount);
    const refund = {
      ...{ account: this.#account, request: request(), receiptId: known.receipt },
      ...(step.amount === null ? {} : { amountMicro }),
    };
    const answer = await this.#send((to) => to.refund(refund));
    const done = refundUsage(this.#model.account, { id: usage.id, amountMicro });
    const isGiven = done.ok && amountMicro > 0n;
    expect(answer.ok).toBe(isGiven);
    if (!isGiven || !answer.ok) return;
    const before = this.#model.account.grants.length;
    this.#model.learn(done);
    expectSamePromos(answer.value, this.#model.account.grants.slice(before));
    const { id: refundId, promos } = answer.value;
    this.#model.grantKeys.push(...promos.map((one) => `refund:${refundId}:${one.inPlaceOf}`));
  }

  /** Both have the same left, held and owed. */
  async expectSame(): Promise<void> {
    expectSameBalance(await this.#process.ledger.balance(this.#account), this.#model.account);
  }

  /** The same has become of every grant, ended ones too. */
  expectSameGrants(): Promise<void> {
    return expectSameGrants(this.#books.admin, this.#account, this.#model.account);
  }
}

const total = (amounts: readonly number[]) => sum(amounts.map((amount) => micro(amount)));
