import type { Mistake, Path } from './source.ts';

/** Every item whose name stands before it already. */
export function repeats<Item>(
  items: readonly Item[],
  name: (item: Item) => string,
  path: (index: number) => Path,
): Mistake[] {
  const names = items.map(name);
  return names.flatMap((each, index) =>
    names.indexOf(each) < index
      ? [{ path: path(index), message: `there is ${each} already; expected each one once` }]
      : [],
  );
}
