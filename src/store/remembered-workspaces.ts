import type { ChargedWorkspace } from '../ports/directory.ts';
import type { WorkspaceRef } from '../ports/workspace-ref.ts';

/** About a kilobyte each. */
const rememberedMost = 20_000;

export interface RememberedWorkspaces {
  readonly remember: (workspace: ChargedWorkspace) => void;
  readonly recall: (of: WorkspaceRef) => ChargedWorkspace | undefined;
}

/**
 * The workspaces that were read last, by their names: so much of each as a call is charged by. None is
 * ever too old, because the ledger compares what was seen with what is.
 */
export function rememberedWorkspaces(): RememberedWorkspaces {
  const known = new Map<string, ChargedWorkspace>();
  return {
    recall: (of) => known.get(nameOf(of)),
    remember: ({ of, account, termsVersion, testClock, at, lifecycle }) => {
      const [oldest] = known.size >= rememberedMost ? known.keys() : [];
      if (oldest !== undefined) known.delete(oldest);
      const { subscription, version } = lifecycle;
      const seen = { of, account, termsVersion, testClock, at };
      known.set(nameOf(of), { ...seen, lifecycle: { subscription, version } });
    },
  };
}

/** No product's id has a slash. */
const nameOf = ({ product, workspace }: WorkspaceRef): string => `${product}/${workspace}`;
