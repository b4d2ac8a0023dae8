import { describe, expect, test } from 'vitest';
import { paysItself, payerOf } from '../../src/domain/life/payer.ts';
import { planOf } from '../../src/domain/terms/terms.ts';
import { termsOf } from './support.ts';

const terms = termsOf('team');

describe('a call is charged to', () => {
  test('the organisation, whoever calls, where the pool pays [2.04 2.05 2.20]', () => {
    expect(payerOf({ workspace: 'acme', memberPaid: false, member: 'bob' })).toEqual({
      ok: true,
      value: { workspace: 'acme', onBehalfOf: null },
    });
  });

  test('the member’s own workspace where members pay, on behalf of the organisation', () => {
    expect(payerOf({ workspace: 'acme', memberPaid: true, member: 'bob' })).toEqual({
      ok: true,
      value: { workspace: 'user:bob', onBehalfOf: 'acme' },
    });
  });

  test('nobody where members pay and no member is named', () => {
    expect(payerOf({ workspace: 'acme', memberPaid: true, member: null })).toEqual({
      ok: false,
      refusal: { kind: 'memberPlanRequired' },
    });
  });
});

test.each([
  ['acme', 'team', true],
  ['acme', 'pro', false],
  ['user:ada', 'pro', true],
])('%s on %s pays itself: %s [2.02 2.04]', (workspace, plan, expected) => {
  expect(paysItself({ workspace }, planOf(terms, plan))).toBe(expected);
});
