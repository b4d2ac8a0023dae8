import { callLimitsOf, earmarksOf } from '../../domain/credits/call-limits.ts';
import { planIdOf } from '../../domain/life/stepping.ts';
import { planOf, type Terms } from '../../domain/terms/terms.ts';
import type { ChargedWorkspace } from '../../ports/directory.ts';
import type { Counted } from '../../ports/call-count.ts';
import type { Attribution, UsageLine } from '../../ports/ledger.ts';

/** What the ledger counts a new call in, and which earmarked credits it may burn. */
export function guardsOf(
  rated: {
    readonly terms: Terms;
    readonly workspace: ChargedWorkspace;
    readonly lines: readonly UsageLine[];
  },
  whom: {
    readonly tool?: string | undefined;
    readonly space?: string | undefined;
    readonly member?: string | undefined;
  },
): Counted & Pick<Attribution, 'earmarks'> {
  const { terms, workspace, lines } = rated;
  const plan = planIdOf(workspace.lifecycle.subscription);
  const counts = plan === null ? [] : callLimitsOf(planOf(terms, plan).limits, whom.tool);
  const models = lines.flatMap(({ model }) => model ?? []);
  const earmarks = earmarksOf({ ...whom, models });
  return {
    ...(counts.length > 0 ? { counts } : {}),
    ...(earmarks.length > 0 ? { earmarks } : {}),
  };
}
