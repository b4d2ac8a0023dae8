import { settleCheckout, sessionOfIntent } from '../objects/checkout.ts';
import { settleInvoice } from '../objects/invoices.ts';
import { authenticatePayment } from '../objects/payments.ts';
import { authenticateSetup } from '../objects/setups.ts';
import type { World } from '../world.ts';
import { afterStep, closed } from './checkout.ts';
import { renderPage } from './html.ts';
import type { PageAnswer, PageRequest } from './page.ts';

const question = renderPage({
  title: 'Your bank asks',
  body: `<p>Do you want to allow this? This page stands for your bank's own.</p>
<form method="post">
<button type="submit" name="answer" value="complete">Complete authentication</button>
<button type="submit" name="answer" value="fail" class="quiet">Fail authentication</button>
</form>`,
});

/** The page of the customer's bank, where they confirm that it is they who pay. */
export function serveAuthentication(request: PageRequest): PageAnswer {
  const { world, id } = request;
  const intent = world.tables.paymentIntents.get(id) ?? world.tables.setupIntents.get(id);
  if (intent?.status !== 'requires_action') return closed('Your bank has no question', null);
  if (request.method !== 'POST') return { kind: 'page', status: 200, html: question };
  const answer = request.fields.get('answer') === 'complete' ? 'complete' : 'fail';
  const returnUrl = intent.next_action?.redirect_to_url?.return_url ?? null;
  const session = sessionOfIntent(world, id);
  if (session !== undefined) {
    return afterStep(world, session, () =>
      settleCheckout(world, session, settle(world, id, answer)),
    );
  }
  settle(world, id, answer);
  return returnUrl === null
    ? closed('Thank you, you can close this page', { label: 'Continue', to: world.baseUrl })
    : { kind: 'redirect', to: returnUrl };
}

function settle(world: World, id: string, answer: 'complete' | 'fail') {
  const setup = world.tables.setupIntents.get(id);
  if (setup !== undefined) return authenticateSetup(world, setup, answer);
  const intent = world.need('paymentIntents', id);
  const attempt = authenticatePayment(world, intent, answer);
  settleInvoice(world, intent, attempt);
  return attempt;
}
