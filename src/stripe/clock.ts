import { PaymentsUnavailable } from '../ports/payments.ts';
import type { StripeSettings } from './client.ts';

/** Virtual clocks exist at the emulator only: another address, and no key to real money. */
export const hasTestClocks = (settings: StripeSettings): boolean =>
  settings.apiBase !== null && !/^[a-z]+_live_/.test(settings.secretKey);

const timeoutMs = 5_000;

export async function tellClock(
  settings: StripeSettings,
  customer: string,
  at: string,
): Promise<void> {
  if (settings.apiBase === null || !hasTestClocks(settings)) {
    throw new Error('a test clock was told to Stripe itself; only the local emulator has one');
  }
  const response = await post(new URL('/_control/clock', settings.apiBase), { customer, at });
  if (response.status >= 500) {
    throw new PaymentsUnavailable(`the Stripe emulator answered ${response.status}; try again`);
  }
  if (!response.ok) {
    throw new Error(`the Stripe emulator refused the clock of ${customer}: ${response.status}`);
  }
}

async function post(url: URL, body: unknown): Promise<Response> {
  try {
    return await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMs),
    });
  } catch (error) {
    throw new PaymentsUnavailable('the Stripe emulator cannot be reached now; try again', {
      cause: error,
    });
  }
}
