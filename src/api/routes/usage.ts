import { z } from 'zod';
import { pricePerCredit } from '../../domain/credits/metering.ts';
import { sum } from '../../domain/values/money.ts';
import { ok } from '../../domain/values/outcome.ts';
import type { Balance, UsageDimension, UsageRow } from '../../ports/ledger-reports.ts';
import { count, instant, signedCredits } from '../codecs.ts';
import { route, type Route } from '../route.ts';
import { forecastShown, showForecast } from '../shown-forecast.ts';
import { spanOf, spanQuery } from '../usage-span.ts';
import { hiddenGrants, may, onlyOf } from '../viewer.ts';
import { findWorkspace, inWorkspace } from '../workspace-lookup.ts';
import { spendSchema, spendShown } from './limits.ts';

const dimensions = [
  'model',
  'surface',
  'member',
  'space',
  'agent',
  'tool',
  'line',
  'day',
] as const satisfies readonly UsageDimension[];

const isDimension = (name: string): name is UsageDimension =>
  dimensions.some((known) => known === name);

/** `by=model,day`, each at most once. */
const by = z.codec(
  z.string().max(100).meta({ example: 'model,day' }),
  z.custom<readonly UsageDimension[]>((value) => Array.isArray(value)),
  {
    decode: (text, { issues }) => {
      const names = text === '' ? [] : text.split(',');
      const good = names.filter(isDimension);
      if (good.length === names.length && new Set(good).size === good.length) return good;
      issues.push({
        code: 'custom',
        input: text,
        message: `must be different ones of ${dimensions.join(', ')}, with commas between them`,
      });
      return z.NEVER;
    },
    encode: (names) => names.join(','),
  },
);

const usageSchema = z
  .strictObject({
    from: instant.meta({ description: 'The first instant that counts' }),
    to: instant.meta({ description: 'The first instant that does not' }),
    total: signedCredits.meta({ description: 'All usage of the span, net of refunds' }),
    rows: z
      .array(
        z.strictObject({
          by: z
            .record(z.string(), z.string().nullable())
            .meta({ description: 'The group; null where nothing was said' }),
          credits: signedCredits.meta({ description: 'Usage of the group, net of refunds' }),
          tokens: count.meta({ description: 'Tokens of the group' }),
          runs: count.meta({ description: 'Runs of the group' }),
        }),
      )
      .meta({ description: 'One row per group' }),
    overage: z
      .strictObject({
        used: signedCredits.meta({ description: 'Of this window, set aside for runs included' }),
        upTo: signedCredits.meta({ description: 'How far a window may go' }),
        price: z.string().meta({ description: 'Of one credit, in the workspace’s currency' }),
      })
      .nullable()
      .meta({ description: 'Usage beyond the credits, which is invoiced; null: there is none' }),
    spend: spendSchema
      .nullable()
      .meta({ description: 'What the month costs beside the plan; null: it has no cap' }),
    forecast: forecastShown.nullable().meta({
      description:
        'Where usage leads; null where members pay, without a plan, or for who sees only their own',
    }),
  })
  .meta({ id: 'Usage' });

const usage = route({
  method: 'get',
  path: '/api/workspaces/{workspace}/usage',
  summary:
    'Usage of a span by its true dates, grouped; of a viewer alone where they see no other’s',
  tag: 'Reports',
  scopes: ['read', 'manage'],
  needs: 'read',
  params: inWorkspace,
  query: z.strictObject({
    by: by.optional().meta({ description: 'What to group by; default: model' }),
    ...spanQuery,
  }),
  body: null,
  responses: { 200: usageSchema },
  problems: [],
  carryOut: async ({ params, query }, call) => {
    const found = await findWorkspace(call, params.workspace);
    if (!found.ok) return found;
    const { account, timeZone } = found.value;
    const asked = await spanOf(call, account, query);
    if (!asked.ok) return asked;
    const { from, to, now } = asked.value;
    const member = onlyOf(call.sight);
    const seen = { member, hiddenGrants: await hiddenGrants(call, account) };
    const span = { from, to, by: query.by ?? (['model'] as const), timeZone, seen };
    const rows = await call.parts.ledger.usage(account, span);
    // Where usage leads is everybody's usage.
    const forecast = may(call.sight, 'usage')
      ? await showForecast(call.parts, found.value, now)
      : null;
    const money = moneyShown(now, found.value.currency, may(call.sight, 'usage'));
    return ok({ status: 200, value: { from, to, ...usageShown(rows), ...money, forecast } });
  },
});

/** What usage costs beside the plan is everybody's, so it is for who may see everybody's usage. */
const moneyShown = (
  { overage, spend }: Balance,
  currency: string,
  seesAll: boolean,
): Pick<z.output<typeof usageSchema>, 'overage' | 'spend'> => ({
  overage:
    overage === null || !seesAll
      ? null
      : {
          used: overage.usedMicro,
          upTo: overage.upToMicro,
          price: pricePerCredit(overage.priceMicro, currency),
        },
  spend: seesAll ? spendShown(spend, currency) : null,
});

/** Every use falls into one group, so the groups sum to the total. */
const usageShown = (
  rows: readonly UsageRow[],
): Pick<z.output<typeof usageSchema>, 'total' | 'rows'> => ({
  total: sum(rows.map(({ amountMicro }) => amountMicro)),
  rows: rows.map((row) => ({
    by: { ...row.by },
    credits: row.amountMicro,
    tokens: row.tokens,
    runs: row.runs,
  })),
});

export const usageRoutes: readonly Route[] = [usage];
