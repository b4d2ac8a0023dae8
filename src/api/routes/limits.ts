import { z } from 'zod';
import { ok } from '../../domain/outcome.ts';
import { capScopes } from '../../domain/terms.ts';
import { credits, externalId, signedCredits } from '../codecs.ts';
import { refuse, refuseMistakes } from '../problem.ts';
import { none, route, type Route } from '../route.ts';
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

const put = route({
  method: 'put',
  path: '/api/workspaces/{workspace}/limits',
  summary: 'Set or take away caps of members, Spaces and the organisation, all or none.',
  tag: 'Limits',
  scopes: ['manage'],
  needs: 'caps',
  params: inWorkspace,
  query: none,
  body: z
    .strictObject({
      caps: z
        .array(newCap)
        .min(1)
        .max(100)
        .meta({ description: 'What is not named stays as it is' }),
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
      })
      .meta({ id: 'Limits' }),
  },
  problems: ['capScopeNotOffered'],
  carryOut: async ({ params, body }, call) => {
    const record = await findWorkspace(call, params.workspace);
    if (!record.ok) return record;
    const { account, of, termsVersion } = record.value;
    const { directory, catalogs, ledger } = call.parts;
    const { caps: offer } = await catalogs.termsOf(of.product, termsVersion);
    const foreign = body.caps.find((cap) => !offer.scopes.includes(cap.scope));
    if (foreign !== undefined) {
      const offered = offer.scopes.length === 0 ? 'none' : offer.scopes.join(', ');
      return refuse('capScopeNotOffered', `This product offers caps of: ${offered}.`);
    }
    const twice = findTwice(body.caps);
    if (twice !== -1) {
      const pointer = `/caps/${twice}/subject`;
      return refuseMistakes([{ in: 'body', pointer, message: 'has a cap in this list already' }]);
    }
    const caps = body.caps.map((cap) => ({
      scope: cap.scope,
      subject: cap.subject ?? '',
      capMicro: cap.credits,
    }));
    await directory.setCaps(account, caps);
    const balance = await ledger.balance(account);
    if (balance === undefined) throw new Error(`${of.workspace} has no ledger`);
    const set = balance.caps.map(({ capMicro, usedMicro, ...cap }) => ({
      ...cap,
      credits: capMicro,
      used: usedMicro,
    }));
    return ok({ status: 200, value: { caps: set } });
  },
});

/** The index of the first cap whose subject has one before it; -1 if there is none. */
const findTwice = (
  caps: readonly { readonly scope: string; readonly subject?: string | undefined }[],
): number => {
  const names = caps.map(({ scope: of, subject }) => `${of}/${subject ?? ''}`);
  return names.findIndex((name, index) => names.indexOf(name) !== index);
};

export const limitRoutes: readonly Route[] = [put];
