import type Stripe from 'stripe';
import { z } from 'zod';
import { newestFirst } from '../http/lists.ts';
import { clearable, flag, metadata, page, text } from '../http/params.ts';
import { route } from '../http/router.ts';
import { apiVersion, mergeMetadata, type World } from '../world.ts';

const url = z.url({ protocol: /^https?$/, error: 'Not a valid URL' });

const updateParams = z.strictObject({
  description: clearable.optional(),
  disabled: flag.optional(),
  enabled_events: z.array(text).optional(),
  metadata: metadata.optional(),
  url: url.optional(),
});

const createParams = z.strictObject({
  api_version: z.literal(apiVersion, `the emulator speaks ${apiVersion} only`).optional(),
  description: clearable.optional(),
  enabled_events: z.array(text),
  metadata: metadata.optional(),
  url,
});

export function addEndpoint(
  world: World,
  wanted: {
    readonly id: string;
    readonly url: string;
    readonly events: string[];
    readonly secrets: readonly string[];
  },
): Stripe.WebhookEndpoint {
  const endpoint: Stripe.WebhookEndpoint = {
    id: wanted.id,
    object: 'webhook_endpoint',
    api_version: apiVersion,
    application: null,
    created: world.now(),
    description: null,
    enabled_events: wanted.events,
    livemode: false,
    metadata: {},
    status: 'enabled',
    url: wanted.url,
  };
  world.tables.webhookEndpoints.set(endpoint.id, endpoint);
  world.tables.webhookSecrets.set(endpoint.id, wanted.secrets);
  return endpoint;
}

export const webhookEndpointRoutes = [
  route('POST', '/v1/webhook_endpoints', createParams, ({ world, params }) => {
    const secret = world.ids.draw('whsec', 32);
    const endpoint = addEndpoint(world, {
      id: world.ids.draw('we'),
      url: params.url,
      events: params.enabled_events,
      secrets: [secret],
    });
    endpoint.description = params.description ?? null;
    endpoint.metadata = mergeMetadata({}, params.metadata);
    return { ...endpoint, secret }; // the only answer that shows it
  }),
  route('GET', '/v1/webhook_endpoints', z.strictObject(page), ({ world, params }) =>
    newestFirst(world.tables.webhookEndpoints.values(), { url: '/v1/webhook_endpoints', params }),
  ),
  route('GET', '/v1/webhook_endpoints/:id', z.strictObject({}), ({ world, ids: [id = ''] }) =>
    world.need('webhookEndpoints', id),
  ),
  route('POST', '/v1/webhook_endpoints/:id', updateParams, ({ world, ids: [id = ''], params }) => {
    const endpoint = world.need('webhookEndpoints', id);
    if (params.description !== undefined) endpoint.description = params.description;
    if (params.disabled !== undefined) endpoint.status = params.disabled ? 'disabled' : 'enabled';
    if (params.enabled_events !== undefined) endpoint.enabled_events = params.enabled_events;
    if (params.url !== undefined) endpoint.url = params.url;
    endpoint.metadata = mergeMetadata(endpoint.metadata, params.metadata);
    return endpoint;
  }),
  route('DELETE', '/v1/webhook_endpoints/:id', z.strictObject({}), ({ world, ids: [id = ''] }) => {
    world.need('webhookEndpoints', id);
    world.tables.webhookEndpoints.delete(id);
    world.tables.webhookSecrets.delete(id);
    return { id, object: 'webhook_endpoint', deleted: true };
  }),
];
