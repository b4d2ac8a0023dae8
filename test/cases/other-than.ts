/**
 * Every expectation that differs from this one in a single leaf. The form stays (a number, a decimal, a
 * date), as the form is all that an answer may depend on.
 */
export function otherThan(expected: unknown): unknown[] {
  if (Array.isArray(expected)) {
    return expected.flatMap((item: unknown, index) =>
      otherThan(item).map((other) => expected.with(index, other) as unknown[]),
    );
  }
  if (typeof expected === 'object' && expected !== null) {
    return Object.entries(expected).flatMap(([key, value]) =>
      otherThan(value).map((other) => ({ ...expected, [key]: other })),
    );
  }
  return [otherLeaf(expected)];
}

function otherLeaf(leaf: unknown): unknown {
  if (typeof leaf === 'number') return leaf + 1;
  if (typeof leaf === 'boolean') return !leaf;
  if (typeof leaf !== 'string') return 1;
  if (/^\d{4}-\d\d-\d\d/.test(leaf)) return `2${leaf.slice(0, 3)}${leaf.slice(4)}`;
  // The first digit becomes another one, wherever it stands.
  return /\d/.test(leaf)
    ? leaf.replace(/\d/, (digit) => String((Number(digit) + 1) % 10))
    : `${leaf}x`;
}
