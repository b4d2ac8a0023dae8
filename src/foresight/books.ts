import { burnable, inBurnOrder, type BurnableGrant } from '../domain/credits/burn-down.ts';
import type { Instant } from '../domain/values/calendar.ts';
import type { Effect } from '../domain/life/lifecycle.ts';
import { lesser, micro, minus, plus, sum, type MicroCredits } from '../domain/values/money.ts';
import { rolledOver } from '../domain/credits/rollover.ts';
import type { BurnComparator, GrantKind } from '../domain/terms/terms.ts';
import { MeterModel } from './meter-model.ts';

type Order = Extract<Effect, { readonly kind: 'placeOrder' }>;
type ClawBack = Extract<Effect, { readonly kind: 'clawBackIncluded' }>;
type ReturnClawedBack = Extract<Effect, { readonly kind: 'returnClawedBack' }>;
type Gate = { readonly closesAt: Instant; readonly code: string };

type Grant = BurnableGrant & { remainingMicro: MicroCredits; readonly sourceKey: string };

export type NewGrant = {
  readonly grantKind: GrantKind;
  readonly amountMicro: MicroCredits;
  readonly effectiveAt: Instant;
  readonly expiresAt: Instant | null;
  readonly sourceKey: string;
};

/** What happens to credits beside being used. */
export type CreditNews =
  | ({ readonly kind: 'granted' } & NewGrant)
  | {
      readonly kind: 'expired' | 'voided' | 'forfeited' | 'clawedBack';
      readonly at: Instant;
      readonly sourceKey: string;
      readonly amountMicro: MicroCredits;
    };

/**
 * What became of all credits that were ever granted; the parts always sum to what was granted and what went
 * beyond it.
 */
export type CreditTotals = {
  readonly grantedMicro: MicroCredits;
  readonly usedMicro: MicroCredits;
  /** Of what was used, what no grant paid: it stands on invoices. */
  readonly overageMicro: MicroCredits;
  readonly expiredMicro: MicroCredits;
  readonly voidedMicro: MicroCredits;
  readonly availableMicro: MicroCredits;
};

/** What refuses a call: nothing is left, or the code of what has closed the gate. */
export type Denial = 'outOfCredits' | (string & {});

const zero = micro(0);
/** After every instant in text order. */
const endOfTime = '~';

/**
 * A workspace's credits in memory, by the ledger's rules: an order becomes a grant at its own instant,
 * a source key grants once, grants burn in the catalog's order, a call is charged whole or not at all.
 */
export class Books {
  /** Usage beyond the grants. */
  readonly meter = new MeterModel();
  readonly #burnOrder: readonly BurnComparator[];
  readonly #tell: (news: CreditNews) => void;
  readonly #keys = new Set<string>();
  /** What claw-backs took of each window and nothing has returned. */
  readonly #clawedBack = new Map<string, MicroCredits>();
  #grants: Grant[] = [];
  #order: Order | null = null;
  #gate: Gate | null = null;
  #used = zero;
  #granted = zero;
  #expired = zero;
  #voided = zero;
  /** Grants that can be burned, in burn order; right until `#validUntil`. */
  #live: readonly Grant[] = [];
  #validUntil: Instant = endOfTime;

  constructor(burnOrder: readonly BurnComparator[], tell: (news: CreditNews) => void) {
    this.#burnOrder = burnOrder;
    this.#tell = tell;
  }

  get usedMicro(): MicroCredits {
    return this.#used;
  }

