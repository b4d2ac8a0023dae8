import type Stripe from 'stripe';
import { z } from 'zod';
import { text } from '../http/params.ts';
import { route } from '../http/router.ts';
import { needCustomer } from '../objects/customers.ts';

/** The one configuration that the portal has here. */
const configuration = 'bpc_emulator';

export const portalRoutes = [
  route(
    'POST',
    '/v1/billing_portal/sessions',
    z.strictObject({
      configuration: z.literal(configuration, 'the emulator has one configuration').optional(),
      customer: text,
      return_url: text.optional(),
    }),
    ({ world, params }) => {
      const customer = needCustomer(world, params.customer, 'customer');
      const id = world.ids.draw('bps');
      const session: Stripe.BillingPortal.Session = {
        id,
        object: 'billing_portal.session',
        configuration,
        created: world.now(customer.id),
        customer: customer.id,
        customer_account: null,
        flow: null,
        livemode: false,
        locale: null,
        on_behalf_of: null,
        return_url: params.return_url ?? null,
        url: `${world.baseUrl}/p/session/${id}`,
      };
      world.tables.portalSessions.set(id, session);
      world.emit('billing_portal.session.created', session);
      return session;
    },
  ),
];
