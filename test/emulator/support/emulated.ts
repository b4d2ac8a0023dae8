import Stripe from 'stripe';
import { afterAll, beforeAll } from 'vitest';
import { startEmulator, type EmulatorOptions } from '../../../src/local/stripe/emulator.ts';
import { holdToContract } from './contract.ts';

export const testKey = 'sk_test_emulated';

/** The real SDK; every answer that it gets is held to its own declarations. */
export const connect = (port: number): Stripe =>
  new Stripe(testKey, {
    host: '127.0.0.1',
    port,
    protocol: 'http',
    maxNetworkRetries: 0,
    httpClient: heldToContract(Stripe.createNodeHttpClient()),
  });

function heldToContract(client: ReturnType<typeof Stripe.createNodeHttpClient>) {
  const ask = client.makeRequest.bind(client);
  client.makeRequest = async (...request) => {
    const response = await ask(...request);
    const read = response.toJSON.bind(response);
    response.toJSON = async () => {
      const answer: unknown = await read();
      const breach = breachOf(answer);
      return breach === undefined ? answer : { error: { type: 'api_error', message: breach } };
    };
    return response;
  };
  return client;
}

/** The SDK hides what a client throws, so a breach reaches the test as an error of Stripe's. */
function breachOf(answer: unknown): string | undefined {
  try {
    holdToContract(answer);
    return undefined;
  } catch (error) {
    return String(error);
  }
}

export interface Emulated {
  readonly url: string;
  readonly port: number;
  readonly stripe: Stripe;
  readonly stop: () => Promise<void>;
}

export async function emulate(options: EmulatorOptions = {}): Promise<Emulated> {
  const emulator = await startEmulator(options);
  return { ...emulator, stripe: connect(emulator.port) };
}

/** One emulator for a file of tests: they use customers of their own. */
export function emulated(): { readonly url: () => string; readonly stripe: () => Stripe } {
  let running: Emulated | undefined;
  beforeAll(async () => {
    running = await emulate();
  });
  afterAll(() => running?.stop());
  const started = (): Emulated => {
    if (running === undefined) throw new Error('the emulator runs within tests only');
    return running;
  };
  return { url: () => started().url, stripe: () => started().stripe };
}

/** A request to `/_control`, which must succeed. */
export async function steer(url: string, path: string, body: object): Promise<unknown> {
  const response = await fetch(`${url}/_control/${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

/** What the SDK throws for a refused request. */
export async function refusalOf(asked: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  try {
    await asked;
  } catch (error) {
    if (error instanceof Stripe.errors.StripeError) return error;
    throw error;
  }
  throw new Error('the request was not refused');
}

/** The types of the events about an object, from the oldest to the newest. */
export async function eventTypes(stripe: Stripe, object: string): Promise<string[]> {
  const events = await stripe.events.list({ limit: 100 });
  return events.data
    .filter((event) => JSON.stringify(event.data.object).includes(object))
    .map((event) => event.type)
    .reverse();
}
