/**
 * Something that is always true of the books. Its query answers one row for each fact that it looks
 * at: product, workspace (null: the product as a whole), what it is about, and as text what must be
 * and what is. A row breaks the identity when those two differ.
 */
export type Identity = {
  readonly name: string;
  readonly sentence: string;
  readonly query: string;
};

/** A row that breaks its identity. */
export type Breach = {
  readonly product: string;
  readonly workspace: string | null;
  readonly what: string;
  readonly expected: string | null;
  readonly actual: string | null;
};

export type Finding = {
  readonly name: string;
  readonly sentence: string;
  readonly checked: number;
  readonly broken: number;
  /** The first of the broken rows, in a fixed order. */
  readonly rows: readonly Breach[];
};
