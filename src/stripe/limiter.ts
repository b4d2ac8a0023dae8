/** How many requests may leave per second, and how many of them at once after a pause. */
export type Pace = { readonly perSecond: number; readonly burst: number };

export type Limiter = {
  /**
   * Takes the next free place and answers how long to wait for it; `null` when that would be longer
   * than `waitMsMax`, and then no place is taken.
   */
  reserve(request: {
    readonly endpoint: string;
    readonly nowMs: number;
    readonly waitMsMax: number;
  }): number | null;
};

/**
 * A token bucket for every endpoint and one over all of them. The provider allows a live account four
 * times as much in total as on one endpoint, so the same ratio is kept here.
 */
export function createLimiter(perEndpoint: Pace): Limiter {
  const overall = { perSecond: perEndpoint.perSecond * 4, burst: perEndpoint.burst * 4 };
  const freeAtByEndpoint = new Map<string, number>();
  let freeAtOverall = Number.NEGATIVE_INFINITY;
  return {
    reserve({ endpoint, nowMs, waitMsMax }) {
      const ofEndpoint = freeAtByEndpoint.get(endpoint) ?? Number.NEGATIVE_INFINITY;
      const endpointSlot = nextSlot(ofEndpoint, perEndpoint, nowMs);
      const overallSlot = nextSlot(freeAtOverall, overall, nowMs);
      const waitMs = Math.max(0, endpointSlot - nowMs, overallSlot - nowMs);
      if (waitMs > waitMsMax) return null;
      freeAtByEndpoint.set(endpoint, endpointSlot + 1000 / perEndpoint.perSecond);
      freeAtOverall = overallSlot + 1000 / overall.perSecond;
      return waitMs;
    },
  };
}

/** Unused time counts for at most `burst` requests. */
function nextSlot(freeAt: number, pace: Pace, nowMs: number): number {
  return Math.max(freeAt, nowMs - ((pace.burst - 1) * 1000) / pace.perSecond);
}

/** Paying one invoice counts with paying any other: ids do not make an endpoint. */
export function endpointOf(method: string, path: string): string {
  const [route = ''] = path.split('?');
  const segments = route
    .split('/')
    .map((segment) => (segment !== 'v1' && /\d/.test(segment) ? '*' : segment));
  return `${method.toUpperCase()} ${segments.join('/')}`;
}
