import { z } from 'zod';
import { newestFirst } from '../http/lists.ts';
import { page, text } from '../http/params.ts';
import { route } from '../http/router.ts';
import { idOf } from '../world.ts';

const paymentFilter = z.strictObject({
  payment_intent: text.optional(),
  type: z.literal('payment_intent'),
});

/** `invoice_payments` connects an invoice with the intents that collect it. */
export const invoicePaymentRoutes = [
  route(
    'GET',
    '/v1/invoice_payments',
    z.strictObject({
      ...page,
      invoice: text.optional(),
      payment: paymentFilter.optional(),
      status: z.enum(['canceled', 'open', 'paid']).optional(),
    }),
    ({ world, params }) => {
      const intent = params.payment?.payment_intent;
      const rows = [...world.tables.invoicePayments.values()].filter(
        (each) =>
          (params.invoice === undefined || idOf(each.invoice) === params.invoice) &&
          (params.status === undefined || each.status === params.status) &&
          (intent === undefined || idOf(each.payment.payment_intent) === intent),
      );
      return newestFirst(rows, { url: '/v1/invoice_payments', params });
    },
  ),
  route('GET', '/v1/invoice_payments/:id', z.strictObject({}), ({ world, ids: [id = ''] }) =>
    world.need('invoicePayments', id),
  ),
];
