/** A mistake of the person who asks; its message says what to do. */
export class CannotForesee extends Error {
  override readonly name = 'CannotForesee';
}
