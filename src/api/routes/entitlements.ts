import { z } from 'zod';
import { entitlements, entitlementTo, type Facts } from '../../domain/gates/entitlement.ts';
import { micro } from '../../domain/values/money.ts';
import { ok, type Outcome } from '../../domain/values/outcome.ts';
import { payerOf } from '../../domain/life/payer.ts';
import type { WorkspaceRecord } from '../../ports/directory.ts';
import type { Balance } from '../../ports/ledger-reports.ts';
import { externalId, instant } from '../codecs.ts';
import { pinnedTerms } from '../current-terms.ts';
import type { Call } from '../parts.ts';
import { refuse, type Problem } from '../problem.ts';
import { route, type Route } from '../route.ts';
import { onlyOf, refuseSight } from '../viewer.ts';
import { findWorkspace, inWorkspace } from '../workspace-lookup.ts';

const entitlementSchema = z
  .strictObject({
    feature: z.string().meta({ description: 'A feature class of the product’s catalog' }),
    allowed: z.boolean().meta({ description: 'Whether it may be used now' }),
    reasons: z
      .array(
        z.strictObject({
          code: z.string().meta({ description: 'What stands in its way' }),
          since: instant.nullable().meta({ description: 'Since when; null: no single instant' }),
        }),
      )
      .meta({ description: 'Everything that stands in its way' }),
    remedies: z.array(z.string()).meta({ description: 'What would help, the quickest first' }),
  })
  .meta({ id: 'Entitlement' });

const asked = z.strictObject({
  member: externalId
    .optional()
    .meta({ description: 'Who would call, where members pay with their own plans' }),
});

type Answered = z.output<typeof entitlementSchema>;

const shown = (entitlement: ReturnType<typeof entitlementTo>): Answered => ({
  feature: entitlement.feature,
  allowed: entitlement.allowed,
  reasons: [...entitlement.reasons],
  remedies: [...entitlement.remedies],
});

const all = route({
  method: 'get',
  path: '/api/workspaces/{workspace}/entitlements',
  summary: 'What may be used now, and if not, why and what would help',
  tag: 'Usage',
  scopes: ['read', 'debit', 'manage'],
  needs: 'read',
  params: inWorkspace,
  query: asked,
  body: null,
  responses: {
    200: z
      .strictObject({
        at: instant.meta({ description: 'The instant of this answer, in the workspace’s time' }),
        entitlements: z
          .array(entitlementSchema)
          .meta({ description: 'Every feature class that the catalog names' }),
      })
      .meta({ id: 'Entitlements' }),
  },
  problems: [],
  carryOut: async ({ params, query }, call) => {
    const facts = await factsOf(call, params.workspace, query.member);
    if (!facts.ok) return facts;
    const { at } = facts.value;
    return ok({ status: 200, value: { at, entitlements: entitlements(facts.value).map(shown) } });
  },
});

const one = route({
  method: 'get',
  path: '/api/workspaces/{workspace}/entitlements/{feature}',
  summary: 'Whether one feature may be used now',
  tag: 'Usage',
  scopes: ['read', 'debit', 'manage'],
  needs: 'read',
  params: inWorkspace.extend({
    feature: externalId.meta({ description: 'A feature class of the product’s catalog' }),
  }),
  query: asked,
  body: null,
  responses: { 200: entitlementSchema },
  problems: [],
  carryOut: async ({ params, query }, call) => {
    const facts = await factsOf(call, params.workspace, query.member);
    if (!facts.ok) return facts;
    const { terms } = facts.value;
    if (!Object.hasOwn(terms.gates, params.feature)) {
      const known = Object.keys(terms.gates).join(', ');
      return refuse('notFound', `There is no feature "${params.feature}". There are: ${known}.`);
    }
    return ok({ status: 200, value: shown(entitlementTo(facts.value, params.feature)) });
  },
});

/** What an entitlement is decided from: the facts of the workspace that would pay. */
async function factsOf(
  call: Call,
  workspace: string,
  member: string | undefined,
): Promise<Outcome<Facts, Problem>> {
  const called = await findWorkspace(call, workspace);
  if (!called.ok) return called;
  // For whom it is asked would call, unless another is named by who may see that one's usage.
  const only = onlyOf(call.sight);
  const caller = only ?? member ?? call.sight?.viewer.member;
  if (only !== null && member !== undefined && member !== only && call.sight !== null) {
    return refuseSight(call.sight, 'usage');
  }
  const payer = await payingFor(call, called.value, caller);
  const terms = await pinnedTerms(call, payer);
  const now = await call.parts.ledger.balance(payer.account);
  const { lifecycle: life, at } = payer;
  return ok({ life, terms, at: now?.at ?? at, ...creditsOf(now) });
}

const creditsOf = (now: Balance | undefined): Omit<Facts, 'life' | 'terms' | 'at'> => ({
  availableMicro: now?.availableMicro ?? micro(0),
  overage: now?.overage ?? null,
  spend: now?.spend ?? null,
});

/** The member's own workspace where members pay and the member has one; else the one that is asked. */
async function payingFor(
  call: Call,
  called: WorkspaceRecord,
  member: string | undefined,
): Promise<WorkspaceRecord> {
  const memberPaid = called.lifecycle.subscription.status === 'memberPaid';
  const payer = payerOf({ workspace: called.of.workspace, memberPaid, member: member ?? null });
  if (!payer.ok || payer.value.onBehalfOf === null) return called;
  const { product } = call.caller;
  const own = await call.parts.directory.workspace({ product, workspace: payer.value.workspace });
  return own ?? called;
}

export const entitlementRoutes: readonly Route[] = [all, one];
