import { describe, expect, test } from 'vitest';
import type { Dunning } from '../../src/domain/life/lifecycle.ts';
import { grantsIn, invoicesIn, openWorkspace, termsOf, type Workspace } from './support.ts';

const terms = termsOf('studio');
const opened = '2026-01-10T00:00:00.000Z';

function dunningOf({ life: { subscription } }: Workspace): Dunning | undefined {
  return 'dunning' in subscription ? subscription.dunning : undefined;
}

describe('after a suspension within a year that is paid', () => {
  test('the year goes on in today’s month, and nothing is charged again', () => {
    const workspace = openWorkspace(terms, { at: opened, clock: 'test' });
    workspace.happens(opened, { kind: 'paymentMethodAttached' });
    workspace.happens(opened, { kind: 'started', plan: 'pro', interval: 'year' });
    workspace.card = 'declines';
    workspace.happens('2026-02-20T00:00:00.000Z', { kind: 'seatsRequested', purchased: 3 });
    const extra = `renewal:2026-03-10T00:00:00.000Z`;
    workspace.until('2026-04-20T00:00:00.000Z');
    expect(dunningOf(workspace)?.invoice).toBe(extra);
    expect(workspace.life.subscription.status).toBe('suspended');
    workspace.card = 'works';
    const back = workspace.happens('2026-06-20T00:00:00.000Z', {
      ...{ kind: 'invoicePaid', invoice: extra, reason: 'supplementary' },
      periodEnd: '2026-04-10T00:00:00.000Z',
    });
    expect(invoicesIn(back)).toEqual([]);
    expect(workspace.life.subscription).toMatchObject({
      status: 'active',
      anchor: opened,
      period: { start: '2026-06-10T00:00:00.000Z', end: '2026-07-10T00:00:00.000Z' },
      term: { end: '2027-01-10T00:00:00.000Z' },
      paidUntil: '2027-01-10T00:00:00.000Z',
    });
    expect(grantsIn(back)).toEqual(['included:2026-06: 135 until 2026-07-01T00:00:00.000Z']);
    expect(invoicesIn(workspace.until('2026-12-31T00:00:00.000Z'))).toEqual([]);
  });
});

describe('a new method that waits for the next cycle', () => {
  test('is tried at once where no try is dated any more', () => {
    const later = termsOf('agents');
    const workspace = openWorkspace(later, { at: opened, clock: 'test' });
    workspace.happens(opened, { kind: 'paymentMethodAttached' });
    workspace.happens(opened, { kind: 'started', plan: 'pro', interval: 'month' });
    workspace.card = 'isStolen';
    workspace.until('2026-02-11T00:00:00.000Z');
    expect(dunningOf(workspace)).toMatchObject({ nextTryAt: null });
    workspace.card = 'works';
    workspace.happens('2026-02-12T00:00:00.000Z', { kind: 'paymentMethodAttached' });
    expect(workspace.life.subscription.status).toBe('active');
  });
});
