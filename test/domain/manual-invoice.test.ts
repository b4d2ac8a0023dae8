import { describe, expect, test } from 'vitest';
import { closingOf } from '../../src/domain/gates/gate.ts';
import type { EventKind } from '../../src/domain/life/lifecycle.ts';
import { minor } from '../../src/domain/values/money.ts';
import {
  announced,
  invoicesIn,
  ofKind,
  openWorkspace,
  termsOf,
  type Card,
  type Workspace,
} from './support.ts';

const terms = termsOf('studio');
const opened = '2026-01-10T00:00:00.000Z';
const asked = '2026-01-20T09:00:00.000Z';
const key = 'manual:request-1';

const invoice = (dueInDays: number | null): EventKind => ({
  kind: 'invoiceRequested',
  request: 'request-1',
  lines: [
    { description: 'Onboarding', quantity: 3, unitMinor: minor(120_000) },
    { description: 'Travel', quantity: 1, unitMinor: minor(45_050) },
  ],
  dueInDays,
  note: { purchaseOrder: 'PO-7', memo: 'Contract of January' },
});

/** On pro since January, by a card that always works. */
function onPro(card: Card = 'works'): Workspace {
  const workspace = openWorkspace(terms, { at: opened, clock: 'test' });
  workspace.happens(opened, { kind: 'paymentMethodAttached' });
  workspace.happens(opened, { kind: 'started', plan: 'pro', interval: 'month' });
  workspace.card = card;
  return workspace;
}

const paid: EventKind = { kind: 'invoicePaid', invoice: key, reason: 'manual', periodEnd: asked };

describe('an invoice for a custom amount', () => {
  test('has the lines that were written, and is sent to be paid by a local day’s end [4.35 K25]', () => {
    const workspace = openWorkspace(terms, { at: opened, timeZone: 'Asia/Tokyo' });
    const effects = workspace.happens(asked, invoice(30));
    expect(invoicesIn(effects)).toEqual([
      { key, lines: ['Onboarding: 3600.00', 'Travel: 450.50'], total: '4050.50 open' },
    ]);
    expect(ofKind(effects, 'issueInvoice')[0]?.invoice).toMatchObject({
      reason: 'manual',
      due: { at: '2026-02-19T15:00:00.000Z', days: 30 },
      note: { purchaseOrder: 'PO-7', memo: 'Contract of January' },
    });
    expect(ofKind(effects, 'sendInvoice')).toEqual([
      { kind: 'sendInvoice', invoice: key, days: 30 },
    ]);
    expect(ofKind(effects, 'collectInvoice')).toEqual([]);
    expect(workspace.life.sent).toEqual([{ invoice: key, dueAt: '2026-02-19T15:00:00.000Z' }]);
  });

  test('is charged to the method on file where it has no due date, and needs one [K25]', () => {
    const workspace = onPro();
    expect(ofKind(workspace.happens(asked, invoice(null)), 'collectInvoice')).toEqual([
      { kind: 'collectInvoice', invoice: key, try: 1 },
    ]);
    expect(openWorkspace(terms, { at: opened }).refuses(asked, invoice(null))).toEqual({
      kind: 'paymentMethodRequired',
    });
  });

  test('takes what the account has in credit, and asks for nothing where that is enough', () => {
    const workspace = onPro();
    const credit: EventKind = {
      kind: 'planPurchasePaid',
      payment: 'late',
      totalMinor: minor(500_000),
    };
    workspace.happens('2026-01-19T00:00:00.000Z', credit);
    const effects = workspace.happens(asked, invoice(30));
    expect(invoicesIn(effects)).toMatchObject([{ applied: '-5000.00', total: '-949.50 carried' }]);
    expect(ofKind(effects, 'sendInvoice')).toEqual([]);
    expect(workspace.life.accountCreditMinor).toBe(94_950n);
    expect(workspace.life.sent ?? []).toEqual([]);
  });

  test('that is paid in time changes nothing, and is told by a receipt', () => {
    const workspace = onPro();
    workspace.happens(asked, invoice(10));
    const effects = workspace.happens('2026-01-25T00:00:00.000Z', paid);
    expect(ofKind(effects, 'notify').map(({ notice }) => notice.kind)).toEqual(['receipt']);
    expect(workspace.life.sent).toEqual([]);
    workspace.until('2026-02-09T00:00:00.000Z');
    expect(workspace.life.subscription.status).toBe('active');
  });
});

