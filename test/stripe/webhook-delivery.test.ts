import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { startEmulator } from '../../src/local/stripe/emulator.ts';
import { stripePayments } from '../../src/stripe/payments.ts';
import { verifyWebhook } from '../../src/stripe/webhook.ts';
import { studio } from './support/emulated.ts';

type Delivery = { readonly body: Buffer; readonly signature: string };

/** An endpoint that takes webhooks and keeps the first. */
async function startEndpoint() {
  const receiver = createServer();
  const first = new Promise<Delivery>((keep, fail) => {
    receiver.on('request', (request, response) => {
      buffer(request).then((body) => {
        keep({ body, signature: String(request.headers['stripe-signature']) });
        response.end();
      }, fail);
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const { port } = receiver.address() as AddressInfo; // a TCP server's address, never a pipe's name
  const stop = () => {
    receiver.closeAllConnections();
    return new Promise((resolve) => receiver.close(resolve));
  };
  return { url: `http://127.0.0.1:${port}/webhooks/stripe`, first, stop };
}

test('a webhook of the emulator verifies with one of its secrets, and with no other', async () => {
  const { url, first, stop } = await startEndpoint();
  const emulator = await startEmulator({ webhook: { url, secrets: ['whsec_a', 'whsec_b'] } });
  try {
    const payments = stripePayments({
      secretKey: 'sk_test_delivery',
      apiBase: emulator.url,
      publicUrl: 'https://billing.example',
    });
    const customer = await payments.ensureCustomer(studio, 'delivery');
    const { body, signature } = await first;
    expect(verifyWebhook(body, signature, ['whsec_old', 'whsec_b'])).toMatchObject({
      ok: true,
      value: { type: 'customer.created', objectId: customer, customer },
    });
    expect(verifyWebhook(body, signature, ['whsec_old'])).toMatchObject({ ok: false });
  } finally {
    await emulator.stop();
    await stop();
  }
});
