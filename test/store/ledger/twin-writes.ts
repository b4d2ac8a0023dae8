import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { addMinutes, calendarMonth } from '../../../src/domain/values/calendar.ts';
import {
  clawBackGrant,
  freezeGrant,
  transferTopUps,
  voidGrant,
} from '../../../src/domain/credits/credit-closing.ts';
import { countTopUp, dropTopUp } from '../../../src/domain/credits/credit-overage.ts';
import { releaseHold } from '../../../src/domain/credits/credit-holds.ts';
import { reinstateGrant, reverseGrant } from '../../../src/domain/credits/credit-reversal.ts';
import { micro, microMinor, minor, sum } from '../../../src/domain/values/money.ts';
import type { LedgerAccount } from '../../../src/ports/ledger.ts';
import { inProduct } from '../../../src/store/connect.ts';
import {
  clawBack,
  transferTopUps as transferInLedger,
  voidGrant as voidInLedger,
} from '../../../src/store/ledger-corrections.ts';
import {
  freezeGrant as freezeInLedger,
  reinstateGrant as reinstateInLedger,
  reverseGrant as reverseInLedger,
  unfreezeGrant,
} from '../../../src/store/ledger-reversals.ts';
import { lockLedger, placeOrder, setCap, setTerms } from '../../../src/store/ledger-writes.ts';
import { countPurchases, setOverage, setSpendCap } from '../../../src/store/overage-writes.ts';
import { debitOf, give, terms, value, wishTopUp, type Books } from './books.ts';
import { expectSameBalance } from './twin-answers.ts';
import { picked } from './program.ts';
import { orderKey, owing, whoseOf, type Model } from './twin-parts.ts';
import type { Step } from './twin-steps.ts';

/** What the lifecycle and the bookings tell both: grants, corrections, orders, caps, and the time. */
export class TwinWrites {
  readonly #model: Model;
  readonly #books: Books;
  readonly #account: LedgerAccount;
  readonly #freezes: string[] = [];
  readonly #bought: string[] = [];

  constructor(model: Model, books: Books, account: LedgerAccount) {
    this.#model = model;
    this.#books = books;
    this.#account = account;
  }

  async grant(step: Step<'grant'>): Promise<void> {
    const { kind, priority, earmark } = step;
    const effectiveAt = addMinutes(this.#model.account.at, step.waits);
    const expiresAt = step.lives === null ? null : addMinutes(effectiveAt, step.lives);
    const grant = { kind, priority, earmark, effectiveAt, expiresAt };
    const sourceKey = this.#model.name('grant');
    this.#model.grant(sourceKey, { ...grant, amountMicro: micro(step.amount) });
    await give(this.#books, this.#account, {
      ...{ kind, priority, effectiveAt, sourceKey, amount: step.amount },
      ...(earmark === null ? {} : { earmark }),
      ...(expiresAt === null ? {} : { expiresAt }),
    });
  }

