import Stripe from 'stripe';
import { startEmulator } from '../../../src/local/stripe/emulator.ts';
import type { Payments } from '../../../src/ports/payments.ts';
import { stripePayments } from '../../../src/stripe/payments.ts';

export const studio = {
  product: 'studio',
  workspace: 'w1',
  email: 'owner@studio.example',
  name: null,
  address: null,
  taxId: null,
};

export type Emulated = {
  readonly payments: Payments;
  /** What a person sees in Stripe's dashboard, and what somebody else may do there. */
  readonly dashboard: Stripe;
  /** Steers the emulator: cards, faults, clocks. */
  readonly control: (path: string, body: object) => Promise<void>;
  readonly stop: () => Promise<void>;
};

/** The adapter under test on an emulator of its own. */
export async function startEmulated(): Promise<Emulated> {
  const secretKey = 'sk_test_adapter';
  const emulator = await startEmulator({});
  return {
    payments: stripePayments({
      secretKey,
      apiBase: emulator.url,
      publicUrl: 'https://billing.example/',
    }),
    dashboard: new Stripe(secretKey, {
      host: '127.0.0.1',
      port: emulator.port,
      protocol: 'http',
      maxNetworkRetries: 0,
    }),
    control: async (path, body) => {
      const response = await fetch(`${emulator.url}/_control/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    },
    stop: () => emulator.stop(),
  };
}

/** A customer of the studio's first workspace, with a card on file if one is named. */
export async function customerWith(
  { payments, control }: Emulated,
  card: string | null,
): Promise<string> {
  const customer = await payments.ensureCustomer(studio, `customer:${crypto.randomUUID()}`);
  if (card !== null) await control(`customers/${customer}/card`, { card });
  return customer;
}

/** The next such request is carried out, but its answer is lost. */
export async function loseAnswer({ control }: Emulated, pathPattern: string): Promise<void> {
  const met = { method: 'POST', pathPattern, times: 1 };
  await control('faults', { kind: 'dropResponseAfterCommit', ...met });
  // The SDK asks once more by itself when a connection was closed, and would hear the answer.
  await control('faults', { kind: 'outage', ...met });
}
