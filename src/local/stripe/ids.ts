import { createHash, randomUUID } from 'node:crypto';

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

export interface IdsState {
  readonly seed: string;
  readonly drawn: number;
}

/**
 * Ids in Stripe's shape. The nth id of a seed is always the same, so a test can fix the seed, and
 * a restart from a snapshot continues the row instead of repeating it.
 */
export class Ids {
  readonly #seed: string;
  #drawn: number;

  constructor(state: { readonly seed?: string | undefined; readonly drawn?: number }) {
    this.#seed = state.seed ?? randomUUID();
    this.#drawn = state.drawn ?? 0;
  }

  draw(prefix: string, length = 24): string {
    this.#drawn += 1;
    let id = '';
    for (let block = 0; id.length < length; block += 1) {
      const hash = createHash('sha256').update(`${this.#seed}:${this.#drawn}:${block}`).digest();
      for (const byte of hash) id += alphabet[byte % alphabet.length];
    }
    return `${prefix}_${id.slice(0, length)}`;
  }

  save(): IdsState {
    return { seed: this.#seed, drawn: this.#drawn };
  }
}
