import { expect } from 'vitest';
import { addMinutes } from '../../../src/domain/calendar.ts';
import { costMicro, type Usage } from '../../../src/domain/credit-account.ts';
import { clawBackGrant, freezeGrant, voidGrant } from '../../../src/domain/credit-closing.ts';
import {
  extendHold,
  holdCredits,
  releaseHold,
  settleHold,
} from '../../../src/domain/credit-holds.ts';
import { refundUsage, useCredits } from '../../../src/domain/credit-usage.ts';
import { micro, sum } from '../../../src/domain/money.ts';
import type { Outcome } from '../../../src/domain/outcome.ts';
import type { Debit, LedgerAccount, LedgerRefusal, Receipt } from '../../../src/ports/ledger.ts';
import { clawBack, voidGrant as voidInLedger } from '../../../src/store/ledger-corrections.ts';
import {
  freezeGrant as freezeInLedger,
  unfreezeGrant,
} from '../../../src/store/ledger-reversals.ts';
import { placeOrder, setCap } from '../../../src/store/ledger-writes.ts';
import { debitOf, give, holdOf, line, request, type Books } from './books.ts';
import { burnsOf, expectSameBalance, expectSamePromos, partsOf } from './twin-answers.ts';
import { LedgerProcess, Model, type TwinPolicy } from './twin-parts.ts';
import type { Step } from './twin-steps.ts';

type Known = { readonly usage: string; readonly receipt: string };

/**
 * A workspace of the ledger beside the domain's account: every step is taken by both, and both must answer
 * the same. The ledger's process may be replaced by another one at any step.
 */
export class Twin {
  readonly #model: Model;
  readonly #process: LedgerProcess;
  readonly #books: Books;
  readonly #account: LedgerAccount;
  readonly #holds: string[] = [];
  readonly #receipts: Known[] = [];
  readonly #freezes: string[] = [];
  #last: { readonly debit: Debit; readonly answer: Outcome<Receipt, LedgerRefusal> } | undefined;
  #made = 0;

  constructor(books: Books, account: LedgerAccount, policy: TwinPolicy) {
    this.#model = new Model(policy);
    this.#process = new LedgerProcess(books);
    this.#books = books;
    this.#account = account;
  }

  stop(): Promise<void> {
    return this.#process.stop();
  }

