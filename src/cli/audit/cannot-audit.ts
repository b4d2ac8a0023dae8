/** Nothing was proved, and the person who asked can put it right. */
export class CannotAudit extends Error {
  override readonly name = 'CannotAudit';
}