  /** What the workspace could use now. */
  availableMicro(at: Instant): MicroCredits {
    this.advance(at);
    return sum(this.#live.map(({ remainingMicro }) => remainingMicro));
  }

  totals(): CreditTotals {
    return {
      grantedMicro: this.#granted,
      usedMicro: this.#used,
      overageMicro: this.meter.usedMicro,
      expiredMicro: this.#expired,
      voidedMicro: this.#voided,
      availableMicro: sum(this.#grants.map(({ remainingMicro }) => remainingMicro)),
    };
  }

  /** Charges a call in burn order, all of it or nothing; answers what refused it. */
  debit(at: Instant, amountMicro: MicroCredits): Denial | null {
    this.advance(at);
    if (this.#gate !== null && this.#gate.closesAt <= at) return this.#gate.code;
    const [head] = this.#live;
    if (head !== undefined && head.remainingMicro > amountMicro) {
      head.remainingMicro = minus(head.remainingMicro, amountMicro);
    } else {
      const denial = this.#burn(at, amountMicro);
      if (denial !== null) return denial;
    }
    this.#used = plus(this.#used, amountMicro);
    return null;
  }

  /** Burns over several grants, forgets those that are empty then, and meters what they lack. */
  #burn(at: Instant, amountMicro: MicroCredits): Denial | null {
    const available = sum(this.#live.map(({ remainingMicro }) => remainingMicro));
    const short = amountMicro > available ? minus(amountMicro, available) : zero;
    const denial = short > 0n ? this.meter.use(at, short) : null;
    if (denial !== null) return denial;
    let left = minus(amountMicro, short);
    for (const grant of this.#live) {
      const part = lesser(left, grant.remainingMicro);
      grant.remainingMicro = minus(grant.remainingMicro, part);
      left = minus(left, part);
      if (left === 0n) break;
    }
    this.#live = this.#live.filter(({ remainingMicro }) => remainingMicro > 0n);
    this.#grants = this.#grants.filter(({ remainingMicro }) => remainingMicro > 0n);
    return null;
  }

  /** Does what time alone has brought about: the order's grant, expiries, grants that begin. */
  advance(at: Instant): void {
    if (at < this.#validUntil) return;
    const order = this.#order;
    if (order !== null && order.startsAt <= at) {
      const left = this.#leftAt(order.startsAt);
      // What ended before the order's grant began was gone by then.
      this.#expire(order.startsAt);
      this.#order = null;
      const { amountMicro, startsAt, endsAt, sourceKey } = order;
      const grant = { amountMicro, effectiveAt: startsAt, expiresAt: endsAt, sourceKey };
      this.grant({ grantKind: 'included', ...grant });
      const goesOn = order.rollover === null ? zero : rolledOver(order.rollover, left);
      if (order.rollover !== null && goesOn > 0n) {
        const key = { sourceKey: `${sourceKey}:rollover`, expiresAt: order.rollover.endsAt };
        this.grant({ ...grant, ...key, grantKind: 'included', amountMicro: goesOn });
      }
    }
    this.#expire(at);
    this.#settle(at);
  }

  /** What is left of the included credits that end then, without what has gone on once already. */
  #leftAt(end: Instant): MicroCredits {
    const ending = this.#grants.filter(
      ({ kind, expiresAt, sourceKey }) =>
        kind === 'included' && expiresAt === end && !sourceKey.endsWith(':rollover'),
    );
    return sum(ending.map(({ remainingMicro }) => remainingMicro));
  }

  #expire(at: Instant): void {
    const ended = this.#grants.filter(({ expiresAt }) => expiresAt !== null && expiresAt <= at);
    if (ended.length === 0) return;
    this.#grants = this.#grants.filter((grant) => !ended.includes(grant));
    for (const { sourceKey, remainingMicro: amountMicro, expiresAt } of ended) {
      this.#expired = plus(this.#expired, amountMicro);
      this.#tell({ kind: 'expired', at: expiresAt ?? at, sourceKey, amountMicro });
    }
  }

  /** Puts the grants in burn order, and notes until when that is right. */
  #settle(at: Instant): void {
    const live = inBurnOrder(burnable(this.#grants, { at, earmark: null }), this.#burnOrder);
    const byNumber = new Map(this.#grants.map((grant) => [grant.grantNo, grant]));
    this.#live = live.flatMap(({ grantNo }) => byNumber.get(grantNo) ?? []);
    const turns = this.#grants.flatMap(({ effectiveAt, expiresAt }) => [
      effectiveAt > at ? effectiveAt : endOfTime,
      expiresAt ?? endOfTime,
    ]);
    this.#validUntil = [...turns, this.#order?.startsAt ?? endOfTime].reduce((a, b) =>
      a < b ? a : b,
    );
  }

  /** Gives credits; a source key that was given before gives nothing. */
  grant(given: NewGrant): void {
    if (this.#keys.has(given.sourceKey)) return;
    this.#keys.add(given.sourceKey);
    this.#granted = plus(this.#granted, given.amountMicro);
    // Last, because an effect that asks for the grant has a kind of its own.
    this.#tell({ ...given, kind: 'granted' });
    if (given.amountMicro <= 0n) return;
    this.#grants.push({
      grantNo: this.#keys.size,
      kind: given.grantKind,
      remainingMicro: given.amountMicro,
      priority: 0,
      earmark: null,
      effectiveAt: given.effectiveAt,
      expiresAt: given.expiresAt,
      sourceKey: given.sourceKey,
    });
    this.#validUntil = '';
  }

  /** Takes back what is unspent of the grants that `takes` names; answers how much that was. */
  void(
    at: Instant,
    kind: 'voided' | 'forfeited',
    takes: (sourceKey: string, kind: GrantKind) => boolean,
  ): MicroCredits {
    const taken = this.#grants.filter((grant) => takes(grant.sourceKey, grant.kind));
    this.#grants = this.#grants.filter((grant) => !taken.includes(grant));
    this.#validUntil = '';
    for (const { sourceKey, remainingMicro: amountMicro } of taken) {
      this.#voided = plus(this.#voided, amountMicro);
      this.#tell({ kind, at, sourceKey, amountMicro });
    }
    return sum(taken.map(({ remainingMicro }) => remainingMicro));
  }

  /** Takes at most so much of what is unspent of a window's included grants, the newest first; how much. */
  clawBack(at: Instant, { label, amountMicro }: ClawBack): MicroCredits {
    this.advance(at);
    let left = amountMicro;
    for (const grant of this.#grants.toReversed()) {
      const isMeant = grant.kind === 'included' && grant.sourceKey.startsWith(`included:${label}`);
      const part = isMeant ? lesser(left, grant.remainingMicro) : zero;
      if (part === 0n) continue;
      grant.remainingMicro = minus(grant.remainingMicro, part);
      left = minus(left, part);
      this.#voided = plus(this.#voided, part);
      this.#tell({ kind: 'clawedBack', at, sourceKey: grant.sourceKey, amountMicro: part });
    }
    this.#clawedBack.set(label, plus(this.#clawedBackOf(label), minus(amountMicro, left)));
    this.#grants = this.#grants.filter(({ remainingMicro }) => remainingMicro > 0n);
    this.#validUntil = '';
    return minus(amountMicro, left);
  }

  /** Grants again at most so much of what was clawed back in a window. */
  returnClawedBack(back: ReturnClawedBack): void {
    const amountMicro = lesser(back.atMostMicro, this.#clawedBackOf(back.label));
    if (amountMicro === 0n) return;
    this.#clawedBack.set(back.label, minus(this.#clawedBackOf(back.label), amountMicro));
    const { effectiveAt, expiresAt, sourceKey } = back;
    this.grant({ grantKind: 'included', amountMicro, effectiveAt, expiresAt, sourceKey });
  }

  #clawedBackOf(label: string): MicroCredits {
    return this.#clawedBack.get(label) ?? zero;
  }

  place(order: Order | null): void {
    this.#order = order;
    this.#validUntil = '';
  }

  setGate(gate: Gate | null): void {
    this.#gate = gate;
  }
}
