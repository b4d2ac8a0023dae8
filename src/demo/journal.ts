/** One line of a workspace's life. Amounts are micro-credits; money is a decimal of dollars. */
export type Entry = {
  readonly at: string;
  readonly text: string;
  readonly rules: readonly string[];
  readonly credits: bigint | null;
  readonly balance: bigint | null;
  readonly money: string | null;
};

/** A figure that the story expects, beside what the product said. */
export type Check = {
  readonly what: string;
  readonly rules: readonly string[];
  readonly expected: string;
  readonly actual: string;
};

export const holds = ({ expected, actual }: Check): boolean => expected === actual;

/** "0.31 0.32" as the ids of rules. */
export const rulesIn = (ids: string): readonly string[] => ids.split(' ').filter((id) => id !== '');

/** What has been told of a story so far. */
export class Journal {
  readonly entries: Entry[] = [];
  readonly checks: Check[] = [];
  private readonly listen: (entry: Entry) => void;

  constructor(listen: (entry: Entry) => void) {
    this.listen = listen;
  }

  tell(entry: Entry): void {
    this.entries.push(entry);
    this.listen(entry);
  }

  expect(check: Check): void {
    this.checks.push(check);
  }
}
