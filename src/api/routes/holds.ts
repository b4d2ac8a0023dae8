import { z } from 'zod';
import { ok } from '../../domain/outcome.ts';
import { externalId, instant, signedCredits, uuid } from '../codecs.ts';
import { none, route, type Route } from '../route.ts';
import { guardsOf } from '../usage/guards.ts';
import { attribution, occurredAt, present, totalOf, usageLines } from '../usage/lines.ts';
import { findPayer, findPayerOfOld } from '../usage/payer.ts';
import { postPlain, postRated, requestOf } from '../usage/post.ts';
import { holdSchema, holdShown, receiptSchema, receiptShown } from '../usage/receipts.ts';
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
    const payer = await findPayer(call, params.workspace, whom.member);
    if (!payer.ok) return payer;
    const { workspace, onBehalfOf } = payer.value;
    const posted = await postRated(call, payer.value, given, (rated) =>
      call.parts.ledger.hold({
        account: workspace.account,
        request: requestOf(call, sent),
        ...rated.versions,
        amountMicro: totalOf(rated.lines),
        lifeMs: (minutes ?? rated.terms.holds.lifetimeMinutes) * minuteMs,
        ...guardsOf(rated, whom),
        ...present({ ...whom, onBehalfOf }),
      }),
    );
    return posted.ok ? ok({ status: 200, value: holdShown(posted.value, payer.value) }) : posted;
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
    const payer = await findPayerOfOld(call, params.workspace, body.member);
    if (!payer.ok) return payer;
    const posted = await postRated(call, payer.value, body.lines, ({ lines, versions }) =>
      call.parts.ledger.settle({
        account: payer.value.workspace.account,
        request: requestOf(call, sent),
        ...versions,
        holdId: params.hold,
        lines,
        rest: body.rest,
        ...present({ occurredAt: body.occurredAt }),
      }),
    );
    return posted.ok ? ok({ status: 200, value: receiptShown(posted.value, payer.value) }) : posted;
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
