import { z } from 'zod';
import { minus, sum } from '../../domain/values/money.ts';
import { ok } from '../../domain/values/outcome.ts';
import { seesEarmark } from '../../domain/terms/roles.ts';
import type { Balance } from '../../ports/ledger-reports.ts';
import { instant, signedCredits } from '../codecs.ts';
import { refuse } from '../problem.ts';
import type { Sight } from '../parts.ts';
import { none, route, type Route } from '../route.ts';
import { may } from '../viewer.ts';
import { findWorkspace, inWorkspace } from '../workspace-lookup.ts';

const grant = z.strictObject({
  id: z.int().meta({ description: 'Its number in the workspace' }),
  kind: z
    .enum(['included', 'topUp', 'promo', 'adjustment'])
    .meta({ description: 'Where it comes from' }),
  earmark: z.string().nullable().meta({ description: 'What alone may burn it; null: everything' }),
  granted: signedCredits.meta({ description: 'What was granted' }),
  remaining: signedCredits.meta({ description: 'What is left, held credits not counted' }),
  held: signedCredits.meta({ description: 'Set aside for runs' }),
  spent: signedCredits.meta({ description: 'Used' }),
  effectiveAt: instant.meta({ description: 'From when on' }),
  expiresAt: instant.nullable().meta({ description: 'Until when; null: it never expires' }),
});

const balanceSchema = z
  .strictObject({
    at: instant.meta({ description: 'The instant of this answer, in the workspace’s time' }),
    available: signedCredits.meta({ description: 'What a call may use now' }),
    held: signedCredits.meta({ description: 'Set aside for runs' }),
    debt: signedCredits.meta({ description: 'Used beyond what there was; repaid first' }),
    grants: z.array(grant).meta({ description: 'In the order in which they are burned' }),
    window: z
      .strictObject({
        start: instant.meta({ description: 'Since when caps and included credits count' }),
        resetsAt: instant.nullable().meta({ description: 'The next reset; null: never' }),
      })
      .meta({ description: 'The running window' }),
    nextIncluded: signedCredits
      .nullable()
      .meta({ description: 'What the next reset grants; null: nothing is ordered' }),
    caps: z
      .array(
        z.strictObject({
          scope: z.enum(['member', 'space', 'org']).meta({ description: 'What the cap is for' }),
          subject: z.string().meta({ description: 'Whose cap it is' }),
          cap: signedCredits.meta({ description: 'The most in a window' }),
          used: signedCredits.meta({ description: 'Used and held in this window' }),
        }),
      )
      .meta({ description: 'Caps on members and Spaces' }),
  })
  .meta({ id: 'Balance' });

const balanceShown = (balance: Balance): z.output<typeof balanceSchema> => ({
  at: balance.at,
  available: balance.availableMicro,
  held: balance.heldMicro,
  debt: balance.debtMicro,
  grants: balance.grants.map((held) => ({
    id: held.grantNo,
    kind: held.kind,
    earmark: held.earmark,
    granted: held.amountMicro,
    remaining: held.remainingMicro,
    held: held.heldMicro,
    spent: held.spentMicro,
    effectiveAt: held.effectiveAt,
    expiresAt: held.expiresAt,
  })),
  window: { start: balance.windowStart, resetsAt: balance.windowEnd },
  nextIncluded: balance.nextIncludedMicro,
  caps: balance.caps.map((cap) => ({
    scope: cap.scope,
    subject: cap.subject,
    cap: cap.capMicro,
    used: cap.usedMicro,
  })),
});

/**
 * The balance as a viewer may see it: a hidden earmark is in no list and in no total [3.09], and what other
 * members use is for those who may see everybody's usage.
 */
function seenBy(sight: Sight, balance: Balance): Balance {
  if (sight === null) return balance;
  const { viewer, terms } = sight;
  const hidden = balance.grants.filter(({ earmark }) => !seesEarmark(terms, viewer, earmark));
  const seesAll = may(sight, 'usage');
  return {
    ...balance,
    heldMicro: minus(balance.heldMicro, sum(hidden.map(({ heldMicro }) => heldMicro))),
    grants: balance.grants.filter((grant) => !hidden.includes(grant)),
    caps: balance.caps.filter(
      ({ scope, subject }) => seesAll || scope !== 'member' || subject === viewer.member,
    ),
  };
}

const balance = route({
  method: 'get',
  path: '/api/workspaces/{workspace}/balance',
  summary: 'The credits that there are now, to the millisecond',
  tag: 'Reports',
  scopes: ['read', 'debit', 'manage'],
  needs: 'read',
  params: inWorkspace,
  query: none,
  body: null,
  responses: { 200: balanceSchema },
  problems: [],
  carryOut: async ({ params }, call) => {
    const found = await findWorkspace(call, params.workspace);
    if (!found.ok) return found;
    const now = await call.parts.ledger.balance(found.value.account);
    if (now === undefined) return refuse('notFound');
    return ok({ status: 200, value: balanceShown(seenBy(call.sight, now)) });
  },
});

export const balanceRoutes: readonly Route[] = [balance];
