import { z } from 'zod';
import { isPersonal, newLifecycle, personalWorkspaceOf } from '../../domain/life/new-lifecycle.ts';
import { ok, type Outcome } from '../../domain/values/outcome.ts';
import { offered } from '../../domain/changes/offer.ts';
import { intervals, type Terms } from '../../domain/terms/terms.ts';
import type { FreshWorkspace } from '../../ports/directory.ts';
import { commandShown, sentCommand, settle, tell } from '../carry-out.ts';
import { externalId, givenInstant, timeZone } from '../codecs.ts';
import { refuseAccountFull } from '../live-limits.ts';
import type { Call } from '../parts.ts';
import { refuse, refuseByRule, refuseMistakes, type Mistake, type Problem } from '../problem.ts';
import { none, route, type Route } from '../route.ts';
import { showWorkspace } from '../show-workspace.ts';
import { workspaceChanged, workspaceShown } from '../shown-workspace.ts';
import { findWorkspace, inWorkspace } from '../workspace-lookup.ts';

const newWorkspace = z
  .strictObject({
    owner: externalId.meta({ description: 'The user who owns it, its first member' }),
    plan: externalId.meta({ description: 'The plan to start with' }),
    interval: z.enum(intervals).default('month').meta({ description: 'What the plan is paid by' }),
    currency: z
      .string()
      .regex(/^[a-z]{3}$/, { error: 'must be a currency code in lower case, such as "usd"' })
      .optional()
      .meta({ description: "Default: the catalog's" }),
    timeZone: timeZone
      .default('UTC')
      .meta({ description: 'By which its days and months are counted' }),
    testClock: givenInstant.optional().meta({
      description: 'Makes its time stand still at this instant, to be moved by POST …/clock',
    }),
  })
  .meta({ id: 'NewWorkspace' });

type New = z.output<typeof newWorkspace>;

const create = route({
  method: 'put',
  path: '/api/workspaces/{workspace}',
  summary: 'Make a workspace and start its first plan.',
  tag: 'Workspaces',
  scopes: ['manage'],
  needs: 'product',
  params: inWorkspace,
  query: none,
  body: newWorkspace,
  responses: { 200: workspaceChanged, 201: workspaceChanged, 202: commandShown },
  problems: [
    'workspaceExists',
    'testClocksUnavailable',
    'unknownPlan',
    'contactSales',
    'intervalNotSold',
    'personalPlanOnly',
    'ownedOrgLimitReached',
    'workspaceLimitReached',
  ],
  carryOut: async ({ params: { workspace }, body, sent }, call) => {
    const { directory, catalogs, payments } = call.parts;
    const { product } = call.caller;
    const terms = await catalogs.current(product);
    if (terms === undefined) throw new Error(`no catalog of ${product} was published`);
    if (body.testClock !== undefined && !payments.testClocks) {
      return refuse('testClocksUnavailable');
    }
    const refused = refuseUnsuitable(call, workspace, { body, terms });
    if (!refused.ok) return refused;
    const { plan, interval } = body;
    const start = sentCommand(call, { command: { kind: 'start', plan, interval }, sent });
    const of = { product, workspace };
    const made = await directory.createWorkspace(of, freshOf(body, terms), start);
    if (!made.ok) {
      const { refusal } = made;
      if (refusal.kind === 'exists') return refuse('workspaceExists');
      return refuseAccountFull(call, terms, refusal);
    }
    const record = await findWorkspace(call, workspace);
    if (!record.ok) return record;
    const row = await settle(call, record.value, made.value);
    const answer = await tell(call, record.value, row);
    if (!answer.ok) return answer;
    const { value } = answer;
    return ok(value.status === 200 && made.value.created ? { ...value, status: 201 } : value);
  },
});

const freshOf = (body: New, terms: Terms): FreshWorkspace => ({
  owner: body.owner,
  currency: body.currency ?? terms.currency,
  timeZone: body.timeZone,
  termsVersion: terms.version,
  testClockAt: body.testClock ?? null,
});

/** Before anything is written: what could never start is not made. */
function refuseUnsuitable(
  call: Call,
  workspace: string,
  { body, terms }: { readonly body: New; readonly terms: Terms },
): Outcome<undefined, Problem> {
  const mistakes: Mistake[] = [];
  if (isPersonal({ workspace }) && workspace !== personalWorkspaceOf(body.owner)) {
    const message = `must be "${workspace.slice(personalWorkspaceOf('').length)}", whose own it is`;
    mistakes.push({ in: 'body', pointer: '/owner', message });
  }
  if ((body.currency ?? terms.currency) !== terms.currency) {
    const message = `must be "${terms.currency}": the catalog has no other prices`;
    mistakes.push({ in: 'body', pointer: '/currency', message });
  }
  if (mistakes.length > 0) return refuseMistakes(mistakes);
  const { owner, timeZone, testClock } = body;
  const life = newLifecycle({
    ...{ product: call.caller.product, workspace, owner, timeZone },
    currency: terms.currency,
    termsVersion: terms.version,
    at: testClock ?? epoch, // an offer does not depend on the time
    clock: testClock === undefined ? 'real' : 'test',
  });
  const offer = offered(life, terms, body);
  return offer.ok ? ok(undefined) : refuseByRule(offer.refusal);
}

const epoch = '1970-01-01T00:00:00.000Z';

const read = route({
  method: 'get',
  path: '/api/workspaces/{workspace}',
  summary: 'A workspace as its people see it now.',
  tag: 'Workspaces',
  scopes: ['read'],
  needs: 'read',
  params: inWorkspace,
  query: none,
  body: null,
  responses: { 200: workspaceShown },
  problems: [],
  carryOut: async ({ params }, call) => {
    const record = await findWorkspace(call, params.workspace);
    if (!record.ok) return record;
    return ok({ status: 200, value: await showWorkspace(call, record.value) });
  },
});

export const workspaceRoutes: readonly Route[] = [create, read];
