import { z } from 'zod';
import { ok } from '../../domain/values/outcome.ts';
import type { WorkspaceRecord } from '../../ports/directory.ts';
import { carryOut, changeProblems, changeResponses } from '../carry-out.ts';
import { hashOf } from '../canonical-json.ts';
import { price, returnTo } from '../codecs.ts';
import { planNow } from '../live-limits.ts';
import type { Call } from '../parts.ts';
import { refuse, refuseField } from '../problem.ts';
import { none, route, type Route } from '../route.ts';
import { sentOnce } from '../sent-once.ts';
import { findWorkspace, inWorkspace } from '../workspace-lookup.ts';

const topUp = route({
  method: 'post',
  path: '/api/workspaces/{workspace}/top-ups',
  summary: 'Buy credits beside the plan, by the saved method or on Stripe’s page',
  tag: 'Billing',
  scopes: ['manage'],
  needs: 'manage',
  params: inWorkspace,
  query: none,
  body: z
    .strictObject({
      price: price.meta({ description: 'One of the prices on offer: GET /api/plans' }),
      pay: z
        .enum(['savedMethod', 'checkout'])
        .meta({ description: 'savedMethod: charge now. checkout: answers where the person pays' }),
      returnTo: returnTo.optional(),
    })
    .meta({ id: 'TopUp' }),
  responses: changeResponses,
  problems: [
    ...changeProblems,
    'notATopUp',
    'notStarted',
    'alreadyCanceled',
    'memberPlanRequired',
    'paymentMethodRequired',
    'paymentDeclined',
    'authenticationRequired',
    'returnToRequired',
    'paymentsRefused',
  ],
  carryOut: async ({ params, body, sent }, call) => {
    const found = await findWorkspace(call, params.workspace);
    if (!found.ok) return found;
    const { amountMinor, currency } = body.price;
    if (currency !== found.value.currency) {
      return refuseField('/price/currency', `must be "${found.value.currency}"`);
    }
    const command = {
      kind: 'topUp',
      priceMinor: amountMinor.toString(),
      pay: body.pay,
      returnTo: body.returnTo ?? null,
    } as const;
    return carryOut(call, found.value, { command, sent });
  },
});

const paymentMethod = route({
  method: 'post',
  path: '/api/workspaces/{workspace}/payment-method',
  summary: 'Open the page on which a person puts a payment method on file',
  tag: 'Billing',
  scopes: ['manage'],
  needs: 'manage',
  params: inWorkspace,
  query: none,
  body: z.strictObject({ returnTo }).meta({ id: 'NewPaymentMethod' }),
  responses: {
    200: z
      .strictObject({ url: z.string().meta({ description: 'Send the person here' }) })
      .meta({ id: 'PaymentMethodPage' }),
  },
  problems: ['idempotencyKeyReused', 'paymentsRefused', 'paymentsUnavailable'],
  carryOut: async ({ params, body, sent }, call) => {
    const found = await findWorkspace(call, params.workspace);
    if (!found.ok) return found;
    const { parts } = call;
    const { of, account } = found.value;
    const asked = sentOnce(call, 'openSetup', sent);
    const told = await parts.directory.answered(account, asked);
    if (!told.ok) return refuse(told.refusal.kind);
    if (told.value !== undefined) return ok({ status: 200, value: { url: told.value } });
    const { terms } = await planNow(call, found.value);
    const { url: answer } = await parts.payments.openSetup({
      customer: await customerOf(call, found.value),
      kinds: terms.paymentMethods.kinds,
      currency: found.value.currency,
      returnTo: body.returnTo,
      key: `${of.product}/${of.workspace}/setup:${hashOf(call.key, sent).toString('hex')}`,
    });
    const kept = await parts.directory.keepAnswer(account, { ...asked, answer });
    return kept.ok ? ok({ status: 200, value: { url: kept.value } }) : refuse(kept.refusal.kind);
  },
});

/** The workspace's customer, made on first use; a test clock's instant is told before anything else. */
async function customerOf({ parts }: Call, { of }: WorkspaceRecord): Promise<string> {
  const { books, payments } = parts;
  const account = await books.account(of);
  const customer =
    account.customer ??
    (await payments.ensureCustomer(account.details, `${of.product}/${of.workspace}/customer`));
  if (account.customer === null) await books.setCustomer(of, customer);
  if (account.testClock) await payments.tellClock(customer, account.at);
  return customer;
}

const cancel = route({
  method: 'post',
  path: '/api/workspaces/{workspace}/cancel',
  summary: 'End the plan, when what is paid for ends, or now',
  tag: 'Plan',
  scopes: ['manage'],
  needs: 'manage',
  params: inWorkspace,
  query: none,
  body: z
    .strictObject({
      when: z
        .enum(['periodEnd', 'now'])
        .default('periodEnd')
        .meta({ description: 'periodEnd: usable until then, and can be taken back' }),
    })
    .meta({ id: 'Cancel' }),
  responses: changeResponses,
  problems: [...changeProblems, 'notStarted', 'alreadyCanceled', 'contactSales'],
  carryOut: async ({ params, body, sent }, call) => {
    const found = await findWorkspace(call, params.workspace);
    if (!found.ok) return found;
    return carryOut(call, found.value, { command: { kind: 'cancel', when: body.when }, sent });
  },
});

const reactivate = route({
  method: 'post',
  path: '/api/workspaces/{workspace}/reactivate',
  summary: 'Take a scheduled end back',
  tag: 'Plan',
  scopes: ['manage'],
  needs: 'manage',
  params: inWorkspace,
  query: none,
  body: z.strictObject({}).meta({ id: 'Reactivate' }),
  responses: changeResponses,
  problems: [...changeProblems, 'nothingScheduled', 'contactSales'],
  carryOut: async ({ params, sent }, call) => {
    const found = await findWorkspace(call, params.workspace);
    if (!found.ok) return found;
    return carryOut(call, found.value, { command: { kind: 'reactivate' }, sent });
  },
});

export const billingRoutes: readonly Route[] = [topUp, paymentMethod, cancel, reactivate];
