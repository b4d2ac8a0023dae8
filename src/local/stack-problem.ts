/**
 * Something on this machine stands in the way and only the person at the keyboard can put it right.
 * The message says what to do; `npm start` prints it without a stack trace.
 */
export class StackProblem extends Error {
  override readonly name = 'StackProblem';
}
