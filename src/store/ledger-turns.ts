/** Longer than most batches take: who waits so long goes beside the one that is on its way. */
const patienceMs = 10;

/** The right to send, until it is given back. */
export type Turn = symbol;

/**
 * Whose batch leaves next, among the lanes of a process: one at a time, in the order in which they asked. A batch
 * costs PostgreSQL as much as ten of its operations, so two large ones in turn are cheaper than four small ones at
 * once. A batch that does not come back, because another process holds its lane, keeps no other lane waiting.
 */
export class Turns {
  private current: Turn | undefined;
  private readonly asking: {
    readonly begin: (turn: Turn) => void;
    readonly timer: NodeJS.Timeout;
  }[] = [];

  /** Begins when it is its turn: now, or when the turns before it were given back. */
  take(begin: (turn: Turn) => void): void {
    if (this.current === undefined) {
      this.start(begin);
      return;
    }
    const asked = {
      begin,
      timer: setTimeout(() => {
        this.asking.splice(this.asking.indexOf(asked), 1);
        this.start(begin);
      }, patienceMs),
    };
    this.asking.push(asked);
  }

  /** Says nothing where another has lost its patience and gone. */
  giveBack(turn: Turn): void {
    if (turn !== this.current) return;
    this.current = undefined;
    const next = this.asking.shift();
    if (next === undefined) return;
    clearTimeout(next.timer);
    this.start(next.begin);
  }

  private start(begin: (turn: Turn) => void): void {
    const turn = Symbol('turn');
    this.current = turn;
    begin(turn);
  }
}
