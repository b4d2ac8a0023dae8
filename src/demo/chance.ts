/** Choices that look like chance and are the same in every telling: mulberry32, seeded. */
export class Chance {
  private state: number;

  constructor(seed: number) {
    this.state = seed;
  }

  /** A whole number from 0 up to, but not, the bound. */
  below(bound: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000) * bound);
  }

  pick<T>(choices: readonly [T, ...T[]]): T {
    return choices[this.below(choices.length)] ?? choices[0];
  }

  /** One of them, each as likely as its weight says. */
  weigh<T extends { readonly weight: number }>(choices: readonly [T, ...T[]]): T {
    let left = this.below(choices.reduce((sum, { weight }) => sum + weight, 0));
    for (const choice of choices) {
      if (left < choice.weight) return choice;
      left -= choice.weight;
    }
    return choices[0];
  }
}
