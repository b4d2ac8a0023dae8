import { describe, expect, test } from 'vitest';
import { complaintsAfter, termsAfter } from './support.ts';

describe('the state of who does not pay', () => {
  test('may be a plan that costs nothing', () => {
    const { pastDue } = termsAfter('studio', 'finalState: suspended', 'finalState: { plan: free }');
    expect(pastDue.finalState).toEqual({ plan: 'free' });
  });

  test('is no plan that costs something, or that the product does not have', () => {
    expect(complaintsAfter('studio', 'finalState: suspended', 'finalState: { plan: pro }')).toEqual(
      ['pastDue.finalState.plan: found "pro", expected free: it costs nothing'],
    );
    expect(complaintsAfter('team', 'finalState: suspended', 'finalState: { plan: free }')).toEqual([
      'pastDue.finalState.plan: found "free", expected suspended or canceled: no plan costs nothing',
    ]);
  });
});
