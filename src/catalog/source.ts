import {
  isMap,
  isNode,
  isScalar,
  LineCounter,
  parseDocument,
  visit,
  type Document,
  type YAMLMap,
} from 'yaml';

/** Where in a catalog something stands: keys and indexes from the top. */
export type Path = readonly PropertyKey[];

/** What is wrong at a path; `on: 'key'` points at the entry's name, otherwise at its value. */
export type Mistake = {
  readonly path: Path;
  readonly message: string;
  readonly on?: 'key';
};

/** A catalog's text with the place of everything in it. */
export type Source = {
  readonly data: unknown;
  /** The value at a path; `undefined` if nothing stands there. */
  readonly at: (path: Path) => unknown;
  /** A mistake as a person reads it: `file:line:column: path: what is wrong`. */
  readonly say: (mistake: Mistake) => string;
};

/** Reads a catalog's text; where it is no YAML, every mistake instead. */
export function readSource(
  text: string,
  file: string,
): { readonly source: Source } | { readonly mistakes: readonly string[] } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const place = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const faults = [
    ...document.errors.map(({ pos, message }) => ({ offset: pos[0], message })),
    ...aliasesIn(document),
  ];
  if (faults.length > 0) {
    return { mistakes: faults.map(({ offset, message }) => `${place(offset)}: ${message}`) };
  }
  const say = (mistake: Mistake): string =>
    `${place(offsetOf(document, mistake))}: ${inWords(mistake.path)}: ${mistake.message}`;
  const at = (path: Path): unknown => (path.length === 0 ? document.toJS() : plain(document, path));
  return { source: { data: document.toJS(), at, say } };
}

/** `plans[1].prices`, as one would write it. */
const inWords = (path: Path): string =>
  path.length === 0
    ? 'the file'
    : path
        .map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
        .join('')
        .replace(/^\./, '');

/** An alias shows a reader a name where a policy should stand, and can blow a small file up. */
function aliasesIn(document: Document): { offset: number; message: string }[] {
  const found: { offset: number; message: string }[] = [];
  visit(document, {
    Alias: (_, alias) => {
      const message = `found the alias *${alias.source}, expected the value itself`;
      found.push({ offset: alias.range?.[0] ?? 0, message });
    },
  });
  return found;
}

function plain(document: Document, path: Path): unknown {
  const node = document.getIn(path, true);
  return isNode(node) ? node.toJS(document) : undefined;
}

/** Where the mistake stands; for what is missing, the name of the nearest thing that is there. */
function offsetOf(document: Document, { path, on }: Mistake): number {
  if (path.length === 0) return document.contents?.range?.[0] ?? 0;
  const parent = path.slice(0, -1);
  const holder = parent.length === 0 ? document.contents : document.getIn(parent, true);
  const name = isMap(holder) ? offsetOfKey(holder, path.at(-1)) : undefined;
  if (on === 'key' && name !== undefined) return name;
  const node = document.getIn(path, true);
  if (isNode(node) && node.range) return node.range[0];
  return name ?? offsetOf(document, { path: parent, message: '', on: 'key' });
}

function offsetOfKey(map: YAMLMap, name: PropertyKey | undefined): number | undefined {
  const entry = map.items.find(({ key }) => isScalar(key) && key.value === name);
  return isNode(entry?.key) ? entry.key.range?.[0] : undefined;
}
