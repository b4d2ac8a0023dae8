import type { Payments } from '../ports/payments.ts';
import { missingTold, refusalsTold, stripeAccess } from './access.ts';
import { charge, seePayment } from './charges.ts';
import { expireCheckout, openCheckout, openSetup, seeCheckout } from './checkout.ts';
import { stripeClient, type StripeSettings } from './client.ts';
import { hasTestClocks, tellClock } from './clock.ts';
import { ensureCustomer, paymentMethods, updateCustomer, useByDefault } from './customers.ts';
import { draftInvoice } from './drafts.ts';
import { collectInvoice, seeInvoice } from './invoices.ts';
import { paymentIntentOf, seeDispute, seeMoneyBack } from './money-back.ts';
import { refund } from './refunds.ts';
import { markPaid, sendInvoice } from './sent-invoices.ts';

/** Money moved by Stripe, or by the emulator that speaks its language. */
export function stripePayments(settings: StripeSettings): Payments {
  const access = stripeAccess(stripeClient(settings));
  return {
    ensureCustomer: (of, key) => refusalsTold(ensureCustomer(access, of, key)),
    updateCustomer: (customer, details, key) =>
      refusalsTold(updateCustomer(access, customer, details, key)),
    openSetup: (request) => refusalsTold(openSetup(access, settings.publicUrl, request)),
    openCheckout: (request) => refusalsTold(openCheckout(access, settings.publicUrl, request)),
    expireCheckout: (session, key) => refusalsTold(expireCheckout(access, session, key)),
    seeCheckout: (session) => seeCheckout(access, session),
    charge: (request) => refusalsTold(charge(access, request)),
    draftInvoice: (request) => refusalsTold(draftInvoice(access, request)),
    collectInvoice: (request) => refusalsTold(collectInvoice(access, request)),
    sendInvoice: (request) => refusalsTold(sendInvoice(access, request)),
    markPaid: (request) => refusalsTold(markPaid(access, request)),
    refund: (request) => refusalsTold(refund(access, request)),
    seePayment: (paymentIntent) => missingTold(seePayment(access, paymentIntent)),
    seeInvoice: (stripeInvoice) => missingTold(seeInvoice(access, stripeInvoice)),
    seeMoneyBack: (paymentIntent) => missingTold(seeMoneyBack(access, paymentIntent)),
    seeDispute: (dispute) => seeDispute(access, dispute),
    paymentIntentOf: (object) => missingTold(paymentIntentOf(access, object)),
    paymentMethods: (customer) => missingTold(paymentMethods(access, customer)),
    useByDefault: (customer, method, key) =>
      refusalsTold(useByDefault(access, customer, method, key)),
    tellClock: (customer, at) => tellClock(settings, customer, at),
    check: async () => {
      await access.ask((stripe) => stripe.customers.list({ limit: 1 }));
    },
    testClocks: hasTestClocks(settings),
  };
}
