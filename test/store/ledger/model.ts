import {
  burnable,
  burnDown,
  inBurnOrder,
  type BurnableGrant,
} from '../../../src/domain/burn-down.ts';
import {
  lesser,
  micro,
  minus,
  negate,
  plus,
  sum,
  type MicroCredits,
} from '../../../src/domain/money.ts';
import type { BurnComparator, GrantKind } from '../../../src/domain/terms.ts';

type Part = { readonly grantNo: number; amountMicro: MicroCredits };
type OpenHold = { readonly expiresAt: string; readonly parts: Part[] };

/** The ledger as its rules read, over the pure burn-down: what the real one is compared with. */
export class ModelLedger {
  debtMicro = micro(0);
  at: string;
  private readonly order: readonly BurnComparator[];
  private readonly grants = new Map<number, BurnableGrant>();
  private readonly holds = new Map<string, OpenHold>();

  constructor(at: string, order: readonly BurnComparator[]) {
    this.at = at;
    this.order = order;
  }

  get availableMicro(): MicroCredits {
    return sum(this.burnable().map((grant) => grant.remainingMicro));
  }

  grant(grant: { kind: GrantKind; amountMicro: MicroCredits; expiresAt: string | null }): void {
    const grantNo = this.grants.size + 1;
    const repaid = lesser(this.debtMicro, grant.amountMicro);
    this.debtMicro = minus(this.debtMicro, repaid);
    this.grants.set(grantNo, {
      grantNo,
      kind: grant.kind,
      remainingMicro: minus(grant.amountMicro, repaid),
      priority: 0,
      earmark: null,
      effectiveAt: this.at,
      expiresAt: grant.expiresAt,
    });
  }

  /** What the debit burns, as `grant amount`; `undefined` when it is denied. */
  debit(amountMicro: MicroCredits, onShort: 'deny' | 'record'): string[] | undefined {
    if (onShort === 'deny' && amountMicro > this.availableMicro) return undefined;
    return this.burn(amountMicro);
  }

  hold(id: string, amountMicro: MicroCredits, expiresAt: string): void {
    const { burns } = burnDown(this.burnable(), this.order, amountMicro);
    for (const part of burns) this.move(part.grantNo, negate(part.amountMicro));
    this.holds.set(id, { expiresAt, parts: burns.map((part) => ({ ...part })) });
  }

  settle(id: string, amountMicro: MicroCredits): string[] {
    const burned: string[] = [];
    let left = amountMicro;
    for (const part of this.holds.get(id)?.parts ?? []) {
      const used = lesser(left, part.amountMicro);
      left = minus(left, used);
      part.amountMicro = minus(part.amountMicro, used);
      if (used > 0n) burned.push(`${part.grantNo} ${used}`);
    }
    // The excess is burned before the rest goes back; if there is a rest there is no excess.
    burned.push(...this.burn(left));
    this.release(id);
    return burned;
  }

  release(id: string): void {
    for (const part of this.holds.get(id)?.parts ?? []) this.move(part.grantNo, part.amountMicro);
    this.holds.delete(id);
  }

  advance(at: string): void {
    this.at = at;
    for (const [id, hold] of this.holds) if (hold.expiresAt <= at) this.release(id);
  }

  private burnable(): BurnableGrant[] {
    return inBurnOrder(
      burnable([...this.grants.values()], { at: this.at, earmark: null }),
      this.order,
    );
  }

  private burn(amountMicro: MicroCredits): string[] {
    const { burns, shortMicro } = burnDown(this.burnable(), this.order, amountMicro);
    for (const burn of burns) this.move(burn.grantNo, negate(burn.amountMicro));
    this.debtMicro = plus(this.debtMicro, shortMicro);
    const burned = burns.map((burn) => `${burn.grantNo} ${burn.amountMicro}`);
    return shortMicro > 0n ? [...burned, `debt ${shortMicro}`] : burned;
  }

  private move(grantNo: number, amountMicro: MicroCredits): void {
    const grant = this.grants.get(grantNo);
    if (grant === undefined) throw new Error(`the model has no grant ${grantNo}`);
    const remainingMicro = plus(grant.remainingMicro, amountMicro);
    this.grants.set(grantNo, { ...grant, remainingMicro });
  }
}