  /** Another plan: another burn order, and what becomes of debt, of refunds, and of holds whose grant ends. */
  async plan({ policy, isRepriced }: Step<'terms'>): Promise<void> {
    const { order, ...rules } = policy;
    const { termsVersion, rateVersion } = this.#model.rated;
    const rated = {
      termsVersion: termsVersion + 1,
      rateVersion: isRepriced ? rateVersion + 1 : rateVersion,
    };
    this.#model.plan(policy, rated);
    const { workspaceId } = this.#account;
    await this.#books.write(this.#account, (tx) =>
      setTerms(tx, workspaceId, { ...terms, ...rules, ...rated, burnOrder: order }),
    );
  }

  /** A top-up is asked for. */
  async buy({ total }: Step<'buy'>): Promise<void> {
    const top = { id: randomUUID(), totalMinor: minor(total) };
    this.#bought.push(top.id);
    this.#model.account = countTopUp(this.#model.account, top);
    await wishTopUp(this.#books.admin, this.#account, { ...top, at: this.#model.account.at });
    await this.#countPurchases();
  }

  /** The money of a top-up did not come. */
  async fail(step: Step<'fail'>): Promise<void> {
    const id = picked(this.#bought, step);
    if (id === undefined) return;
    this.#model.account = dropTopUp(this.#model.account, id);
    await this.#books.admin`update payment set state = 'failed' where id = ${id}`;
    await this.#countPurchases();
  }

  #countPurchases(): Promise<void> {
    return this.#books.write(this.#account, (tx) => countPurchases(tx, this.#account.workspaceId));
  }

  /** What is left of top-ups goes to another workspace, which may owe. */
  async transfer({ owed }: Step<'transfer'>): Promise<void> {
    const to = await this.#books.workspace();
    const { at } = this.#model.account;
    await this.#books.at(to, at);
    value(await this.#books.ledger.debit({ ...debitOf(to, owed), onShort: 'record' }));
    const transfer = {
      from: this.#account.workspaceId,
      to: to.workspaceId,
      key: `to ${to.workspaceId}`,
    };
    const moved = await inProduct(this.#books.sql, to.product, async (tx) => {
      await lockLedger(tx, [transfer.to, transfer.from]);
      return transferInLedger(tx, transfer);
    });
    const done = transferTopUps(this.#model.account, owing(at, owed));
    expect(moved).toBe(done.amountMicro);
    this.#model.account = done.from;
    expectSameBalance(await this.#books.ledger.balance(to), done.to);
  }

  async takeBack(step: Step<'void' | 'clawBack' | 'freeze'>): Promise<void> {
    const sourceKey = picked(this.#model.grantKeys, step);
    if (sourceKey === undefined) return;
    const grantNo = 1 + this.#model.grantKeys.indexOf(sourceKey);
    const { workspaceId } = this.#account;
    const key = this.#model.name(step.do);
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

  async unfreeze(step: Step<'unfreeze'>): Promise<void> {
    const key = picked(this.#freezes, step);
    if (key === undefined) return;
    await this.#books.write(this.#account, (tx) =>
      unfreezeGrant(tx, this.#account.workspaceId, key),
    );
    this.#model.learn(releaseHold(this.#model.account, { id: key, as: 'released' }));
  }

  /** The money of a grant went back, so much of it by now; or it came again. */
  async reverse(step: Step<'reverse' | 'reinstate'>): Promise<void> {
    const sourceKey = picked(this.#model.grantKeys, step);
    if (sourceKey === undefined) return;
    const grantNo = 1 + this.#model.grantKeys.indexOf(sourceKey);
    const { workspaceId } = this.#account;
    const told = { sourceKey, totalMicro: micro(step.total), key: this.#model.name(step.do) };
    await this.#books.write(this.#account, async (tx) => {
      if (step.do === 'reinstate') {
        const back = await reinstateInLedger(tx, workspaceId, told);
        const done = reinstateGrant(this.#model.account, { ...told, grantNo });
        expect(back).toBe(this.#model.learn(done));
        return;
      }
      const { spentBecomes } = step;
      const taken = await reverseInLedger(tx, workspaceId, { ...told, spentBecomes });
      const done = reverseGrant(this.#model.account, { ...told, grantNo, spentBecomes });
      expect(taken).toEqual(this.#model.learn(done));
    });
  }

  async place({ minutes, amount, rollover: rule }: Step<'order'>): Promise<void> {
    const startsAt = addMinutes(this.#model.account.at, minutes);
    const endsAt = addMinutes(startsAt, 60);
    const rollover =
      rule === null
        ? null
        : {
            ...{ minMicro: micro(rule.min), percent: rule.percent },
            maxMicro: rule.max === null ? null : micro(rule.max),
            endsAt: addMinutes(startsAt, rule.lives),
          };
    this.#model.place({ startsAt, amount, rollover });
    const { termsVersion } = this.#model.rated;
    const order = { startsAt, endsAt, amountMicro: micro(amount), termsVersion, rollover };
    const sourceKey = orderKey(startsAt);
    await this.#books.write(this.#account, (tx) =>
      placeOrder(tx, this.#account.workspaceId, { ...order, sourceKey }),
    );
  }

  async cap({ whose, amount }: Step<'cap'>): Promise<void> {
    const capMicro = amount === null ? null : micro(amount);
    this.#model.cap(whose, capMicro);
    const [scope, subject] = whoseOf(whose);
    await this.#books.write(this.#account, (tx) =>
      setCap(tx, this.#account.workspaceId, { scope, subject, capMicro }),
    );
  }

  async overage({ upTo, price }: Step<'overage'>): Promise<void> {
    const overage =
      upTo === null
        ? null
        : { upToMicro: micro(upTo), priceMicro: microMinor(price * 1_000_000), endsAt: null };
    this.#model.overage(overage);
    await this.#books.write(this.#account, (tx) =>
      setOverage(tx, this.#account.workspaceId, overage),
    );
  }

  async spendCap({ cap }: Step<'spendCap'>): Promise<void> {
    const capMinor = cap === null ? null : minor(cap);
    this.#model.spendCap(capMinor);
    await this.#books.write(this.#account, (tx) =>
      setSpendCap(tx, this.#account.workspaceId, capMinor),
    );
  }

  wait({ minutes, isSeen }: Step<'wait'>): Promise<void> {
    return this.#waitUntil(addMinutes(this.#model.account.at, minutes), isSeen);
  }

  /** Until the next month of the spend cap begins. */
  month({ isSeen }: Step<'month'>): Promise<void> {
    const { end } = calendarMonth({ at: this.#model.account.at, timeZone: 'UTC' });
    return this.#waitUntil(end, isSeen);
  }

  async #waitUntil(at: string, isSeen: boolean): Promise<void> {
    this.#model.waitUntil(at);
    await (isSeen ? this.#books.wake(this.#account, at) : this.#books.at(this.#account, at));
  }
}
