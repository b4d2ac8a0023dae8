import Stripe from 'stripe';
import { ok, refused, type Outcome } from '../domain/values/outcome.ts';

/** All that is believed of a webhook: which object to look at. Its content is fetched anew. */
export type WebhookHint = {
  readonly id: string;
  readonly type: string;
  readonly objectId: string;
  readonly customer: string | null;
};

export type WebhookRefusal = { readonly kind: 'badSignature' | 'badBody' };

const toleranceSeconds = 300;

/**
 * Reads a webhook after its signature was found right for one of the secrets (two while one replaces
 * the other). The raw bytes are needed: a parsed and printed body has another signature.
 */
export function verifyWebhook(
  rawBody: Buffer,
  signatureHeader: string,
  secrets: readonly string[],
  receivedAtMs: number = Date.now(),
): Outcome<WebhookHint, WebhookRefusal> {
  const signed = secrets.some((secret) =>
    isSignedWith(secret, { rawBody, signatureHeader, receivedAtMs }),
  );
  if (!signed) return refused({ kind: 'badSignature' });
  const hint = hintIn(rawBody.toString('utf8'));
  return hint === null ? refused({ kind: 'badBody' }) : ok(hint);
}

type Delivery = {
  readonly rawBody: Buffer;
  readonly signatureHeader: string;
  readonly receivedAtMs: number;
};

/** The SDK compares in constant time, and refuses a signature older than the tolerance. */
function isSignedWith(secret: string, delivery: Delivery): boolean {
  const { rawBody, signatureHeader, receivedAtMs } = delivery;
  const { signature } = Stripe.webhooks;
  if (signature === null) throw new Error('the Stripe SDK was loaded without its signature helper');
  try {
    return signature.verifyHeader(
      rawBody,
      signatureHeader,
      secret,
      toleranceSeconds,
      undefined,
      receivedAtMs,
    );
  } catch (error) {
    if (error instanceof Stripe.errors.StripeSignatureVerificationError) return false;
    throw error;
  }
}

/**
 * `null` for anything but an event about an object with an id, of whatever API version. Thin events of
 * the v2 API carry no object: the endpoint must be registered for snapshot events.
 */
function hintIn(body: string): WebhookHint | null {
  const event = parsed(body);
  if (!isRecord(event) || event['object'] !== 'event') return null;
  const data = event['data'];
  const object = isRecord(data) ? data['object'] : null;
  if (!isRecord(object)) return null;
  const { id, type } = event;
  const objectId = object['id'];
  if (!isText(id) || !isText(type) || !isText(objectId)) return null;
  return { id, type, objectId, customer: customerOf(object, objectId) };
}

function customerOf(object: Readonly<Record<string, unknown>>, objectId: string): string | null {
  if (object['object'] === 'customer') return objectId;
  const customer = object['customer'];
  const id = isRecord(customer) ? customer['id'] : customer;
  return isText(id) ? id : null;
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
