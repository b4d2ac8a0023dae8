import { createServer } from 'node:http';
import Stripe from 'stripe';

export interface Receiver {
  readonly url: string;
  readonly events: readonly Stripe.Event[];
  /** Resolves when so many deliveries have been accepted. */
  readonly received: (count: number) => Promise<readonly Stripe.Event[]>;
  /** Answers the next deliveries with these statuses, before it accepts again. */
  readonly refuseNext: (...statuses: number[]) => void;
  readonly attempts: () => number;
  readonly stop: () => Promise<void>;
}

/** A webhook of a product: it verifies every delivery with the SDK, by the secret that it knows. */
export async function startReceiver(secret: string, port = 0): Promise<Receiver> {
  const events: Stripe.Event[] = [];
  const waiting = new Set<() => void>();
  let statuses: number[] = [];
  let attempts = 0;
  const stripe = new Stripe('sk_test_receiver');
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      attempts += 1;
      const [refused, ...rest] = statuses;
      statuses = rest;
      const body = Buffer.concat(chunks);
      const signature = request.headers['stripe-signature'] ?? '';
      const event = stripe.webhooks.constructEvent(body, signature, secret);
      if (refused === undefined) events.push(event);
      response.writeHead(refused ?? 200).end();
      for (const look of waiting) look();
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = server.address();
  const at = typeof address === 'object' && address !== null ? address.port : port;
  return {
    url: `http://127.0.0.1:${at}/hook`,
    events,
    attempts: () => attempts,
    refuseNext: (...next) => {
      statuses = next;
    },
    received: (count) =>
      new Promise((resolve) => {
        const look = () => {
          if (events.length < count) return;
          waiting.delete(look);
          resolve(events);
        };
        waiting.add(look);
        look();
      }),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
