import type { Instant } from '../../src/domain/values/calendar.ts';
import type { Effect } from '../../src/domain/life/lifecycle.ts';

type Grant = { readonly key: string; readonly amountMicro: bigint; voided: boolean };
type Order = Extract<Effect, { readonly kind: 'placeOrder' }>;

/**
 * The included credits as the ledger keeps them, in memory: a standing order becomes a grant at its
 * own instant, a source key grants once, a void takes what its prefix names.
 */
export class TestLedger {
  readonly grants = new Map<string, Grant>();
  order: Order | null = null;
  gate: { readonly closesAt: Instant; readonly code: string } | null = null;
  /** What claw-backs took and nothing has returned; nothing is ever spent here. */
  clawedBackMicro = 0n;
  /** Orders that were placed for a window that had begun before. */
  readonly placedLate: string[] = [];

  /** Does what fell due by then, as the ledger does before a step's effects are written. */
  advance(at: Instant): void {
    const { order } = this;
    if (order === null || order.startsAt > at) return;
    this.order = null;
    this.#grant(order.sourceKey, order.amountMicro);
  }

  write(effect: Effect, at: Instant): void {
    switch (effect.kind) {
      case 'grantCredits':
        // The table's own check: what is over before it begins cannot be written, nor the step that asks for it.
        if (effect.expiresAt !== null && effect.expiresAt <= effect.effectiveAt) {
          throw new Error(`${effect.sourceKey} is over when it begins, ${effect.effectiveAt}`);
        }
        this.#grant(effect.sourceKey, effect.amountMicro);
        return;
      case 'voidIncluded':
        for (const grant of this.grants.values()) {
          if (grant.key.startsWith(effect.sourcePrefix)) grant.voided = true;
        }
        return;
      case 'clawBackIncluded':
        this.clawedBackMicro += effect.amountMicro;
        return;
      case 'returnClawedBack':
        this.clawedBackMicro -= effect.atMostMicro;
        return;
      case 'placeOrder':
        if (effect.startsAt < at) this.placedLate.push(`${effect.sourceKey} at ${at}`);
        this.order = effect;
        this.advance(at);
        return;
      case 'cancelOrder':
        this.order = null;
        return;
      case 'setGate':
        this.gate = effect.gate;
        return;
      case 'openWindow':
      case 'issueInvoice':
      case 'sendInvoice':
      case 'collectInvoice':
      case 'mirrorUpcoming':
      case 'openCheckout':
      case 'chargePurchase':
      case 'expireCheckout':
      case 'startPersonalPlan':
      case 'creditAccount':
      case 'forfeitTopUps':
      case 'watchBalance':
      case 'setOverage':
      case 'readMeter':
      case 'notify':
      case 'announce':
        return;
    }
  }

  /** Credits of a window that were granted and not voided. */
  inWindow(label: string): bigint {
    return [...this.grants.values()]
      .filter(({ key, voided }) => !voided && key.startsWith(`included:${label}`))
      .reduce((total, { amountMicro }) => total + amountMicro, 0n);
  }

  #grant(key: string, amountMicro: bigint): void {
    if (!this.grants.has(key)) this.grants.set(key, { key, amountMicro, voided: false });
  }
}
