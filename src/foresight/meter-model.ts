import type { Instant } from '../domain/values/calendar.ts';
import type { Metered, MeteredLine, Overage } from '../domain/life/metering-fact.ts';
import { micro, plus, type MicroCredits } from '../domain/values/money.ts';

type Use = Metered & { readonly at: Instant };

const zero = micro(0);

/** Usage beyond the grants in memory, by the ledger's rules: within the window's limit, read once. */
export class MeterModel {
  #overage: Overage | null = null;
  #uses: Use[] = [];
  #inWindow = zero;
  #used = zero;
  #readUntil: Instant | null = null;

  /** All that ever went beyond the grants. */
  get usedMicro(): MicroCredits {
    return this.#used;
  }

  set(at: Instant, overage: Overage | null): void {
    this.#overage = overage;
    if (overage !== null) this.#readUntil ??= at;
  }

  /** A new window of credits begins: its limit counts anew. */
  openWindow(): void {
    this.#inWindow = zero;
  }

  /** Takes an amount that no grant covers; answers what refuses it. */
  use(at: Instant, quantityMicro: MicroCredits): 'outOfCredits' | 'overage' | null {
    const overage = this.#overage;
    if (overage === null) return 'outOfCredits';
    if (overage.endsAt !== null && overage.endsAt <= at) return 'outOfCredits';
    const inWindow = plus(this.#inWindow, quantityMicro);
    if (inWindow > overage.upToMicro) return 'overage';
    this.#inWindow = inWindow;
    this.#used = plus(this.#used, quantityMicro);
    this.#uses.push({ at, quantityMicro, priceMicro: overage.priceMicro });
    return null;
  }

  /** What was used before an instant (null: all there is) and was not read yet, a line per price. */
  read(at: Instant, until: Instant | null): MeteredLine[] {
    const taken = this.#uses.filter((use) => until === null || use.at < until);
    this.#uses = this.#uses.filter((use) => !taken.includes(use));
    const end = until ?? at;
    const start = this.#readUntil ?? end;
    this.#readUntil = end;
    const prices = [...new Set(taken.map(({ priceMicro }) => priceMicro))];
    return prices.map((priceMicro) => {
      const ofPrice = taken.filter((use) => use.priceMicro === priceMicro);
      const quantityMicro = ofPrice.reduce((sum, use) => plus(sum, use.quantityMicro), zero);
      return { kind: 'usage', quantityMicro, priceMicro, start, end };
    });
  }
}
