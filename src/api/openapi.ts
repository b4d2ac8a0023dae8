import { OpenApiGeneratorV31, OpenAPIRegistry } from '@asteasolutions/zod-to-openapi';
import type { z } from 'zod';
import { problemKinds, type ProblemCode } from './problem-kinds.ts';
import { problemSchema } from './problem-schema.ts';
import { keyPattern, needsKey, type Route } from './route.ts';

export type OpenApiDocument = ReturnType<OpenApiGeneratorV31['generateDocument']>;

/** The API as OpenAPI 3.1, rendered from the very objects that serve it. */
export function openApi(routes: readonly Route[]): OpenApiDocument {
  const registry = new OpenAPIRegistry();
  registry.registerComponent('securitySchemes', 'apiKey', {
    type: 'http',
    scheme: 'bearer',
    description: 'A key of one product: `tg_live_…` or `tg_test_…`.',
  });
  for (const route of routes) registry.registerPath(describe(route));
  return new OpenApiGeneratorV31(registry.definitions, {
    sortComponents: 'alphabetically',
  }).generateDocument({
    openapi: '3.1.0',
    info: {
      title: 'Tollgate',
      version: '1',
      description:
        'The billing engine for products that sell AI work by credits. Every request carries ' +
        '`Authorization: Bearer KEY`, with a key of one product; `npm start` keeps those of the ' +
        'demo products in .data/demo-keys.json. Every POST carries an `Idempotency-Key`, too. ' +
        'Amounts are decimal strings, times RFC 3339 in UTC. Every problem has a stable `code`, ' +
        'told at /docs/errors.',
    },
    security: [{ apiKey: [] }],
  });
}

type PathConfig = Parameters<OpenAPIRegistry['registerPath']>[0];

function describe(route: Route): PathConfig {
  const { method, path, summary, tag, params, query, body } = route;
  return {
    method,
    path,
    summary,
    tags: [tag],
    operationId: operationIdOf(route),
    description: needsOf(route),
    request: {
      params,
      query,
      ...(body === null ? {} : { body: { required: true, content: json(body) } }),
    },
    parameters: method === 'get' ? [] : [idempotencyKey(needsKey(method))],
    responses: { ...answersOf(route), ...problemsOf(route) },
  };
}

const needsOf = ({ scopes, needs }: Route): string => {
  const key = `Needs a key with the scope ${scopes.map((scope) => `\`${scope}\``).join(' or ')}.`;
  if (needs === 'product') return key;
  if (needs === 'member') return `${key} Called for a member, it needs an accepted one.`;
  return `${key} Called for a member, their role needs the permission \`${needs}\`.`;
};

/** `put /api/workspaces/{workspace}/seats` is `putWorkspacesSeats`. */
const operationIdOf = ({ method, path }: Route): string =>
  method +
  path
    .split('/')
    .filter((part) => part !== '' && part !== 'api' && !part.startsWith('{'))
    .flatMap((part) => part.split(/[-.]/))
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('') +
  (path.endsWith('}') ? 'ById' : '');

const idempotencyKey = (required: boolean) => ({
  name: 'Idempotency-Key',
  in: 'header' as const,
  required,
  description: 'The same key answers the same; with another body it is refused.',
  schema: { type: 'string' as const, pattern: keyPattern.source },
});

const json = (schema: z.ZodType) => ({ 'application/json': { schema } });

function answersOf({ responses, produces }: Route): PathConfig['responses'] {
  const described = Object.entries(responses).map(([status, schema]) => {
    const description = status === '202' ? 'Stored, and under way: see `Location`.' : 'Done.';
    const content = produces === undefined ? json(schema) : { [produces]: { schema } };
    return [status, { description, content }] as const;
  });
  return Object.fromEntries(described);
}

function problemsOf(route: Route): PathConfig['responses'] {
  const codes = problemCodesOf(route);
  const statuses = [...new Set(codes.map((code) => problemKinds[code].status))];
  return Object.fromEntries(
    statuses.map((status) => {
      const ofStatus = codes.filter((code) => problemKinds[code].status === status);
      return [
        status,
        {
          description: ofStatus
            .map((code) => `\`${code}\`: ${problemKinds[code].title}`)
            .join('\n'),
          content: { 'application/problem+json': { schema: problemSchema } },
        },
      ];
    }),
  );
}

/** What any route may answer, what one with a body or a key may, and what this one refuses by rule. */
const problemCodesOf = (route: Route): readonly ProblemCode[] => [
  ...new Set<ProblemCode>([
    'unauthenticated',
    'scopeRequired',
    'invalidRequest',
    'tooManyRequests',
    'defect',
    'databaseUnavailable',
    ...(route.path.includes('{') ? (['notFound'] as const) : []),
    ...(needsKey(route.method) ? (['idempotencyKeyRequired'] as const) : []),
    ...(route.body === null
      ? []
      : (['badJson', 'badEncoding', 'bodyTooLarge', 'unsupportedMediaType'] as const)),
    ...(route.needs === 'product' ? [] : (['permissionRequired'] as const)),
    ...route.problems,
  ]),
];
