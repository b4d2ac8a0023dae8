/** A decoded form body or query: `a[b][0]=c` is `{ a: { b: ['c'] } }`. */
export type FormValue = string | readonly FormValue[] | FormTree;
export interface FormTree {
  readonly [name: string]: FormValue;
}

interface Branch {
  leaf?: string;
  readonly children: Map<string, Branch>;
  /** How many values came as `a[]=`, which continue the list. */
  appended: number;
}

const newBranch = (): Branch => ({ children: new Map(), appended: 0 });

/** Decodes what the SDK writes: nested names in brackets, list items by index or empty. */
export function decodeForm(text: string): FormTree {
  const root = newBranch();
  for (const [name, value] of new URLSearchParams(text)) {
    let branch = root;
    for (const step of stepsOf(name)) {
      const key = step === '' ? String(branch.appended++) : step;
      const next = branch.children.get(key) ?? newBranch();
      branch.children.set(key, next);
      branch = next;
    }
    branch.leaf = value;
  }
  return treeOf(root);
}

const stepsOf = (name: string): string[] => {
  const [head = '', ...rest] = name.split('[');
  return [head, ...rest.map((step) => step.replace(/\]$/, ''))];
};

const treeOf = (branch: Branch): FormTree =>
  Object.fromEntries([...branch.children].map(([name, child]) => [name, valueOf(child)]));

function valueOf(branch: Branch): FormValue {
  if (branch.children.size === 0) return branch.leaf ?? '';
  const names = [...branch.children.keys()];
  if (!names.every((name) => /^\d+$/.test(name))) return treeOf(branch);
  return [...branch.children]
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, child]) => valueOf(child));
}
