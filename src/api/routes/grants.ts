import { z } from 'zod';
import { ok } from '../../domain/values/outcome.ts';
import type { GrantRefusal, VoidRefusal } from '../../ports/accounts.ts';
import { hashOf } from '../canonical-json.ts';
import { actorOf } from '../carry-out.ts';
import { credits, givenInstant, instant, shortText, signedCredits } from '../codecs.ts';
import { planNow } from '../live-limits.ts';
import { refuse, refuseField, type Refused } from '../problem.ts';
import { none, route, type Route } from '../route.ts';
import { findWorkspace, inWorkspace } from '../workspace-lookup.ts';

const kind = z
  .enum(['promo', 'adjustment'])
  .meta({ description: 'A present, or the correction of a mistake' });

const earmark = z
  .string()
  .regex(/^(?:tool|space|member|model):[A-Za-z0-9._:-]{1,64}$/, {
    error: 'must be tool:, space:, member: or model: with a name behind it',
  })
  .nullable();

const newGrant = z
  .strictObject({
    kind,
    credits: credits
      .refine((amount) => amount > 0n, { error: 'must be more than zero' })
      .meta({ description: 'How much' }),
    reason: shortText.meta({ description: 'Why, for whoever audits the books' }),
    effectiveAt: givenInstant
      .nullable()
      .default(null)
      .meta({ description: 'From when on; default: now' }),
    expiresAt: givenInstant
      .nullable()
      .default(null)
      .meta({ description: 'Until when; default: they never expire' }),
    priority: z
      .int()
      .min(0)
      .max(1_000)
      .default(0)
      .meta({ description: 'Lower burns first, where the catalog burns by priority' }),
    earmark: earmark
      .default(null)
      .meta({ description: 'What alone may burn them, such as tool:search; default: everything' }),
  })
  .meta({ id: 'NewGrant' });

const grantShown = z
  .strictObject({
    id: z.int().meta({ description: 'The grant, to void it by' }),
    kind,
    credits: signedCredits.meta({ description: 'How much was granted' }),
    earmark: z.string().nullable().meta({ description: 'What alone may burn them' }),
    effectiveAt: instant.meta({ description: 'From when on' }),
    expiresAt: instant.nullable().meta({ description: 'Until when; null: they never expire' }),
    repaid: signedCredits.meta({ description: 'What of it went into a debt at once' }),
  })
  .meta({ id: 'Grant' });

const path = '/api/workspaces/{workspace}/grants';

const make = route({
  method: 'post',
  path,
  summary: 'Give credits, or set them aside for a tool, a Space, a member or a model',
  tag: 'Operators',
  scopes: ['admin'],
  needs: 'allocate',
  params: inWorkspace,
  query: none,
  body: newGrant,
  responses: { 201: grantShown },
  problems: ['idempotencyKeyReused', 'allocationNotOffered'],
  carryOut: async ({ params, body, sent }, call) => {
    const found = await findWorkspace(call, params.workspace);
    if (!found.ok) return found;
    const { plan } = await planNow(call, found.value);
    if (body.earmark !== null && plan?.allocation.allowed !== true) {
      return refuse('allocationNotOffered');
    }
    if (call.key === null) throw new Error('a POST without an idempotency key');
    const { credits: amountMicro, ...wish } = body;
    const made = await call.parts.directory.grant(found.value.account, {
      ...{ key: call.key, bodyHash: hashOf('grant', sent), actor: actorOf(call) },
      grant: { ...wish, amountMicro },
    });
    if (!made.ok) return refuseGrant(made.refusal);
    const { grantNo: id, effectiveAt, repaidMicro: repaid } = made.value;
    const { expiresAt } = body;
    const value = { id, kind: body.kind, credits: amountMicro, earmark: body.earmark };
    return ok({ status: 201, value: { ...value, effectiveAt, expiresAt, repaid } });
  },
});

function refuseGrant(refusal: GrantRefusal): Refused {
  if (refusal.kind === 'idempotencyKeyReused') return refuse(refusal.kind);
  return refuseField('/expiresAt', `must be after effectiveAt, and after ${refusal.at}`);
}

const voidOne = route({
  method: 'post',
  path: `${path}/{grant}/void`,
  summary: 'Take what is unspent of a granted amount; doing it again answers the first time',
  tag: 'Operators',
  scopes: ['admin'],
  needs: 'allocate',
  params: inWorkspace.extend({
    grant: z
      .string()
      .regex(/^[1-9]\d{0,8}$/, { error: 'must be the number of a grant' })
      .meta({ description: 'The grant’s number, as the balance shows it', example: '3' }),
  }),
  query: none,
  body: z.strictObject({}).meta({ id: 'VoidGrant' }),
  responses: {
    200: z
      .strictObject({
        id: z.int().meta({ description: 'The grant' }),
        voided: signedCredits.meta({ description: 'What was taken' }),
      })
      .meta({ id: 'GrantVoided' }),
  },
  problems: ['nothingToVoid', 'grantNotVoidable'],
  carryOut: async ({ params }, call) => {
    const found = await findWorkspace(call, params.workspace);
    if (!found.ok) return found;
    const grantNo = Number(params.grant);
    const { directory } = call.parts;
    const asked = { grantNo, actor: actorOf(call) };
    const voided = await directory.voidGrant(found.value.account, asked);
    if (!voided.ok) return refuseVoid(voided.refusal, params.grant);
    return ok({ status: 200, value: { id: grantNo, voided: voided.value.voidedMicro } });
  },
});

const refuseVoid = ({ kind: code }: VoidRefusal, grant: string): Refused =>
  code === 'notFound' ? refuse(code, `There is no grant ${grant} here.`) : refuse(code);

export const grantRoutes: readonly Route[] = [make, voidOne];
