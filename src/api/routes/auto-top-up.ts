import { z } from 'zod';
import { carryOut, changeProblems, changeResponses } from '../carry-out.ts';
import { credits, price } from '../codecs.ts';
import { refuseField } from '../problem.ts';
import { none, route, type Route } from '../route.ts';
import { findWorkspace, inWorkspace } from '../workspace-lookup.ts';

const rule = z
  .strictObject({
    threshold: credits.meta({ description: 'Buy when this much is left, or less' }),
    price: price.meta({ description: 'What one pack costs: one of the prices of GET /api/plans' }),
  })
  .meta({ id: 'AutoTopUpRule' });

const setAutoTopUp = route({
  method: 'put',
  path: '/api/workspaces/{workspace}/auto-top-up',
  summary: 'Buy credits by themselves, with the saved method, whenever they run low; null: never',
  tag: 'Billing',
  scopes: ['manage'],
  needs: 'manage',
  params: inWorkspace,
  query: none,
  body: z
    .strictObject({ rule: rule.nullable().meta({ description: 'null: nothing is bought' }) })
    .meta({ id: 'AutoTopUp' }),
  responses: changeResponses,
  problems: [
    ...changeProblems,
    'autoTopUpNotOffered',
    'notATopUp',
    'notStarted',
    'alreadyCanceled',
    'memberPlanRequired',
    'paymentMethodRequired',
  ],
  carryOut: async ({ params, body, sent }, call) => {
    const found = await findWorkspace(call, params.workspace);
    if (!found.ok) return found;
    const { currency } = found.value;
    if (body.rule !== null && body.rule.price.currency !== currency) {
      return refuseField('/rule/price/currency', `must be "${currency}"`);
    }
    const asked = body.rule && {
      thresholdMicro: body.rule.threshold.toString(),
      priceMinor: body.rule.price.amountMinor.toString(),
    };
    return carryOut(call, found.value, { command: { kind: 'setAutoTopUp', rule: asked }, sent });
  },
});

export const autoTopUpRoutes: readonly Route[] = [setAutoTopUp];
