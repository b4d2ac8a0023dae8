/**
 * Amounts on their way through JSON (Temporal's payloads, jsonb columns): a `bigint` under a key that
 * names its unit (`…Micro`, `…Minor`) crosses as an integer string and comes back as a `bigint`.
 */
export type Plain<T> = T extends bigint
  ? string
  : T extends readonly (infer Item)[]
    ? readonly Plain<Item>[]
    : T extends object
      ? { readonly [Key in keyof T]: Plain<T[Key]> }
      : T;

const namesAmount = (key: string): boolean => /(?:Micro|Minor)$/.test(key);

/** Amounts to integer strings. Throws on a `bigint` whose key names no unit: it could not come back. */
export function toPlain<T>(value: T): Plain<T> {
  return convert('', value, (key, leaf) => {
    if (typeof leaf !== 'bigint') return leaf;
    if (!namesAmount(key)) throw new TypeError(`"${key}" holds an amount but names no unit`);
    return leaf.toString();
  }) as Plain<T>; // `convert` keeps the shape; only leaves change
}

/** The reverse of `toPlain`. */
export function fromPlain<T>(value: Plain<T>): T {
  return convert('', value, (key, leaf) =>
    typeof leaf === 'string' && namesAmount(key) ? BigInt(leaf) : leaf,
  ) as T; // likewise
}

function convert(
  key: string,
  value: unknown,
  leaf: (key: string, value: unknown) => unknown,
): unknown {
  if (Array.isArray(value)) return value.map((item) => convert(key, item, leaf));
  if (typeof value !== 'object' || value === null) return leaf(key, value);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .map(([name, item]) => [name, convert(name, item, leaf)]),
  );
}
