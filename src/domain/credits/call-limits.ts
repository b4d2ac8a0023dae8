import type { PlanLimits } from '../terms/terms.ts';

/** A limit on how often something may be called, as it applies to one call. */
export type CallLimit = {
  readonly limit: 'runs' | 'tool';
  /** Which tool; empty: every run of the workspace. */
  readonly subject: string;
  readonly cap: number;
  readonly per: 'minute' | 'hour' | 'day' | 'window';
};

/**
 * The limits of its plan that a call is one of: the run quota [4.05], and how often its tool may be called
 * [3.23 3.24]. None where the plan has no limit, or limits other tools.
 */
export function callLimitsOf(limits: PlanLimits, tool: string | undefined): CallLimit[] {
  const { runsPerWindow, tools } = limits;
  const quota: CallLimit[] =
    runsPerWindow === null
      ? []
      : [{ limit: 'runs', subject: '', cap: runsPerWindow, per: 'window' }];
  // Own properties only: a tool named "constructor" is limited by nobody.
  const found = tool !== undefined && Object.hasOwn(tools, tool) ? tools[tool] : undefined;
  if (tool === undefined || found === undefined) return quota;
  return [...quota, { limit: 'tool', subject: tool, cap: found.calls, per: found.per }];
}

/** The earmarks whose credits a call may burn: those of its tool, Space, member and models [3.08]. */
export function earmarksOf(call: {
  readonly tool?: string | undefined;
  readonly space?: string | undefined;
  readonly member?: string | undefined;
  readonly models: readonly string[];
}): string[] {
  const { tool, space, member, models } = call;
  const named = Object.entries({ tool, space, member }).flatMap(([kind, id]) =>
    id === undefined ? [] : [`${kind}:${id}`],
  );
  return [...named, ...new Set(models.map((model) => `model:${model}`))];
}
