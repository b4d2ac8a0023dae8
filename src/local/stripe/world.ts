import type Stripe from 'stripe';
import { resourceMissing } from './http/refusal.ts';
import { Ids } from './ids.ts';
import { emptyTables, type Tables } from './tables.ts';

/** The version whose shapes the emulator answers in: that of the SDK in `package.json`. */
export const apiVersion = '2026-10-28.endive';

export type EventType = Stripe.Event['type'];

interface Emitted {
  readonly id?: string;
  readonly object: string;
  readonly customer?: unknown;
}

interface EventDetails {
  /** The former values of the fields that changed. */
  readonly previous?: object;
  /** Whose clock stamps the event, where the object itself no longer says. */
  readonly customer?: string | null;
}

/** An expandable field as it is stored: always the id. */
export const idOf = (reference: string | { readonly id: string } | null | undefined) =>
  typeof reference === 'object' ? (reference?.id ?? null) : (reference ?? null);

/** The state of the emulated account, its clocks, and its record of what happened. */
export class World {
  readonly tables: Tables;
  ids: Ids;
  /** Where the pages are: `http://127.0.0.1:<port>`. */
  baseUrl = '';
  /** The request being answered: events name what caused them. Null for the account's own acts. */
  request: { readonly id: string; readonly idempotency_key: string | null } | null = null;
  readonly #listeners: ((event: Stripe.Event) => void)[] = [];

  constructor(options: { readonly seed?: string | undefined } = {}) {
    this.tables = emptyTables();
    this.ids = new Ids(options);
  }

  /** Seconds since 1970, by the clock of the customer whose object it stamps. */
  now(customer?: string | null): number {
    const own = this.tables.clocks.get(customer ?? '');
    return own ?? Math.floor(Date.now() / 1000);
  }

  onEvent(listener: (event: Stripe.Event) => void): void {
    this.#listeners.push(listener);
  }

  /** Records that something happened to an object, with the object as it is at this moment. */
  emit(type: EventType, object: Emitted, details: EventDetails = {}): void {
    const owner = object.object === 'customer' ? object.id : object.customer;
    const customer = details.customer ?? owner;
    const { previous } = details;
    const event = {
      id: this.ids.draw('evt'),
      object: 'event',
      api_version: apiVersion,
      created: this.now(typeof customer === 'string' ? customer : null),
      data: {
        object: structuredClone(object),
        ...(previous === undefined ? {} : { previous_attributes: previous }),
      },
      livemode: false,
      pending_webhooks: 0,
      request: this.request ?? { id: null, idempotency_key: null },
      type,
    } as unknown as Stripe.Event; // a union by `type`: each caller pairs a type with its object
    this.tables.events.set(event.id, event);
    for (const listener of this.#listeners) listener(event);
  }

  /** The object with this id, or Stripe's 404. */
  need<Name extends keyof Tables>(
    table: Name,
    id: string,
    param = 'id',
  ): Tables[Name] extends Map<string, infer Value> ? Value : never {
    const found = this.tables[table].get(id);
    if (found === undefined) throw resourceMissing(nouns[table] ?? table, id, param);
    // Indexing a union of maps loses which map it was; `table` names it.
    return found as Tables[Name] extends Map<string, infer Value> ? Value : never;
  }
}

const nouns: Partial<Record<keyof Tables, string>> = {
  customers: 'customer',
  taxIds: 'tax_id',
  paymentMethods: 'PaymentMethod',
  setupIntents: 'setupintent',
  paymentIntents: 'payment_intent',
  charges: 'charge',
  refunds: 'refund',
  disputes: 'dispute',
  products: 'product',
  prices: 'price',
  invoices: 'invoice',
  invoiceItems: 'invoiceitem',
  invoicePayments: 'invoice_payment',
  checkoutSessions: 'checkout.session',
  portalSessions: 'billing_portal.session',
  events: 'event',
  webhookEndpoints: 'webhook endpoint',
};

/** Stripe merges metadata: an empty text removes the key, an empty whole removes all. */
export function mergeMetadata(
  before: Readonly<Record<string, string>> | null,
  change: '' | Readonly<Record<string, string>> | undefined,
): Record<string, string> {
  if (change === '') return {};
  const merged = { ...before, ...change };
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== ''));
}
