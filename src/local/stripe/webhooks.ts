import { createHmac } from 'node:crypto';
import type Stripe from 'stripe';
import { isOfType } from './resources/events.ts';
import type { Delivery } from './tables.ts';
import type { World } from './world.ts';

const firstRetryMs = 200;
const slowestRetryMs = 60_000;
const answerTimeoutMs = 10_000;
/** After so many error answers an event steps aside, and later ones overtake it. */
const triesInOrder = 3;

export interface DeliveryMode {
  /** Held events wait for a release. */
  readonly isHeld: boolean;
  /** How many more times each event is sent. */
  readonly duplicates: number;
  /** The newest waiting event goes first. */
  readonly isReversed: boolean;
  readonly delayMs: number;
}

export const normalDelivery: DeliveryMode = {
  isHeld: false,
  duplicates: 0,
  isReversed: false,
  delayMs: 0,
};

/** One `v1` signature per secret, so that a secret can be rotated without a gap. */
function signatureHeader(
  payload: string,
  signing: { readonly secrets: readonly string[]; readonly at: number },
): string {
  const signatures = signing.secrets.map((secret) =>
    createHmac('sha256', secret).update(`${signing.at}.${payload}`).digest('hex'),
  );
  return [`t=${signing.at}`, ...signatures.map((each) => `v1=${each}`)].join(',');
}

/** Brings every event to every endpoint that wants it, until each has said 2xx. */
export class Courier {
  readonly #world: World;
  readonly #onChange: () => void;
  #mode = normalDelivery;
  #isRunning = false;
  #isStopped = false;
  #timer: NodeJS.Timeout | undefined;
  readonly #abort = new AbortController();

  constructor(world: World, onChange: () => void) {
    this.#world = world;
    this.#onChange = onChange;
    world.onEvent((event) => this.#enqueue(event));
  }

  get mode(): DeliveryMode {
    return this.#mode;
  }

  setMode(mode: DeliveryMode): void {
    this.#mode = mode;
    this.wake();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#abort.abort();
  }

  #enqueue(event: Stripe.Event): void {
    const { tables, ids } = this.#world;
    for (const endpoint of tables.webhookEndpoints.values()) {
      const isWanted = endpoint.enabled_events.some((type) => isOfType(event.type, type));
      if (endpoint.status !== 'enabled' || !isWanted) continue;
      event.pending_webhooks += 1;
      for (let copy = 0; copy <= this.#mode.duplicates; copy += 1) {
        tables.deliveries.set(ids.draw('whd'), {
          event: event.id,
          endpoint: endpoint.id,
          attempts: 0,
          wasRefused: false,
          dueAt: Date.now() + this.#mode.delayMs,
        });
      }
    }
    this.wake();
  }

  wake(): void {
    if (this.#isRunning || this.#isStopped) return;
    clearTimeout(this.#timer);
    this.#isRunning = true;
    // Later, so that the request that caused the event is answered first.
    setImmediate(() => void this.#run());
  }

  async #run(): Promise<void> {
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      await this.#deliver(next);
    }
    this.#isRunning = false;
    const waiting = [...this.#world.tables.deliveries.values()].map((each) => each.dueAt);
    if (waiting.length === 0 || this.#mode.isHeld || this.#isStopped) return;
    const pause = Math.max(10, Math.min(...waiting) - Date.now());
    this.#timer = setTimeout(() => this.wake(), pause);
    this.#timer.unref();
  }

  /** The next delivery in order. One that must be tried again holds back those behind it. */
  #next(): string | undefined {
    if (this.#mode.isHeld || this.#isStopped) return undefined;
    const { deliveries } = this.#world.tables;
    const blocked = new Set<string>();
    for (const [id, delivery] of this.#mode.isReversed ? [...deliveries].reverse() : deliveries) {
      if (blocked.has(delivery.endpoint)) continue;
      if (delivery.dueAt <= Date.now()) return id;
      const stepsAside = delivery.wasRefused && delivery.attempts >= triesInOrder;
      if (!stepsAside) blocked.add(delivery.endpoint);
    }
    return undefined;
  }

  async #deliver(id: string): Promise<void> {
    const { tables } = this.#world;
    const delivery = tables.deliveries.get(id);
    if (delivery === undefined) return;
    const event = tables.events.get(delivery.event);
    const endpoint = tables.webhookEndpoints.get(delivery.endpoint);
    if (event === undefined || endpoint === undefined) {
      tables.deliveries.delete(id); // the endpoint was deleted: nobody waits for it
      return;
    }
    const answer = await this.#post(event, endpoint);
    if (this.#isStopped) return;
    if (answer === 'accepted') this.#close(id, event);
    else postpone(delivery, answer);
    this.#onChange();
  }

  async #post(
    event: Stripe.Event,
    endpoint: Stripe.WebhookEndpoint,
  ): Promise<'accepted' | 'refused' | 'unreachable'> {
    const body = JSON.stringify(event, null, 2);
    const secrets = this.#world.tables.webhookSecrets.get(endpoint.id) ?? [];
    const at = Math.floor(Date.now() / 1000);
    try {
      const response = await fetch(endpoint.url, {
        method: 'POST',
        body,
        headers: {
          'content-type': 'application/json; charset=utf-8',
          'stripe-signature': signatureHeader(body, { secrets, at }),
          'user-agent': 'Stripe/1.0 (emulator)',
        },
        redirect: 'manual',
        signal: AbortSignal.any([this.#abort.signal, AbortSignal.timeout(answerTimeoutMs)]),
      });
      await response.arrayBuffer();
      return response.ok ? 'accepted' : 'refused';
    } catch {
      return 'unreachable'; // the cause does not matter: it is tried again
    }
  }

  #close(id: string, event: Stripe.Event): void {
    const { deliveries } = this.#world.tables;
    const done = deliveries.get(id);
    deliveries.delete(id);
    const isLast = ![...deliveries.values()].some(
      (each) => each.event === event.id && each.endpoint === done?.endpoint,
    );
    if (isLast) event.pending_webhooks -= 1;
  }
}

function postpone(delivery: Delivery, answer: 'refused' | 'unreachable'): void {
  delivery.attempts += 1;
  delivery.wasRefused = answer === 'refused';
  const pause = Math.min(slowestRetryMs, firstRetryMs * 2 ** (delivery.attempts - 1));
  delivery.dueAt = Date.now() + pause;
}
