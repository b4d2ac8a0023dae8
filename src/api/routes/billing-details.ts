import { randomUUID } from 'node:crypto';
import { ok } from '../../domain/values/outcome.ts';
import { billingDetailsShown, newBillingDetails } from '../billing-details.ts';
import { none, route, type Route } from '../route.ts';
import { findWorkspace, inWorkspace } from '../workspace-lookup.ts';

const path = '/api/workspaces/{workspace}/billing-details';

const put = route({
  method: 'put',
  path,
  summary: 'Say whom invoices are for; those that were issued keep what they say',
  tag: 'Billing',
  scopes: ['manage'],
  needs: 'manage',
  params: inWorkspace,
  query: none,
  body: newBillingDetails,
  responses: { 200: billingDetailsShown },
  problems: ['paymentsRefused', 'paymentsUnavailable'],
  carryOut: async ({ params, body }, call) => {
    const found = await findWorkspace(call, params.workspace);
    if (!found.ok) return found;
    const { directory, books, payments } = call.parts;
    await directory.setBillingDetails(found.value.account, body);
    const { customer, details } = await books.account(found.value.of);
    if (customer !== null) {
      // Details may return to what they were: each time they are told anew.
      await payments.updateCustomer(customer, details, `billing:${randomUUID()}`);
    }
    return ok({ status: 200, value: body });
  },
});

const read = route({
  method: 'get',
  path,
  summary: 'Whom future invoices are for',
  tag: 'Billing',
  scopes: ['read', 'manage'],
  needs: 'read',
  params: inWorkspace,
  query: none,
  body: null,
  responses: { 200: billingDetailsShown },
  problems: [],
  carryOut: async ({ params }, call) => {
    const found = await findWorkspace(call, params.workspace);
    if (!found.ok) return found;
    const { copies, ...to } = found.value.billing;
    return ok({ status: 200, value: { ...to, copies: [...copies] } });
  },
});

export const billingDetailRoutes: readonly Route[] = [put, read];
