import { z } from 'zod';
import { ok } from '../../domain/values/outcome.ts';
import { externalId, instant, signedCredits, uuid } from '../codecs.ts';
import { none, route, type Route } from '../route.ts';
import { guardsOf } from '../usage/guards.ts';
import { attribution, occurredAt, present, totalOf, usageLines } from '../usage/lines.ts';
import { findPayerOfOld } from '../usage/payer.ts';
import { charge, postPlain, requestOf } from '../usage/post.ts';
import { holdSchema, holdShown, receiptSchema, receiptShown, termsOf } from '../usage/receipts.ts';
import { inWorkspace } from '../workspace-lookup.ts';

const minuteMs = 60_000;
const ofHold = inWorkspace.extend({ hold: uuid.meta({ description: 'The hold’s id' }) });
const lifetimeMinutes = z.int().min(1).max(1440);
const member = externalId
  .optional()
  .meta({ description: 'Who called, where members pay with their own plans' });

const hold = route({
  method: 'post',
  path: '/api/workspaces/{workspace}/holds',
  summary: 'Set credits aside for a run whose cost is not known yet',
  tag: 'Usage',
  scopes: ['debit', 'record'],
  needs: 'product',
  params: inWorkspace,
  query: none,
  body: z
    .strictObject({
      lines: usageLines.meta({ description: 'The most that the run may use' }),
      ...attribution,
      lifetimeMinutes: lifetimeMinutes
        .optional()
        .meta({ description: 'How long it lives; default: the catalog’s, often 15' }),
    })
    .meta({ id: 'NewHold' }),
  responses: { 200: holdSchema },
  problems: [
    'outOfCredits',
    'memberCapReached',
    'spaceCapReached',
    'orgCapReached',
    'runQuotaReached',
    'toolLimitReached',
    'trialEnded',
    'pastDue',
    'suspended',
    'canceled',
    'memberPlanRequired',
    'memberRequired',
    'memberUnknown',
    'idempotencyKeyReused',
    'ratesMoving',
  ],
  carryOut: async ({ params, body, sent }, call) => {
    const { lines: given, lifetimeMinutes: minutes, ...whom } = body;
    const request = requestOf(call, sent);
    const { workspace } = params;
    const addressed = { workspace, member: whom.member, begins: 'now' } as const;
    const charged = await charge(call, addressed, { lines: given }, (run) =>
      call.parts.ledger.hold({
        account: run.workspace.account,
        request,
        seen: run.seen,
        ...run.versions,
        amountMicro: totalOf(run.lines),
        lifeMs: (minutes ?? run.terms.holds.lifetimeMinutes) * minuteMs,
        ...guardsOf(run, whom),
        ...present({ ...whom, onBehalfOf: run.payer.onBehalfOf }),
      }),
    );
    if (!charged.ok) return charged;
    const { told, payer } = charged.value;
    return ok({ status: 200, value: holdShown(told, payer) });
  },
});

const settle = route({
  method: 'post',
  path: '/api/workspaces/{workspace}/holds/{hold}/settle',
  summary: 'Book a hold’s true usage; never clamped and never denied',
  tag: 'Usage',
  scopes: ['debit', 'record'],
  needs: 'product',
  params: ofHold,
  query: none,
  body: z
    .strictObject({
      lines: usageLines,
      rest: z.enum(['release', 'keep']).default('release').meta({
        description: 'What becomes of credits that the lines leave: back, or held for more settles',
      }),
      occurredAt,
      member,
    })
    .meta({ id: 'Settle' }),
  responses: { 200: receiptSchema },
  problems: [
    'holdClosed',
    'idempotencyKeyReused',
    'occurredAhead',
    'occurredTooLate',
    'ratesMoving',
    'memberPlanRequired',
  ],
  carryOut: async ({ params, body, sent }, call) => {
    const request = requestOf(call, sent);
    const { workspace } = params;
    const addressed = { workspace, member: body.member, begins: 'before' } as const;
    const charged = await charge(call, addressed, body, (run) =>
      call.parts.ledger.settle({
        account: run.workspace.account,
        request,
        seen: run.seen,
        ...run.versions,
        holdId: params.hold,
        lines: run.lines,
        rest: body.rest,
        ...present({ occurredAt: run.occurredAt }),
      }),
    );
    if (!charged.ok) return charged;
    const { told, payer } = charged.value;
    return ok({ status: 200, value: receiptShown(told, payer, await termsOf(call, payer, told)) });
  },
});

const extend = route({
  method: 'post',
  path: '/api/workspaces/{workspace}/holds/{hold}/extend',
  summary: 'Move an open hold’s end',
  tag: 'Usage',
  scopes: ['debit', 'record'],
  needs: 'product',
  params: ofHold,
  query: none,
  body: z
    .strictObject({
      lifetimeMinutes: lifetimeMinutes.meta({ description: 'Its new life, counted from now' }),
      member,
    })
    .meta({ id: 'Extend' }),
  responses: {
    200: z
      .strictObject({
        id: uuid.meta({ description: 'The hold' }),
        expiresAt: instant.meta({ description: 'Its new end' }),
      })
      .meta({ id: 'Extended' }),
  },
  problems: ['holdClosed', 'idempotencyKeyReused', 'memberPlanRequired'],
  carryOut: async ({ params, body, sent }, call) => {
    const payer = await findPayerOfOld(call, params.workspace, body.member);
    if (!payer.ok) return payer;
    const extending = call.parts.ledger.extend({
      account: payer.value.workspace.account,
      request: requestOf(call, sent),
      holdId: params.hold,
      lifeMs: body.lifetimeMinutes * minuteMs,
    });
    const posted = await postPlain(call, payer.value, extending);
    if (!posted.ok) return posted;
    const { holdId: id, expiresAt } = posted.value;
    return ok({ status: 200, value: { id, expiresAt } });
  },
});

const release = route({
  method: 'post',
  path: '/api/workspaces/{workspace}/holds/{hold}/release',
  summary: 'Give an unused hold back',
  tag: 'Usage',
  scopes: ['debit', 'record'],
  needs: 'product',
  params: ofHold,
  query: none,
  body: z.strictObject({ member }).meta({ id: 'Release' }),
  responses: {
    200: z
      .strictObject({
        id: uuid.meta({ description: 'The hold' }),
        credits: signedCredits.meta({ description: 'What returned' }),
        balance: signedCredits.meta({ description: 'Available credits after it' }),
      })
      .meta({ id: 'Released' }),
  },
  problems: ['holdClosed', 'idempotencyKeyReused', 'memberPlanRequired'],
  carryOut: async ({ params, body, sent }, call) => {
    const payer = await findPayerOfOld(call, params.workspace, body.member);
    if (!payer.ok) return payer;
    const releasing = call.parts.ledger.release({
      account: payer.value.workspace.account,
      request: requestOf(call, sent),
      holdId: params.hold,
    });
    const posted = await postPlain(call, payer.value, releasing);
    if (!posted.ok) return posted;
    const { holdId: id, releasedMicro, balanceAfterMicro } = posted.value;
    return ok({ status: 200, value: { id, credits: releasedMicro, balance: balanceAfterMicro } });
  },
});

export const holdRoutes: readonly Route[] = [hold, settle, extend, release];
