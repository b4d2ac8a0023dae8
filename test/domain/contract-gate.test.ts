import { expect, test } from 'vitest';
import { closingOf } from '../../src/domain/gates/gate.ts';
import { minor } from '../../src/domain/values/money.ts';
import { ofKind, openWorkspace, termsOf } from './support.ts';
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
