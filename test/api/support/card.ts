import type { WorkspaceRef } from '../../../src/ports/workspace-ref.ts';
import type { HttpClient } from '../../support/http-client.ts';
import type { Served } from './served.ts';

/** As a person does it: opens the page, enters a card, comes back. */
export async function putCardOnFile(
  served: Served,
  client: HttpClient,
  of: WorkspaceRef,
): Promise<void> {
  const page = await client.post(`/api/workspaces/${of.workspace}/payment-method`, {
    returnTo: 'http://product.test/billing',
  });
  const session = /cs_\w+/.exec(page.body['url'] ?? '')?.[0] ?? '';
  await served.stripe.post(`/_control/checkout/${session}/pay`, { card: 'works' });
  const back = await fetch(`${served.url}/checkout/return?session=${session}`, {
    redirect: 'manual',
  });
  if (back.status !== 303) throw new Error(`nobody came back: ${back.status}`);
  await served.live(of.product, of.workspace);
}
