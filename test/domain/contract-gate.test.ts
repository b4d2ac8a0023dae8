import { describe, expect, test } from 'vitest';
import { closingOf } from '../../src/domain/gates/gate.ts';
import type { EventKind } from '../../src/domain/life/lifecycle.ts';
import { minor } from '../../src/domain/values/money.ts';
import { ofKind, openWorkspace, termsOf, type Workspace } from './support.ts';
import { paidOf } from '../../src/domain/life/stepping.ts';
import { agree, paid } from './contract-support.ts';

const signed = '2026-01-20T09:00:00.000Z';

const closesAt = (workspace: ReturnType<typeof openWorkspace>): string | undefined =>
  closingOf(workspace.life, workspace.terms, workspace.terms.usageFeature)?.at;

test('an invoice by hand is no invoice of the contract: its day moves no gate [4.35]', () => {
  const workspace = openWorkspace(termsOf('studio'), { at: signed });
  workspace.happens(signed, { kind: 'paymentMethodAttached' });
  workspace.happens(signed, agree({ netDays: 0 }));
  // Paid until the twentieth of February, and fourteen days of grace.
  expect(closesAt(workspace)).toBe('2026-03-06T09:00:00.000Z');
  const note = { purchaseOrder: null, memo: null };
  const lines = [{ description: 'Workshop', quantity: 1, unitMinor: minor(5_000) }];
  const byHand = { kind: 'invoiceRequested', request: 'r1', dueInDays: 120, lines, note } as const;
  workspace.happens(signed, byHand);
  expect(closesAt(workspace)).toBe('2026-03-06T09:00:00.000Z');
});

test('a seat that is to be paid behind the term moves the gate, and the ledger is told [4.35]', () => {
  const workspace = openWorkspace(termsOf('team'), { at: signed });
  workspace.happens(signed, agree());
  const first = workspace.life.sent?.[0]?.invoice ?? 'none';
  workspace.happens(signed, paid(first, '2026-02-20T09:00:00.000Z'));
  workspace.happens('2026-02-05T12:00:00.000Z', { kind: 'memberAccepted', member: 'bob' });
  const before = closesAt(workspace);
  const gates = ofKind(workspace.until('2026-02-06T00:00:00.000Z'), 'setGate');
  const after = closesAt(workspace);
  expect(before).toBe('2026-03-06T09:00:00.000Z');
  expect(after).toBe('2026-03-23T00:00:00.000Z');
  expect(gates.map(({ gate }) => gate?.closesAt)).toEqual([after]);
});

/** Two months under a contract, of which only the first is paid; the second is to be paid by the twentieth of June. */
function untilTheContractIsOver(...next: EventKind[]): Workspace {
  const workspace = openWorkspace(termsOf('studio'), { at: signed });
  workspace.happens(signed, { kind: 'paymentMethodAttached' });
  const follows = { plan: 'team', interval: 'month' } as const;
  workspace.happens(signed, agree({ months: 2, netDays: 120, follows }));
  const first = workspace.life.sent?.[0]?.invoice ?? 'none';
  workspace.happens(signed, paid(first, '2026-02-20T09:00:00.000Z'));
  for (const event of next) workspace.happens('2026-03-01T00:00:00.000Z', event);
  workspace.until('2026-03-20T09:00:00.000Z');
  return workspace;
}

describe('a contract that is over before its last invoice is due', () => {
  test('closes nothing: the plan that follows is owed from its own beginning [4.35]', () => {
    const workspace = untilTheContractIsOver();
    const sent = workspace.life.sent?.map(({ dueAt }) => dueAt);
    expect(sent).toEqual(['2026-06-21T00:00:00.000Z']);
    expect(workspace.life.subscription).toMatchObject({ status: 'active', plan: 'team' });
    // Fourteen days of grace from the twentieth of March on, as for any plan that renews then.
    expect(closesAt(workspace)).toBe('2026-04-03T09:00:00.000Z');
  });

  test('leaves the plan that follows its grace where its card declines [4.35]', () => {
    const workspace = untilTheContractIsOver();
    workspace.card = 'declines';
    workspace.until('2026-03-20T10:00:00.000Z');
    expect(workspace.life.subscription.status).toBe('pastDue');
    expect(closesAt(workspace)).toBe('2026-04-03T09:00:00.000Z');
  });

  test('is owed on its own day beside the plan that is paid [4.35]', () => {
    const workspace = untilTheContractIsOver();
    workspace.until('2026-06-20T23:59:00.000Z');
    expect(paidOf(workspace.life)?.paidUntil).toBe('2026-07-20T09:00:00.000Z');
    expect(workspace.life.subscription.status).toBe('active');
    workspace.until('2026-06-21T00:00:00.000Z');
    expect(workspace.life.subscription.status).toBe('pastDue');
    expect(closesAt(workspace)).toBe('2026-07-05T00:00:00.000Z');
  });

  test('leaves a contract in its place its grace where the card declines [4.35]', () => {
    const workspace = untilTheContractIsOver(agree({ netDays: 0 }, 'contract-2'));
    workspace.card = 'declines';
    workspace.until('2026-03-20T10:00:00.000Z');
    expect(workspace.life.subscription).toMatchObject({ status: 'pastDue', plan: 'enterprise' });
    expect(closesAt(workspace)).toBe('2026-04-03T09:00:00.000Z');
  });
});
