import { afterAll, beforeAll, expect, test } from 'vitest';
import { serveApi, type Served } from './support/served.ts';

let served: Served;

beforeAll(async () => {
  served = await serveApi();
});
afterAll(() => served.stop());

test('200: the product’s own pages, by the links of its catalog [0.10 0.38]', async () => {
  const studio = await served.client('studio', 'read');
  const { body } = await studio.get('/api/plans');
  expect(body['links']).toEqual({
    pricing: 'https://studio.example/pricing',
    support: 'https://studio.example/support',
    policies: 'https://studio.example/terms',
  });
});
