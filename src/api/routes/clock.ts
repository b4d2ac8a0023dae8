import { z } from 'zod';
import { ok } from '../../domain/values/outcome.ts';
import type { WorkspaceRecord } from '../../ports/directory.ts';
import { changed, changeProblems, changeResponses, submit, tell, waiting } from '../carry-out.ts';
import { givenInstant } from '../codecs.ts';
import type { Call } from '../parts.ts';
import { none, route, type Route } from '../route.ts';
import { clockTarget } from '../show-workspace.ts';
import { findWorkspace, inWorkspace } from '../workspace-lookup.ts';

const arrivalWaitMs = 10_000;
const lookAgainMs = 50;

const advance = route({
  method: 'post',
  path: '/api/workspaces/{workspace}/clock',
  summary: 'Move a test clock forward, through everything that is due until then.',
  tag: 'Clocks',
  scopes: ['manage'],
  needs: 'product',
  params: inWorkspace,
  query: none,
  body: z
    .strictObject({ to: givenInstant.meta({ description: 'Where the clock shall stand then' }) })
    .meta({ id: 'AdvanceClock' }),
  responses: changeResponses,
  problems: [...changeProblems, 'noTestClock', 'clockGoesBack', 'clockTooFar', 'clockBusy'],
  carryOut: async ({ params, body: { to }, sent }, call) => {
    const record = await findWorkspace(call, params.workspace);
    if (!record.ok) return record;
    const command = { kind: 'advanceClock', to } as const;
    const row = await submit(call, record.value, { command, sent });
    if (!row.ok) return row;
    if (row.value.result?.kind !== 'done') return tell(call, record.value, row.value);
    const arrived = await waitForArrival(call, record.value);
    return ok(
      arrived
        ? { status: 200, value: await changed(call, record.value, null) }
        : waiting(record.value, row.value),
    );
  },
});

/** The target is stored when the command is done; the deadlines until then are lived one by one. */
async function waitForArrival(call: Call, { of }: WorkspaceRecord): Promise<boolean> {
  const until = performance.now() + arrivalWaitMs;
  for (;;) {
    const record = await call.parts.directory.workspace(of);
    if (record === undefined || clockTarget(record.lifecycle) === null) return true;
    if (performance.now() >= until) return false;
    await new Promise((resolve) => setTimeout(resolve, lookAgainMs));
  }
}

export const clockRoutes: readonly Route[] = [advance];
