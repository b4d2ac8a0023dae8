/** One that PostgreSQL works on, and one that stands behind it, so that it need not wait for us. */
const atOnce = 2;

/**
 * Whose batch leaves next, among the lanes of a process, in the order in which they asked: on one connection, two at a
 * time. A batch costs PostgreSQL as much as ten of its operations, so two large ones in turn are cheaper than four small
 * ones at once; and one backend that does them all has their plans at hand.
 */
export class Turns {
  private free = atOnce;
  private readonly asking: (() => void)[] = [];

  /** Begins when it is its turn: now, or when one before it was given back. */
  take(begin: () => void): void {
    if (this.free === 0) {
      this.asking.push(begin);
      return;
    }
    this.free -= 1;
    begin();
  }

  giveBack(): void {
    const next = this.asking.shift();
    if (next === undefined) this.free += 1;
    else next();
  }
}