  get #now(): string {
    return this.#model.account.at;
  }

  /** A name that this twin never used before. */
  #name(what: string): string {
    this.#made += 1;
    return `${what} ${this.#made}`;
  }

  #picked<Item>(items: readonly Item[], { pick }: { readonly pick: number }): Item | undefined {
    return items[pick % Math.max(1, items.length)];
  }

  async take(step: Step): Promise<void> {
    switch (step.do) {
      case 'grant':
        return this.#grant(step);
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
        return this.#takeBack(step);
      case 'unfreeze':
        return this.#unfreeze(step);
      case 'order':
        return this.#place(step);
      case 'cap':
        return this.#cap(step);
      case 'wait':
        return this.#wait(step);
      case 'repeat':
        return this.#repeat();
      case 'restart':
        return this.#process.restart();
    }
  }

  async #grant(step: Step<'grant'>): Promise<void> {
    const { kind, priority, earmark } = step;
    const effectiveAt = addMinutes(this.#now, step.waits);
    const expiresAt = step.lives === null ? null : addMinutes(effectiveAt, step.lives);
    const grant = { kind, priority, earmark, effectiveAt, expiresAt };
    const sourceKey = this.#name('grant');
    this.#model.grant(sourceKey, { ...grant, amountMicro: micro(step.amount) });
    await give(this.#books, this.#account, {
      ...{ kind, priority, effectiveAt, sourceKey, amount: step.amount },
      ...(earmark === null ? {} : { earmark }),
      ...(expiresAt === null ? {} : { expiresAt }),
    });
  }

  async #debit({ lines, onShort, earmark }: Step<'debit'>): Promise<void> {
    const debit: Debit = {
      ...debitOf(this.#account, 0),
      ...{ onShort, lines: lines.map((amount, at) => line(amount, `line-${at}`)) },
      ...(earmark === null ? {} : { earmarks: [earmark] }),
    };
    const answer = await this.#process.ledger.debit(debit);
    this.#last = { debit, answer };
    const call = { id: this.#name('debit'), amountMicro: total(lines), feature: earmark, onShort };
    this.#compare(answer, this.#model.learn(useCredits(this.#model.account, call)));
  }

  /** Both burned the same of the same grants, or both refused. */
  #compare(answer: Outcome<Receipt, LedgerRefusal>, usage: Usage | undefined): void {
    expect(answer.ok ? burnsOf(answer.value) : 'refused').toEqual(
      usage === undefined ? 'refused' : partsOf(usage),
    );
    if (!answer.ok || usage === undefined) return;
    // Which usage a debt stands for is told by the account only; the ledger's debt is one sum.
    const isInDebt = usage.parts.some(({ source }) => source === 'debt');
    if (!isInDebt) this.#receipts.push({ usage: usage.id, receipt: answer.value.id });
  }

  async #hold({ amount, lives, earmark }: Step<'hold'>): Promise<void> {
    const hold = {
      ...{ ...holdOf(this.#account, amount), lifeMs: lives * 60_000 },
      ...(earmark === null ? {} : { earmarks: [earmark] }),
    };
    const answer = await this.#process.ledger.hold(hold);
    const expiresAt = addMinutes(this.#now, lives);
    const id = answer.ok ? answer.value.holdId : 'refused';
    const call = { id, amountMicro: micro(amount), feature: earmark, expiresAt };
    const held = this.#model.learn(holdCredits(this.#model.account, call));
    expect(answer.ok ? answer.value.expiresAt : null).toBe(held?.expiresAt ?? null);
    if (held !== undefined) this.#holds.push(id);
  }

  async #extend(step: Step<'extend'>): Promise<void> {
    const holdId = this.#picked(this.#holds, step);
    if (holdId === undefined) return;
    const call = { account: this.#account, request: request(), holdId };
    const answer = await this.#process.ledger.extend({ ...call, lifeMs: step.lives * 60_000 });
    const expiresAt = addMinutes(this.#now, step.lives);
    const extended = this.#model.learn(extendHold(this.#model.account, { id: holdId, expiresAt }));
    expect(answer.ok ? answer.value.expiresAt : null).toBe(extended?.expiresAt ?? null);
  }

  async #settle(step: Step<'settle'>): Promise<void> {
    const { lines, rest } = step;
    const holdId = this.#picked(this.#holds, step);
    if (holdId === undefined) return;
    const hold = this.#model.account.holds.find(({ id }) => id === holdId);
    const answer = await this.#process.ledger.settle({
      ...{ account: this.#account, request: request(), holdId, termsVersion: 1, rateVersion: 1 },
      ...{ rest, lines: lines.map((amount, at) => line(amount, `line-${at}`)) },
    });
    // Who settles again with the same body gets the first answer: the ledger's tests show it.
    if (hold?.status === 'settled') return;
    const settlement = { id: holdId, amountMicro: total(lines), rest, receipt: this.#name('run') };
    this.#compare(answer, this.#model.learn(settleHold(this.#model.account, settlement)));
  }

  async #release(step: Step<'release'>): Promise<void> {
    const holdId = this.#picked(this.#holds, step);
    const hold = this.#model.account.holds.find(({ id }) => id === holdId);
    if (holdId === undefined || hold === undefined) return;
    const answer = await this.#process.ledger.release({
      ...{ account: this.#account, request: request(), holdId },
    });
    const wasHeld = sum(hold.parts.map(({ amountMicro }) => amountMicro));
    expect(answer.ok ? answer.value.releasedMicro : 'closed').toBe(
      hold.status === 'open' ? wasHeld : 'closed',
    );
    this.#model.learn(releaseHold(this.#model.account, { id: holdId, as: 'released' }));
  }

  async #refund(step: Step<'refund'>): Promise<void> {
    const known = this.#picked(this.#receipts, step);
    const usage = this.#model.account.usages.find(({ id }) => id === known?.usage);
    if (known === undefined || usage === undefined) return;
    const amountMicro = step.amount === null ? costMicro(usage) : micro(step.amount);
    const answer = await this.#process.ledger.refund({
      ...{ account: this.#account, request: request(), receiptId: known.receipt },
      ...(step.amount === null ? {} : { amountMicro }),
    });
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

  async #takeBack(step: Step<'void' | 'clawBack' | 'freeze'>): Promise<void> {
    const sourceKey = this.#picked(this.#model.grantKeys, step);
    if (sourceKey === undefined) return;
    const grantNo = 1 + this.#model.grantKeys.indexOf(sourceKey);
    const { workspaceId } = this.#account;
    const key = this.#name(step.do);
    await this.#books.write(this.#account, async (tx) => {
      if (step.do === 'void') {
        const answer = await voidInLedger(tx, workspaceId, sourceKey);
        const voided = this.#model.learn(voidGrant(this.#model.account, grantNo));
        expect(answer.outcome === 'voided' ? answer.voidedMicro : undefined).toBe(voided);
        return;
      }
      const amountMicro = step.amount === null ? null : micro(step.amount);
      if (step.do === 'freeze') {
        const frozen = await freezeInLedger(tx, workspaceId, { sourceKey, amountMicro, key });
        const hold = this.#model.learn(
          freezeGrant(this.#model.account, { id: key, grantNo, amountMicro }),
        );
        expect(frozen).toBe(sum((hold?.parts ?? []).map((part) => part.amountMicro)));
        this.#freezes.push(key);
        return;
      }
      const claim = { sourceKey, amountMicro: amountMicro ?? micro(0), key };
      const taken = await clawBack(tx, workspaceId, claim);
      expect(taken).toBe(
        this.#model.learn(clawBackGrant(this.#model.account, { ...claim, grantNo })),
      );
    });
  }

  async #unfreeze(step: Step<'unfreeze'>): Promise<void> {
    const key = this.#picked(this.#freezes, step);
    if (key === undefined) return;
    await this.#books.write(this.#account, (tx) =>
      unfreezeGrant(tx, this.#account.workspaceId, key),
    );
    this.#model.learn(releaseHold(this.#model.account, { id: key, as: 'released' }));
  }

  async #place({ minutes, amount }: Step<'order'>): Promise<void> {
    const startsAt = addMinutes(this.#now, minutes);
    const endsAt = addMinutes(startsAt, 60);
    this.#model.place({ startsAt, amount });
    const order = { startsAt, endsAt, amountMicro: micro(amount), termsVersion: 1 };
    const sourceKey = `included:${startsAt}`;
    await this.#books.write(this.#account, (tx) =>
      placeOrder(tx, this.#account.workspaceId, { ...order, sourceKey, rollover: null }),
    );
  }

  async #cap({ amount }: Step<'cap'>): Promise<void> {
    const capMicro = amount === null ? null : micro(amount);
    const caps = capMicro === null ? [] : [{ feature: null, limitMicro: capMicro }];
    this.#model.cap(caps);
    const cap = { scope: 'org', subject: 'all', capMicro } as const;
    await this.#books.write(this.#account, (tx) => setCap(tx, this.#account.workspaceId, cap));
  }

  async #wait({ minutes }: Step<'wait'>): Promise<void> {
    const at = addMinutes(this.#now, minutes);
    this.#model.waitUntil(at);
    await this.#books.at(this.#account, at);
  }

  /** The same request again is answered as it was, whatever has happened meanwhile. */
  async #repeat(): Promise<void> {
    if (this.#last === undefined) return;
    const { debit, answer } = this.#last;
    const again = await this.#process.ledger.debit(debit);
    expect(again.ok).toBe(answer.ok);
    if (again.ok && answer.ok) {
      expect(again.value).toEqual({ ...answer.value, replayed: true, crossed: [] });
    }
  }

  /** Both have the same left, held and owed. */
  async expectSame(): Promise<void> {
    expectSameBalance(await this.#process.ledger.balance(this.#account), this.#model.account);
  }
}

const total = (amounts: readonly number[]) => sum(amounts.map((amount) => micro(amount)));
