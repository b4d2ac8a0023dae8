import { expect, test } from 'vitest';
import { growthOf } from '../../src/domain/changes/growth.ts';
import { termsOf, type Product } from './support.ts';

test.each<[Product, string | null, object]>([
  ['studio', null, { kind: 'plan' }],
  ['studio', 'pro', { kind: 'plan' }],
  ['studio', 'team', { kind: 'contract', contact: 'https://studio.example/contact' }],
  ['team', 'team', { kind: 'contract', contact: 'sales@team.example' }],
  ['team', 'enterprise', { kind: 'none' }],
  ['tools', 'creator', { kind: 'plan' }],
  ['tools', 'business', { kind: 'none' }],
  ['agents', 'pro', { kind: 'contract', contact: 'https://agents.example/sales' }],
])('%s: who has %s grows by %o [2.34 3.26 4.04]', (product, plan, growth) => {
  expect(growthOf(termsOf(product), plan)).toEqual(growth);
});
