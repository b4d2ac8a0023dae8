/** Nothing was done, and the person who asked can put it right. */
export class Misasked extends Error {
  override readonly name = 'Misasked';
}
