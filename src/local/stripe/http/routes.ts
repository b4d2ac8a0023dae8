import { chargeRoutes } from '../resources/charges.ts';
import { checkoutRoutes } from '../resources/checkout-sessions.ts';
import { customerRoutes } from '../resources/customers.ts';
import { disputeRoutes } from '../resources/disputes.ts';
import { eventRoutes } from '../resources/events.ts';
import { invoiceItemRoutes } from '../resources/invoice-items.ts';
import { invoicePaymentRoutes } from '../resources/invoice-payments.ts';
import { invoiceRoutes } from '../resources/invoices.ts';
import { paymentIntentRoutes } from '../resources/payment-intents.ts';
import { paymentMethodRoutes } from '../resources/payment-methods.ts';
import { portalRoutes } from '../resources/portal-sessions.ts';
import { productRoutes } from '../resources/products.ts';
import { refundRoutes } from '../resources/refunds.ts';
import { setupIntentRoutes } from '../resources/setup-intents.ts';
import { taxIdRoutes } from '../resources/tax-ids.ts';
import { webhookEndpointRoutes } from '../resources/webhook-endpoints.ts';
import type { Route } from './router.ts';

/** Everything that the emulator can be asked under `/v1`. */
export const apiRoutes: readonly Route[] = [
  ...customerRoutes,
  ...taxIdRoutes,
  ...paymentMethodRoutes,
  ...setupIntentRoutes,
  ...paymentIntentRoutes,
  ...chargeRoutes,
  ...refundRoutes,
  ...disputeRoutes,
  ...invoiceRoutes,
  ...invoiceItemRoutes,
  ...invoicePaymentRoutes,
  ...checkoutRoutes,
  ...portalRoutes,
  ...productRoutes,
  ...eventRoutes,
  ...webhookEndpointRoutes,
];
