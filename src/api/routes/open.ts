import express, { type Express, type Request, type RequestHandler, type Response } from 'express';
import { z } from 'zod';
import { adoptEvents } from '../../booking/adopt.ts';
import { bookCheckout, concernsBooks } from '../../booking/book.ts';
import { returnTo as returnAddress } from '../codecs.ts';
import { sendRefusal } from '../mount.ts';
import type { ApiParts } from '../parts.ts';
import { mistakesOf, refuse, refuseMistakes } from '../problem.ts';
import { ringFor } from '../ring.ts';
import { openCreditNote } from './open-credit-note.ts';
import { payRoutes } from './pay.ts';

const webhookBytesMost = 1024 * 1024;

/** What is open to those who have no key: Stripe by its signature, people by what they hold. */
export function openRoutes(app: Express, parts: ApiParts, limitPerAddress: RequestHandler): void {
  app.post(
    '/webhooks/stripe',
    // The signature is of the bytes as they came.
    express.raw({ type: () => true, limit: webhookBytesMost }),
    (request: Request, response: Response) => takeWebhook(parts, request, response),
  );
  app.get('/checkout/return', limitPerAddress, (request: Request, response: Response) =>
    welcomeBack(parts, request, response),
  );
  payRoutes(app, parts, limitPerAddress);
  openCreditNote(app, parts, limitPerAddress);
}

/** Stores the hint and answers; what it points at is looked into by the workspace's workflow [1.10]. */
async function takeWebhook(parts: ApiParts, request: Request, response: Response): Promise<void> {
  const raw: unknown = request.body;
  const signature = request.headers['stripe-signature'];
  if (!Buffer.isBuffer(raw) || typeof signature !== 'string') {
    sendRefusal(response, refuse('badSignature'));
    return;
  }
  const hint = parts.verifyWebhook(raw, signature);
  if (!hint.ok) {
    const { kind } = hint.refusal;
    sendRefusal(response, refuse(kind === 'badSignature' ? 'badSignature' : 'badJson'));
    return;
  }
  const { type, customer } = hint.value;
  const of = await parts.directory.storeStripeEvent({
    ...hint.value,
    concernsBooks: concernsBooks(type),
  });
  response.status(200).json({ received: true });
  if (of !== undefined) ringFor({ parts }, of);
  if (customer === null && concernsBooks(type)) adoptSoon(parts);
}

/** After the answer: whose the event is must be asked of Stripe. The sweeper asks again if that fails. */
function adoptSoon(parts: ApiParts): void {
  adoptEvents(parts).then(
    (waiting) => waiting.forEach((of) => ringFor({ parts }, of)),
    (error: unknown) => parts.log.warn({ err: error }, 'whose an event is will be asked again'),
  );
}

const sessionQuery = z.strictObject({
  session: z.string().regex(/^cs_\w{1,250}$/, { error: 'must be the id of a Checkout session' }),
});

/** Books what the person has done at Stripe, so that it shows at once, and sends them back. */
async function welcomeBack(parts: ApiParts, request: Request, response: Response): Promise<void> {
  const query = sessionQuery.safeParse(request.query);
  if (!query.success) {
    sendRefusal(response, refuseMistakes(mistakesOf('query', query.error.issues)));
    return;
  }
  const checkout = await bookCheckout(parts, query.data.session);
  if (checkout === undefined) {
    sendRefusal(response, refuse('notFound'));
    return;
  }
  const { of, returnTo } = checkout;
  if (of !== undefined) ringFor({ parts }, of);
  // It was checked when the session was opened; Stripe kept it since.
  response.redirect(303, returnAddress.parse(returnTo));
}
