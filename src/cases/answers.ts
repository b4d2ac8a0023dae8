import type { Json } from './figures.ts';

/**
 * What the kernel makes of a case: an answer for each thing that is asked. Of the expected value only
 * its form is read (text or number, how many digits, how many items), never the figure.
 */
export type Answers = {
  /** The policy under which the kernel answered, for people. */
  readonly policy: string;
  /** `undefined`: nothing here answers to that name. */
  readonly answer: (asked: string, form: unknown) => Json | undefined;
};

/** How many items a list is asked for. */
export const countOf = (form: unknown): number => (Array.isArray(form) ? form.length : 1);

/** The form of the item at a place of a list. */
export const itemOf = (form: unknown, index: number): unknown =>
  Array.isArray(form) ? (form as readonly unknown[])[index] : form; // `isArray` gives `any[]`
