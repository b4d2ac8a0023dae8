import { z } from 'zod';
import { isCreatedIn, newestFirst } from '../http/lists.ts';
import { created, integer, metadata, page, text } from '../http/params.ts';
import { invalidRequest } from '../http/refusal.ts';
import { route } from '../http/router.ts';
import { refundCharge } from '../objects/refunds.ts';
import { idOf, mergeMetadata, type World } from '../world.ts';

const createParams = z.strictObject({
  amount: integer.optional(),
  charge: text.optional(),
  metadata: metadata.optional(),
  payment_intent: text.optional(),
  reason: z.enum(['duplicate', 'fraudulent', 'requested_by_customer']).optional(),
});

/** The charge that a request names, by itself or by its paid intent. */
export function chargeNamedBy(
  world: World,
  named: { readonly charge?: string | undefined; readonly payment_intent?: string | undefined },
) {
  if (named.charge !== undefined) return world.need('charges', named.charge, 'charge');
  if (named.payment_intent === undefined) {
    throw invalidRequest(
      'One of the following params should be provided: payment_intent, charge.',
      {
        code: 'parameter_missing',
      },
    );
  }
  const intent = world.need('paymentIntents', named.payment_intent, 'payment_intent');
  if (intent.status !== 'succeeded') {
    throw invalidRequest(
      `This PaymentIntent (${intent.id}) does not have a successful charge to refund.`,
      { code: 'payment_intent_unexpected_state', param: 'payment_intent' },
    );
  }
  return world.need('charges', idOf(intent.latest_charge) ?? '', 'payment_intent');
}

export const refundRoutes = [
  route('POST', '/v1/refunds', createParams, ({ world, params }) =>
    refundCharge(world, chargeNamedBy(world, params), {
      amount: params.amount,
      reason: params.reason ?? null,
      metadata: mergeMetadata({}, params.metadata),
    }),
  ),
  route(
    'GET',
    '/v1/refunds',
    z.strictObject({
      ...page,
      charge: text.optional(),
      created: created.optional(),
      payment_intent: text.optional(),
    }),
    ({ world, params }) => {
      const rows = [...world.tables.refunds.values()].filter(
        (refund) =>
          isCreatedIn(refund.created, params.created) &&
          (params.charge === undefined || idOf(refund.charge) === params.charge) &&
          (params.payment_intent === undefined ||
            idOf(refund.payment_intent) === params.payment_intent),
      );
      return newestFirst(rows, { url: '/v1/refunds', params });
    },
  ),
  route('GET', '/v1/refunds/:id', z.strictObject({}), ({ world, ids: [id = ''] }) =>
    world.need('refunds', id),
  ),
  route(
    'POST',
    '/v1/refunds/:id',
    z.strictObject({ metadata: metadata.optional() }),
    ({ world, ids: [id = ''], params }) => {
      const refund = world.need('refunds', id);
      refund.metadata = mergeMetadata(refund.metadata, params.metadata);
      world.emit('refund.updated', refund);
      return refund;
    },
  ),
];
