import { z } from 'zod';
import { ok, type Outcome } from '../../domain/values/outcome.ts';
import { type Terms } from '../../domain/terms/terms.ts';
import { capScopes } from '../../domain/terms/cap-scope.ts';
import type { Spend } from '../../ports/ledger-reports.ts';
import { credits, externalId, instant, money, price, signedCredits } from '../codecs.ts';
import type { Call } from '../parts.ts';
import { refuse, refuseField, refuseMistakes, type Problem } from '../problem.ts';
import { ringFor } from '../ring.ts';
import { none, route, type Route } from '../route.ts';
import { may, refuseSight } from '../viewer.ts';
import { findWorkspace, inWorkspace } from '../workspace-lookup.ts';

const scope = z
  .enum(capScopes)
  .meta({ description: 'Whose usage it limits: a member, a Space, or the whole organisation' });

const newCap = z
  .strictObject({
    scope,
    subject: externalId
      .optional()
      .meta({ description: 'Which member or Space; an organisation has no other than itself' }),
    credits: credits
      .nullable()
      .meta({ description: 'The most that a window may use; null takes the cap away' }),
  })
  .check(({ value, issues }) => {
    const isWhole = value.scope === 'org';
    if ((value.subject === undefined) === isWhole) return;
    const message = isWhole ? 'must be left out: the cap is the organisation’s' : 'is missing';
    issues.push({ code: 'custom', input: value, path: ['subject'], message });
  });

export const spendSchema = z
  .object({
    cap: money.meta({ description: 'The most that the month may cost beside the plan' }),
    used: money.meta({ description: 'What it has, purchases on their way included' }),
    resetsAt: instant.meta({ description: 'When the next month begins in the workspace’s zone' }),
  })
  .meta({ id: 'Spend' });

export const spendShown = (
  spend: Spend | null,
  currency: string,
): z.output<typeof spendSchema> | null =>
  spend && {
    cap: { amountMinor: spend.capMinor, currency },
    used: { amountMinor: spend.usedMinor, currency },
    resetsAt: spend.resetsAt,
  };

const put = route({
  method: 'put',
  path: '/api/workspaces/{workspace}/limits',
  summary: 'Set or take away caps of members, Spaces and the organisation, and the spend cap',
  tag: 'Limits',
  scopes: ['manage'],
  needs: 'caps',
  params: inWorkspace,
  query: none,
  body: z
    .strictObject({
      caps: z
        .array(newCap)
        .max(100)
        .default([])
        .meta({ description: 'What is not named stays as it is' }),
      spend: price
        .nullable()
        .optional()
        .meta({
          description:
            'The most that top-ups and usage beyond the credits may cost in a calendar month; null ' +
            'takes it away. Only who may manage the workspace sets it',
        }),
    })
    .check(({ value, issues }) => {
      if (value.caps.length > 0 || value.spend !== undefined) return;
      issues.push({
        code: 'custom',
        input: value,
        path: ['caps'],
        message: 'names nothing to set',
      });
    })
    .meta({ id: 'PutLimits' }),
  responses: {
    200: z
      .object({
        caps: z
          .array(
            z.object({
              scope,
              subject: z.string().meta({ description: 'Which one; empty: the organisation' }),
              credits: signedCredits.meta({ description: 'The most that a window may use' }),
              used: signedCredits.meta({ description: 'What this window has used' }),
            }),
          )
          .meta({ description: 'Every cap that is set' }),
        spend: spendSchema.nullable().meta({ description: 'The spend cap; null: none is set' }),
      })
      .meta({ id: 'Limits' }),
  },
  problems: ['capScopeNotOffered', 'spendCapNotOffered', 'permissionRequired'],
  carryOut: async ({ params, body }, call) => {
    const record = await findWorkspace(call, params.workspace);
    if (!record.ok) return record;
    const { account, of, termsVersion, currency } = record.value;
    const { directory, catalogs, ledger } = call.parts;
    const terms = await catalogs.termsOf(of.product, termsVersion);
    const offered = mayOffer(call, terms, { ...body, currency });
    if (!offered.ok) return offered;
    const caps = body.caps.map((cap) => ({
      scope: cap.scope,
      subject: cap.subject ?? '',
      capMicro: cap.credits,
    }));
    const spend = body.spend && body.spend.amountMinor;
    await directory.setCaps(account, spend === undefined ? { caps } : { caps, spendMinor: spend });
    // What waits for room below the spend cap may be bought now.
    if (spend !== undefined) ringFor(call, of);
    const balance = await ledger.balance(account);
    if (balance === undefined) throw new Error(`${of.workspace} has no ledger`);
    const set = balance.caps.map(({ capMicro, usedMicro, ...cap }) => ({
      ...cap,
      credits: capMicro,
      used: usedMicro,
    }));
    return ok({ status: 200, value: { caps: set, spend: spendShown(balance.spend, currency) } });
  },
});

type Asked = {
  readonly caps: readonly z.output<typeof newCap>[];
  readonly spend?: z.output<typeof price> | null | undefined;
  readonly currency: string;
};

/** What the catalog offers, and who may ask for it: money is for those who manage the workspace [3.13]. */
function mayOffer(call: Call, { caps: offer }: Terms, asked: Asked): Outcome<true, Problem> {
  const foreign = asked.caps.find((cap) => !offer.scopes.includes(cap.scope));
  if (foreign !== undefined) {
    const offered = offer.scopes.length === 0 ? 'none' : offer.scopes.join(', ');
    return refuse('capScopeNotOffered', `This product offers caps of: ${offered}.`);
  }
  const twice = findTwice(asked.caps);
  if (twice !== -1) {
    const pointer = `/caps/${twice}/subject`;
    return refuseMistakes([{ in: 'body', pointer, message: 'has a cap in this list already' }]);
  }
  if (asked.spend === undefined) return ok(true);
  if (call.sight !== null && !may(call.sight, 'manage')) return refuseSight(call.sight, 'manage');
  if (offer.spend === 'none') return refuse('spendCapNotOffered');
  if (asked.spend === null || asked.spend.currency === asked.currency) return ok(true);
  return refuseField('/spend/currency', `must be "${asked.currency}"`);
}

/** The index of the first cap whose subject has one before it; -1 if there is none. */
const findTwice = (
  caps: readonly { readonly scope: string; readonly subject?: string | undefined }[],
): number => {
  const names = caps.map(({ scope: of, subject }) => `${of}/${subject ?? ''}`);
  return names.findIndex((name, index) => names.indexOf(name) !== index);
};

export const limitRoutes: readonly Route[] = [put];
