import type { Express } from 'express';
import type { ApiParts } from './parts.ts';

/**
 * Whether the process lives, and whether it can serve. Only the database makes it unready: debits go on
 * without Temporal and Stripe, which are reported as degraded.
 */
export function serveHealth(app: Express, parts: ApiParts): void {
  app.get('/healthz', (_request, response) => {
    response.json({ status: 'alive' });
  });
  app.get('/readyz', async (_request, response) => {
    const [postgres, temporal, stripe] = await Promise.all([
      isFine(() => parts.directory.isReady()),
      isFine(parts.health.temporal),
      isFine(parts.health.stripe),
    ]);
    response.status(postgres ? 200 : 503).json({
      status: postgres ? 'ready' : 'unready',
      postgres: postgres ? 'ready' : 'away',
      temporal: temporal ? 'ready' : 'degraded',
      stripe: stripe ? 'ready' : 'degraded',
    });
  });
}

async function isFine(probe: () => Promise<boolean>): Promise<boolean> {
  try {
    return await probe();
  } catch {
    return false; // away: which is what is asked
  }
}
