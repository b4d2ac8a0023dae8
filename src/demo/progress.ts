import type { Entry } from './journal.ts';
import type { Story } from './story.ts';

/** How far each story is: one line that is written anew on a terminal, a line a month elsewhere. */
export class Progress {
  private readonly stream: NodeJS.WriteStream;
  private readonly months = new Map<string, string>();
  private isLineOpen = false;

  constructor(stream: NodeJS.WriteStream) {
    this.stream = stream;
  }

  say(text: string): void {
    this.done();
    this.stream.write(`demo: ${text}\n`);
  }

  show({ product }: Story, { at }: Entry): void {
    const month = at.slice(0, 7);
    if (this.months.get(product) === month) return;
    this.months.set(product, month);
    if (!this.stream.isTTY) {
      this.stream.write(`demo: ${product} lives in ${month}\n`);
      return;
    }
    const all = [...this.months].map(([name, reached]) => `${name} ${reached}`).join('  ');
    this.stream.write(`\r\u001B[Kdemo: ${all}`);
    this.isLineOpen = true;
  }

  /** Ends the line that is being written anew. */
  done(): void {
    if (this.isLineOpen) this.stream.write('\n');
    this.isLineOpen = false;
  }
}
