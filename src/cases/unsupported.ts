/**
 * A case that gets no figure. `undetermined`: the case itself leaves open what the answer depends
 * on. `inexpressible`: its words or its policy are not among those that we can map or have.
 */
export class Unsupported extends Error {
  override readonly name = 'Unsupported';
  readonly reason: 'undetermined' | 'inexpressible';

  constructor(reason: 'undetermined' | 'inexpressible', message: string) {
    super(message);
    this.reason = reason;
  }
}

/** What the answer depends on is not in the case. */
export const undetermined = (message: string): Unsupported =>
  new Unsupported('undetermined', message);

/** The case says something that has no counterpart here. */
export const inexpressible = (message: string): Unsupported =>
  new Unsupported('inexpressible', message);
