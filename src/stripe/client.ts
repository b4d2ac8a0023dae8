import { setTimeout as pause } from 'node:timers/promises';
import Stripe from 'stripe';
import { createLimiter, endpointOf, type Limiter } from './limiter.ts';

export type StripeSettings = {
  readonly secretKey: string;
  /** Another address than Stripe's own, `http://127.0.0.1:12111`: the local emulator. */
  readonly apiBase: string | null;
  /** Where this service's own pages are reached. */
  readonly publicUrl: string;
  readonly timeoutMs?: number;
  /** Per endpoint. Default: Stripe's live limit; none against another address. */
  readonly requestsPerSecond?: number;
};

const timeoutMsDefault = 20_000;
const requestsPerSecondLive = 25;
const burst = 5;

type HttpClient = NonNullable<Stripe.StripeConfig['httpClient']>;
type HttpResponse = Awaited<ReturnType<HttpClient['makeRequest']>>;

/** The SDK as this service uses it: no retries of its own, a timeout, and our pace. */
export function stripeClient(settings: StripeSettings): Stripe {
  const perSecond =
    settings.requestsPerSecond ?? (settings.apiBase === null ? requestsPerSecondLive : null);
  const limiter = perSecond === null ? null : createLimiter({ perSecond, burst });
  return new Stripe(settings.secretKey, {
    ...(settings.apiBase === null ? {} : addressOf(settings.apiBase)),
    maxNetworkRetries: 0,
    timeout: settings.timeoutMs ?? timeoutMsDefault,
    telemetry: false,
    httpClient: strictHttpClient(Stripe.createNodeHttpClient(), limiter),
  });
}

function addressOf(apiBase: string): Pick<Stripe.StripeConfig, 'host' | 'port' | 'protocol'> {
  const url = new URL(apiBase);
  if (url.pathname !== '/' || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new Error(`the Stripe API address must be http(s)://host:port, got ${apiBase}`);
  }
  const protocol = url.protocol === 'http:' ? 'http' : 'https';
  return { host: url.hostname, protocol, port: url.port || (protocol === 'http' ? '80' : '443') };
}

/**
 * Waits for a free place in the pace, and closes a gap of the SDK: it takes any JSON without `error` for
 * a success, whatever the status, so a gateway's own 5xx page would pass as an object of Stripe's.
 */
function strictHttpClient(inner: HttpClient, limiter: Limiter | null): HttpClient {
  return {
    getClientName: () => inner.getClientName(),
    makeRequest: async (host, port, path, method, headers, body, protocol, timeout) => {
      if (limiter !== null) await waitForTurn(limiter, endpointOf(method, path), timeout);
      return strictResponse(
        await inner.makeRequest(host, port, path, method, headers, body, protocol, timeout),
      );
    },
  };
}

async function waitForTurn(limiter: Limiter, endpoint: string, waitMsMax: number): Promise<void> {
  const waitMs = limiter.reserve({ endpoint, nowMs: performance.now(), waitMsMax });
  if (waitMs === null) throw new Error(`${endpoint} has no free place within ${waitMsMax} ms`);
  if (waitMs > 0) await pause(waitMs);
}

function strictResponse(response: HttpResponse): HttpResponse {
  return {
    getStatusCode: () => response.getStatusCode(),
    getHeaders: () => response.getHeaders(),
    getRawResponse: () => response.getRawResponse(),
    toStream: (done) => response.toStream(done),
    dispose: () => response.dispose?.(),
    toJSON: async () => {
      const body: unknown = await response.toJSON();
      const status = response.getStatusCode();
      if (status >= 400 && !isError(body)) {
        throw new Error(`answered ${status} without an error of Stripe's`);
      }
      return body;
    },
  };
}

const isError = (body: unknown): boolean =>
  typeof body === 'object' && body !== null && 'error' in body;
