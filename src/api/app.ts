import type { RequestListener } from 'node:http';
import express, { type Express, type Request, type Response } from 'express';
import helmet from 'helmet';
import { callerFinder } from './auth.ts';
import { serveDirectly } from './direct.ts';
import { docsPage } from './docs-page.ts';
import { errorsPage } from './errors-page.ts';
import { answerFailures } from './failures.ts';
import { serveHealth } from './health.ts';
import { mount, refuseUnknown, requireKey } from './mount.ts';
import { openApi } from './openapi.ts';
import type { ApiParts } from './parts.ts';
import { limitPerAddress, limitPerKey } from './rate-limit.ts';
import { bodyBytesMost } from './read-json.ts';
import { debitRoutes } from './routes/debits.ts';
import { holdRoutes } from './routes/holds.ts';
import { openRoutes } from './routes/open.ts';
import { routes } from './routes/all.ts';

/** The whole HTTP surface; it holds no state but the keys and the counts of the last moments. */
export function createApp(parts: ApiParts): RequestListener {
  const find = callerFinder(parts.keys, () => performance.now());
  const perKey = limitPerKey(parts.requestsPerMinute);
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(helmet());
  app.use(logRequests(parts));
  openRoutes(app, parts, limitPerAddress(parts.requestsPerMinute));
  serveHealth(app, parts);
  // Bodies stay bytes until their encoding was checked.
  app.use(express.raw({ type: () => true, limit: bodyBytesMost }));
  serveDocs(app);
  app.use('/api', requireKey(find), perKey.handler);
  for (const route of routes) mount(app, route, parts);
  app.use(refuseUnknown);
  app.use(answerFailures(parts.log));
  const direct = [...debitRoutes, ...holdRoutes];
  return serveDirectly(direct, { parts, find, count: perKey.count }, app);
}

function serveDocs(app: Express): void {
  const document = openApi(routes);
  const pages = { '/docs': docsPage(document), '/docs/errors': errorsPage() };
  app.get('/', (_request, response) => {
    response.redirect(302, '/docs');
  });
  app.get('/openapi.json', (_request, response) => {
    response.json(document);
  });
  for (const [path, page] of Object.entries(pages)) {
    app.get(path, (_request, response) => {
      response.type('html').send(page);
    });
  }
}

/** One line per request: no header, no query and no body, so that no key or name is ever logged. */
const logRequests =
  ({ log }: ApiParts) =>
  (request: Request, response: Response, next: () => void): void => {
    const startedAt = performance.now();
    const { method, path } = request;
    response.once('finish', () => {
      const ms = Math.round(performance.now() - startedAt);
      log.info({ method, path, status: response.statusCode, ms }, 'answered');
    });
    next();
  };