describe('an invoice that nobody has paid by its day', () => {
  test('makes the plan past due, and the grace runs from that day [4.35]', () => {
    const workspace = onPro();
    workspace.happens(asked, invoice(10));
    workspace.until('2026-01-30T23:59:59.999Z');
    expect(workspace.life.subscription.status).toBe('active');
    const effects = workspace.until('2026-01-31T00:00:00.000Z');
    expect(announced(effects)).toEqual(['statusChanged pastDue pro', `invoiceOverdue ${key}`]);
    expect(ofKind(effects, 'notify').map(({ notice }) => notice.kind)).toEqual(['invoiceOverdue']);
    expect(workspace.life.subscription).toMatchObject({
      status: 'pastDue',
      dunning: { invoice: key, nextTryAt: null, gateClosesAt: '2026-02-14T00:00:00.000Z' },
    });
    expect(closingOf(workspace.life, terms, terms.usageFeature)?.at).toBe(
      '2026-02-14T00:00:00.000Z',
    );
  });

  test('is tried by no card on file, and by one that comes afterwards', () => {
    const workspace = onPro();
    workspace.happens(asked, invoice(0));
    expect(ofKind(workspace.until('2026-02-09T00:00:00.000Z'), 'collectInvoice')).toEqual([]);
    const effects = workspace.happens('2026-02-09T12:00:00.000Z', {
      kind: 'paymentMethodAttached',
    });
    expect(ofKind(effects, 'collectInvoice')).toMatchObject([{ invoice: key, try: 2 }]);
    expect(workspace.life.subscription.status).toBe('active');
  });

  test('is not charged because another invoice is paid before it, only to a card that comes afterwards', () => {
    const workspace = onPro();
    workspace.happens(asked, invoice(22));
    workspace.card = 'declines';
    workspace.until('2026-02-12T12:00:00.000Z');
    expect(workspace.life.subscription).toMatchObject({
      dunning: { waiting: [key], sent: [key] },
    });
    workspace.card = 'works';
    const tried = ofKind(workspace.until('2026-02-14T00:00:00.000Z'), 'collectInvoice');
    expect(tried).toMatchObject([{ invoice: 'renewal:2026-02-10T00:00:00.000Z', try: 2 }]);
    expect(workspace.life.subscription).toMatchObject({
      status: 'pastDue',
      dunning: { invoice: key, waiting: [], nextTryAt: null },
    });
    const afterwards = workspace.happens('2026-02-15T00:00:00.000Z', {
      kind: 'paymentMethodAttached',
    });
    expect(ofKind(afterwards, 'collectInvoice')).toMatchObject([{ invoice: key }]);
    expect(workspace.life.subscription.status).toBe('active');
  });

  test('is charged, as all that is overdue, to a card that comes while it waits', () => {
    const workspace = onPro();
    workspace.happens(asked, invoice(22));
    workspace.card = 'declines';
    workspace.until('2026-02-12T12:00:00.000Z');
    workspace.card = 'works';
    const at = '2026-02-12T13:00:00.000Z';
    const tried = ofKind(
      workspace.happens(at, { kind: 'paymentMethodAttached' }),
      'collectInvoice',
    );
    expect(tried.map((each) => each.invoice)).toEqual(['renewal:2026-02-10T00:00:00.000Z', key]);
    expect(workspace.life.subscription.status).toBe('active');
  });

  test('suspends after the grace, and brings the plan back when it is paid', () => {
    const workspace = onPro();
    workspace.happens(asked, invoice(10));
    workspace.until('2026-02-14T00:00:00.000Z');
    expect(workspace.life.subscription.status).toBe('suspended');
    workspace.happens('2026-02-14T12:00:00.000Z', paid);
    expect(workspace.life.subscription.status).toBe('active');
  });

  test('closes nothing where no plan is paid for, and is told all the same', () => {
    const workspace = openWorkspace(terms, { at: opened });
    workspace.happens(asked, invoice(10));
    const effects = workspace.until('2026-03-01T00:00:00.000Z');
    expect(announced(effects)).toEqual([`invoiceOverdue ${key}`]);
    expect(workspace.life.subscription.status).toBe('none');
    expect(workspace.deadlines).toEqual(['invoiceDue']);
  });
});
