import { z } from 'zod';
import { ok, type Outcome } from '../../domain/values/outcome.ts';
import type { SentRequest, TransferRefusal } from '../../ports/accounts.ts';
import type { WorkspaceRecord } from '../../ports/directory.ts';
import { actorOf } from '../carry-out.ts';
import { externalId } from '../codecs.ts';
import { planNow, refuseAccountFull } from '../live-limits.ts';
import type { Call } from '../parts.ts';
import { refuse, refuseField, type Problem } from '../problem.ts';
import { ringFor } from '../ring.ts';
import { none, route, type Route } from '../route.ts';
import { sentOnce } from '../sent-once.ts';
import { may, refuseSight } from '../viewer.ts';
import { findWorkspace, inWorkspace } from '../workspace-lookup.ts';

const transfer = z
  .strictObject({
    to: externalId.meta({ description: 'The accepted member who is to own it' }),
    space: externalId
      .optional()
      .meta({ description: 'Which Space; default: the workspace itself' }),
    formerRole: z
      .string()
      .max(32)
      .default('admin')
      .meta({ description: 'What the workspace’s owner is from now on' }),
  })
  .meta({ id: 'TransferOwnership' });

type Wish = z.output<typeof transfer> & { readonly sent: SentRequest };

const give = route({
  method: 'post',
  path: '/api/workspaces/{workspace}/ownership',
  summary: 'Hand the workspace, or one of its Spaces, over to another member.',
  tag: 'Members',
  scopes: ['manage'],
  // A Space is handed over by its owner, too, whatever their role.
  needs: 'member',
  params: inWorkspace,
  query: none,
  body: transfer,
  responses: {
    200: z
      .strictObject({
        owner: z.string().meta({ description: 'Who owns it now' }),
        space: z.string().nullable().meta({ description: 'The Space; null: the workspace' }),
      })
      .meta({ id: 'Ownership' }),
  },
  problems: [
    'idempotencyKeyReused',
    'permissionRequired',
    'memberUnknown',
    'ownerStays',
    'ownedOrgLimitReached',
    'workspaceLimitReached',
    'joinedOrgLimitReached',
  ],
  carryOut: async ({ params, body, sent: whole }, call) => {
    const found = await findWorkspace(call, params.workspace);
    if (!found.ok) return found;
    const sent = sentOnce(call, 'giveOwnership', whole);
    // Before the roles are looked at: who gave it away may have no say any more when they ask again.
    const told = await call.parts.directory.answered(found.value.account, sent);
    if (!told.ok) return refuse(told.refusal.kind);
    if (told.value === undefined) {
      const given = await carryOver(call, found.value, { ...body, sent });
      if (!given.ok) return given;
      ringFor(call, found.value.of);
    }
    return ok({ status: 200, value: { owner: body.to, space: body.space ?? null } });
  },
});

const carryOver = (call: Call, record: WorkspaceRecord, wish: Wish) =>
  wish.space === undefined
    ? giveWorkspace(call, record, wish)
    : giveSpace(call, record, { ...wish, space: wish.space });

async function giveWorkspace(
  call: Call,
  record: WorkspaceRecord,
  { to: owner, formerRole, sent }: Wish,
): Promise<Outcome<undefined, Problem>> {
  const { sight } = call;
  if (sight !== null && !may(sight, 'manage')) return refuseSight(sight, 'manage');
  const { terms } = await planNow(call, record);
  const roles = Object.keys(terms.roles).filter((role) => role !== 'owner');
  if (!roles.includes(formerRole)) {
    return refuseField('/formerRole', `must be one of ${roles.join(', ')}`);
  }
  const to = { owner, formerRole, sent, actor: actorOf(call) };
  const given = await call.parts.directory.transferWorkspace(record.account, to);
  if (given.ok) return given;
  const { refusal } = given;
  return refusal.kind === 'limitReached'
    ? refuseAccountFull(call, terms, refusal)
    : refuseTransfer(refusal, owner);
}

function refuseTransfer(
  { kind }: Exclude<TransferRefusal, { readonly kind: 'limitReached' }>,
  owner: string,
): Outcome<never, Problem> {
  switch (kind) {
    case 'idempotencyKeyReused':
      return refuse(kind);
    case 'memberUnknown':
      return refuse(
        kind,
        `"${owner}" is not an accepted member here. Accept the membership first.`,
      );
    case 'ownerStays':
      return refuse(kind, 'A personal workspace stays with its user.');
  }
}

const noSpace = (space: string) => refuse('notFound', `There is no Space "${space}" here.`);

async function giveSpace(
  call: Call,
  { account }: WorkspaceRecord,
  { to: owner, space, sent }: Wish & { readonly space: string },
): Promise<Outcome<undefined, Problem>> {
  const { directory } = call.parts;
  const { sight } = call;
  const known = (await directory.resources(account)).find(
    ({ kind, id }) => kind === 'space' && id === space,
  );
  if (known === undefined) return noSpace(space);
  const isTheirs = sight !== null && known.owner === sight.viewer.member;
  if (sight !== null && !isTheirs && !may(sight, 'manage')) return refuseSight(sight, 'manage');
  const to = { owner, space, sent, actor: actorOf(call) };
  const given = await directory.transferSpace(account, to);
  if (given.ok) return given;
  const { refusal } = given;
  return refusal.kind === 'notFound' ? noSpace(space) : refuseTransfer(refusal, owner);
}

export const ownershipRoutes: readonly Route[] = [give];
