import type { ChargedWorkspace, RememberedWorkspace } from '../ports/directory.ts';
import type { WorkspaceRef } from '../ports/workspace-ref.ts';

/** About a kilobyte each. */
const rememberedMost = 20_000;
/** Of all workspaces; about a hundred bytes each. */
const membersMost = 500_000;

export interface RememberedWorkspaces {
  readonly remember: (workspace: ChargedWorkspace) => void;
  readonly recall: (of: WorkspaceRef) => RememberedWorkspace | undefined;
  readonly rememberMember: (of: WorkspaceRef, roster: number, member: string) => void;
}

/**
 * The workspaces that were read last, by their names: so much of each as a call is charged by, and which
 * members it has had in this roster. None is ever too old, because the ledger compares what was seen with
 * what is.
 */
export function rememberedWorkspaces(): RememberedWorkspaces {
  const known = new Map<string, ChargedWorkspace & { readonly members: Set<string> }>();
  let members = 0;
  const forget = (name: string | undefined): void => {
    if (name === undefined) return;
    members -= known.get(name)?.members.size ?? 0;
    known.delete(name);
  };
  return {
    recall: (of) => known.get(nameOf(of)),
    remember: ({ of, account, termsVersion, testClock, at, roster, lifecycle }) => {
      const name = nameOf(of);
      const before = known.get(name);
      forget(name);
      if (known.size >= rememberedMost) forget(known.keys().next().value);
      const { subscription, version } = lifecycle;
      const seen = { of, account, termsVersion, testClock, at, roster };
      const found = before?.roster === roster ? before.members : new Set<string>();
      members += found.size;
      known.set(name, { ...seen, lifecycle: { subscription, version }, members: found });
    },
    rememberMember: (of, roster, member) => {
      const workspace = known.get(nameOf(of));
      if (workspace?.roster !== roster || workspace.members.has(member)) return;
      if (members >= membersMost) {
        for (const one of known.values()) one.members.clear();
        members = 0;
      }
      workspace.members.add(member);
      members += 1;
    },
  };
}

/** No product's id has a slash. */
const nameOf = ({ product, workspace }: WorkspaceRef): string => `${product}/${workspace}`;
