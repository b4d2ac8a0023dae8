import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { addMinutes } from '../../domain/values/calendar.ts';
import type { Command } from '../../domain/life/commands.ts';
import { ok, type Outcome } from '../../domain/values/outcome.ts';
import { offered } from '../../domain/changes/offer.ts';
import { basisOf } from '../../domain/changes/plan-change.ts';
import { intervals, type Interval } from '../../domain/terms/terms.ts';
import type { WorkspaceRecord } from '../../ports/directory.ts';
import { carryOut, changeProblems, commandShown, sentCommand } from '../carry-out.ts';
import { externalId, returnTo, uuid } from '../codecs.ts';
import { livedTerms } from '../current-terms.ts';
import type { Call } from '../parts.ts';
import { losesBy, spacesWithoutOwner } from '../plan-losses.ts';
import { foresee } from '../plan-preview.ts';
import { refuse, refuseByRule, refuseField, type Problem } from '../problem.ts';
import { none, route, type Route } from '../route.ts';
import { foreseenShown, previewMinutes, previewShown, showForeseen } from '../shown-preview.ts';
import { workspaceChanged } from '../shown-workspace.ts';
import { findWorkspace, inWorkspace } from '../workspace-lookup.ts';

const path = '/api/workspaces/{workspace}/plan-change';

const wish = z
  .strictObject({
    plan: externalId.meta({ description: 'The plan to move to' }),
    interval: z
      .enum(intervals)
      .optional()
      .meta({ description: 'What it is to be paid by; default: as now, else by the month' }),
    preview: z
      .boolean()
      .default(false)
      .meta({ description: 'Only show what it would come to; nothing changes' }),
    previewToken: uuid
      .optional()
      .meta({ description: 'The preview that the person confirmed: its instant prorates' }),
    returnTo: returnTo.optional(),
  })
  .meta({ id: 'PlanChange' });

type Asked = z.output<typeof wish>;

const change = route({
  method: 'post',
  path,
  summary: 'Change the plan, or preview what that would come to.',
  tag: 'Plans',
  scopes: ['manage'],
  needs: 'manage',
  params: inWorkspace,
  query: none,
  body: wish,
  responses: { 200: z.union([previewShown, workspaceChanged]), 202: commandShown },
  problems: [
    ...changeProblems,
    'unknownPlan',
    'contactSales',
    'intervalNotSold',
    'personalPlanOnly',
    'notStarted',
    'paymentMethodRequired',
    'paymentOverdue',
    'previewStale',
    'ownershipNotTransferred',
    'returnToRequired',
    'paymentsRefused',
  ],
  carryOut: async ({ params, body, sent }, call) => {
    const record = await findWorkspace(call, params.workspace);
    if (!record.ok) return record;
    if (!body.preview) {
      return carryOut(call, record.value, { command: commandOf(record.value, body), sent });
    }
    if (body.previewToken !== undefined) {
      return refuseField('/previewToken', 'confirms a preview, so it cannot ask for one');
    }
    const shown = await preview(call, record.value, { body, sent });
    return shown.ok ? ok({ status: 200, value: shown.value }) : shown;
  },
});

const intervalOf = ({ lifecycle: { subscription } }: WorkspaceRecord, body: Asked): Interval =>
  body.interval ?? ('interval' in subscription ? subscription.interval : 'month');

const commandOf = (record: WorkspaceRecord, body: Asked): Command => ({
  kind: 'changePlan',
  plan: body.plan,
  interval: intervalOf(record, body),
  returnTo: body.returnTo ?? null,
  preview: body.previewToken ?? null,
});

/** Computes the change on the stored lifecycle and stores what it shows, so that it can be confirmed. */
async function preview(
  call: Call,
  record: WorkspaceRecord,
  asked: { readonly body: Asked; readonly sent: unknown },
): Promise<Outcome<z.output<typeof previewShown>, Problem>> {
  const { lifecycle: life, of, at, account } = record;
  const { ledger, directory } = call.parts;
  const terms = await livedTerms(call, record);
  const target = { plan: asked.body.plan, interval: intervalOf(record, asked.body) };
  const offer = offered(life, terms, target);
  if (!offer.ok) return refuseByRule(offer.refusal);
  // Where the person would come back to does not matter to what it comes to.
  const back = { returnTo: asked.body.returnTo ?? call.parts.publicUrl, preview: null };
  const event = {
    at,
    kind: 'planChangeRequested',
    payment: randomUUID(),
    ...target,
    ...back,
    spacesWithoutOwner: await spacesWithoutOwner(call, record),
  } as const;
  const foreseen = foresee(life, terms, event);
  if (!foreseen.ok) return refuseByRule(foreseen.refusal);
  const balance = await ledger.balance(account);
  if (balance === undefined) throw new Error(`${of.workspace} has no ledger`);
  const loses = await losesBy(call, record, { terms, target: offer.value.plan });
  const shown = showForeseen(foreseen.value, { terms, balance, loses });
  const stored = await directory.storePreview(account, {
    ...sentCommand(call, { command: commandOf(record, asked.body), sent: asked.sent }),
    at,
    basis: basisOf(life),
    shown: z.encode(foreseenShown, shown),
  });
  if (!stored.ok) return refuse(stored.refusal.kind);
  const { id: previewToken, at: shownAt } = stored.value;
  const validUntil = addMinutes(shownAt, previewMinutes);
  return ok({ ...z.decode(foreseenShown, stored.value.shown), previewToken, validUntil });
}

const cancelScheduled = route({
  method: 'delete',
  path,
  summary: 'Cancel a scheduled change, so that the plan goes on.',
  tag: 'Plans',
  scopes: ['manage'],
  needs: 'manage',
  params: inWorkspace,
  query: none,
  body: null,
  responses: { 200: workspaceChanged, 202: commandShown },
  problems: [...changeProblems, 'nothingScheduled', 'contactSales'],
  carryOut: async ({ params, sent }, call) => {
    const record = await findWorkspace(call, params.workspace);
    if (!record.ok) return record;
    return carryOut(call, record.value, { command: { kind: 'cancelScheduledChange' }, sent });
  },
});

export const planChangeRoutes: readonly Route[] = [change, cancelScheduled];
