import { z } from 'zod';
import { ok } from '../../domain/values/outcome.ts';
import { membersMost } from '../../domain/life/seats.ts';
import type { Plan, Terms } from '../../domain/terms/terms.ts';
import type { Directory, WorkspaceRecord } from '../../ports/directory.ts';
import { externalId, instant } from '../codecs.ts';
import { planNow, refuseAccountFull, refuseFull } from '../live-limits.ts';
import type { Call } from '../parts.ts';
import { refuse, refuseByRule, refuseField, type Refused } from '../problem.ts';
import { ringFor } from '../ring.ts';
import { none, route, type Route } from '../route.ts';
import { findWorkspace, inWorkspace } from '../workspace-lookup.ts';

const path = '/api/workspaces/{workspace}/members/{member}';
const params = inWorkspace.extend({
  member: externalId.meta({ description: "The product's id of the user" }),
});

const memberShown = z
  .object({
    member: z.string().meta({ description: 'The user' }),
    role: z.string().meta({ description: 'What they are here' }),
    state: z
      .enum(['invited', 'accepted', 'removed'])
      .meta({ description: 'Only an accepted member counts and may call' }),
    invitedAt: instant.meta({ description: 'When they were asked' }),
    acceptedAt: instant.nullable().meta({ description: 'From when on they count' }),
    removedAt: instant.nullable().meta({ description: 'When they left' }),
  })
  .meta({ id: 'Member' });

type PutRefusal = Extract<
  Awaited<ReturnType<Directory['putMember']>>,
  { readonly ok: false }
>['refusal'];

const put = route({
  method: 'put',
  path,
  summary: 'Invite a user, accept the invitation, or change the role.',
  tag: 'Members',
  scopes: ['manage'],
  needs: 'manage',
  params,
  query: none,
  body: z
    .strictObject({
      role: z
        .string()
        .max(100)
        .refine((role) => role !== 'owner', {
          error: 'must be another role: there is one owner, and ownership is transferred',
        })
        .default('member')
        .meta({ description: 'What they are to be here: a role of the product’s catalog' }),
      state: z
        .enum(['invited', 'accepted'])
        .meta({ description: 'An accepted member stays accepted until removed' }),
    })
    .meta({ id: 'PutMember' }),
  responses: { 200: memberShown },
  problems: ['ownerStays', 'seatsExhausted', 'seatLimitReached', 'joinedOrgLimitReached'],
  carryOut: async ({ params: { workspace, member }, body }, call) => {
    const record = await findWorkspace(call, workspace);
    if (!record.ok) return record;
    const { account, of, lifecycle } = record.value;
    const { terms, plan } = await planNow(call, record.value);
    const roles = Object.keys(terms.roles).filter((role) => role !== 'owner');
    if (!roles.includes(body.role))
      return refuseField('/role', `must be one of ${roles.join(', ')}`);
    const stored = await call.parts.directory.putMember(account, {
      ...{ member, ...body },
      membersMost: plan === null ? null : membersMost(lifecycle, plan),
      peopleMost: plan?.limits.seatsAndInvitations ?? null,
    });
    if (!stored.ok) return refusePut(call, record.value, { terms, plan }, stored.refusal);
    ringFor(call, of);
    return ok({ status: 200, value: stored.value });
  },
});

function refusePut(
  call: Call,
  record: WorkspaceRecord,
  { terms, plan }: { readonly terms: Terms; readonly plan: Plan | null },
  refusal: PutRefusal,
): Refused {
  switch (refusal.kind) {
    case 'ownerStays':
      return refuse(refusal.kind);
    case 'seatsExhausted':
      return refuseByRule(refusal);
    case 'limitReached':
      return refuseAccountFull(call, terms, refusal);
    case 'peopleMost': {
      if (plan === null) throw new Error('a limit without a plan');
      const { used } = refusal;
      return refuseFull(call, record, { limit: 'seatsAndInvitations', used, terms, plan });
    }
  }
}

const remove = route({
  method: 'delete',
  path,
  summary: 'Remove a member; their seat is credited where seats are counted.',
  tag: 'Members',
  scopes: ['manage'],
  needs: 'manage',
  params,
  query: none,
  body: null,
  responses: { 200: memberShown },
  problems: ['ownerStays'],
  carryOut: async ({ params: { workspace, member } }, call) => {
    const record = await findWorkspace(call, workspace);
    if (!record.ok) return record;
    const { account, of } = record.value;
    const removed = await call.parts.directory.removeMember(account, member);
    if (!removed.ok) return refuse(removed.refusal.kind);
    ringFor(call, of);
    return ok({ status: 200, value: removed.value });
  },
});

const list = route({
  method: 'get',
  path: '/api/workspaces/{workspace}/members',
  summary: 'Invited and accepted members, by name.',
  tag: 'Members',
  scopes: ['read'],
  needs: 'read',
  params: inWorkspace,
  query: none,
  body: null,
  responses: {
    200: z.object({ members: z.array(memberShown).meta({ description: 'By name' }) }),
  },
  problems: [],
  carryOut: async ({ params: { workspace } }, call) => {
    const record = await findWorkspace(call, workspace);
    if (!record.ok) return record;
    const members = await call.parts.directory.members(record.value.account);
    return ok({ status: 200, value: { members: [...members] } });
  },
});

export const memberRoutes: readonly Route[] = [list, put, remove];
