import { describe, expect, test } from 'vitest';
import { closingOf } from '../../src/domain/gates/gate.ts';
import type { EventKind } from '../../src/domain/life/lifecycle.ts';
import { openWorkspace, termsOf, type Workspace } from './support.ts';

const terms = termsOf('studio');
const opened = '2026-01-10T00:00:00.000Z';
const renewed = '2026-02-10T00:00:00.000Z';
const renewal = `renewal:${renewed}`;
const february = (day: string): string => `2026-02-${day}T00:00:00.000Z`;

/** A plan whose first month is paid; the bank answers nothing by itself from then on. */
function paidUp(): Workspace {
  const workspace = openWorkspace(terms, { at: opened, clock: 'test' });
  workspace.happens(opened, { kind: 'paymentMethodAttached' });
  workspace.happens(opened, { kind: 'started', plan: 'pro', interval: 'month' });
  workspace.card = 'silence';
  return workspace;
}

const pending = (invoice: string): EventKind => ({ kind: 'invoicePaymentPending', invoice });
const failed = (invoice: string): EventKind => ({
  kind: 'invoicePaymentFailed',
  invoice,
  hard: false,
});

const closes = ({ life }: Workspace) => closingOf(life, terms, 'ai');

describe('a bank debit that is on its way [K20]', () => {
  test('is not past due, and gives ten days more than the grace', () => {
    const workspace = paidUp();
    workspace.until(renewed);
    expect(closes(workspace)).toEqual({ closer: 'suspended', at: february('24') });
    workspace.happens(renewed, pending(renewal));
    expect(workspace.life.subscription.status).toBe('active');
    expect(closes(workspace)).toEqual({
      closer: 'suspended',
      at: '2026-03-06T00:00:00.000Z',
    });
  });

  test('that is paid leaves nothing behind', () => {
    const workspace = paidUp();
    workspace.until(renewed);
    workspace.happens(renewed, pending(renewal));
    workspace.happens(february('14'), {
      ...{ kind: 'invoicePaid', invoice: renewal, reason: 'renewal' },
      periodEnd: '2026-03-10T00:00:00.000Z',
    });
    expect(closes(workspace)).toEqual({ closer: 'suspended', at: '2026-03-24T00:00:00.000Z' });
  });

  test('that the bank turns down is past due from then on, by the gate that was set', () => {
    const workspace = paidUp();
    workspace.until(renewed);
    workspace.happens(renewed, pending(renewal));
    workspace.happens(february('14'), failed(renewal));
    expect(workspace.life.subscription).toMatchObject({
      status: 'pastDue',
      dunning: { firstFailedAt: february('14'), nextTryAt: february('17') },
    });
    expect(closes(workspace)).toEqual({ closer: 'suspended', at: february('24') });
  });

  test('as a retry keeps the gate open until the bank has answered', () => {
    const workspace = paidUp();
    workspace.until(renewed);
    workspace.happens(renewed, failed(renewal));
    workspace.happens(february('13'), pending(renewal));
    workspace.until('2026-03-05T00:00:00.000Z');
    expect(workspace.life.subscription.status).toBe('pastDue');
    workspace.happens('2026-03-05T00:00:00.000Z', failed(renewal));
    workspace.until('2026-03-05T00:00:01.000Z');
    expect(workspace.life.subscription.status).toBe('suspended');
  });

  test('told twice is one', () => {
    const workspace = paidUp();
    workspace.until(renewed);
    workspace.happens(renewed, pending(renewal));
    const once = workspace.life.subscription;
    expect(workspace.happens(renewed, pending(renewal))).toEqual([]);
    expect(workspace.life.subscription).toEqual(once);
  });
});
