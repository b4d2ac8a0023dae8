import { describe, expect, test } from 'vitest';
import type { Instant } from '../../src/domain/values/calendar.ts';
import { closingOf } from '../../src/domain/gates/gate.ts';
import type { EventKind } from '../../src/domain/life/lifecycle.ts';
import { entitlements } from '../../src/domain/gates/entitlement.ts';
import { micro } from '../../src/domain/values/money.ts';
import { grantsIn, invoicesIn, ofKind, openWorkspace, termsOf, type Workspace } from './support.ts';

const terms = termsOf('agents');
const opened = '2026-01-10T09:00:00.000Z';
const trialEnd = '2026-01-24T09:00:00.000Z';

const changeTo = (plan: string): EventKind => ({
  kind: 'planChangeRequested',
  plan,
  interval: 'month',
  payment: 'p1',
  returnTo: null,
  preview: null,
});

const started = (plan: string): Workspace => {
  const workspace = openWorkspace(terms, { at: opened });
  workspace.happens(opened, { kind: 'started', plan, interval: 'month' });
  return workspace;
};

const closedAt = ({ life }: Workspace, at: Instant): string[] =>
  entitlements({ life, terms, availableMicro: micro(1), at })
    .filter(({ allowed }) => !allowed)
    .map(({ feature }) => feature);

describe('a trial of Pro', () => {
  test('pauses new runs at its end, and nothing else [4.27 4.28]', () => {
    const workspace = started('pro');
    expect(closingOf(workspace.life, terms, 'newRuns')).toEqual({
      closer: 'trialEnded',
      at: trialEnd,
    });
    workspace.until(trialEnd);
    expect(workspace.life.subscription.status).toBe('trialEnded');
    expect(closedAt(workspace, trialEnd)).toEqual(['newRuns']);
  });

  test('a payment method resumes them the moment it is there [4.27 4.29]', () => {
    const workspace = started('pro');
    const at = '2026-02-03T10:00:00.000Z';
    const effects = workspace.happens(at, { kind: 'paymentMethodAttached' });
    expect(workspace.life.subscription.status).toBe('active');
    expect(ofKind(effects, 'setGate').at(0)?.gate).toMatchObject({ code: 'suspended' });
    expect(closedAt(workspace, at)).toEqual([]);
    expect(grantsIn(effects)).toEqual([
      'included:2026-02-03T10:00:00.000Z: 30 until 2026-03-03T10:00:00.000Z',
    ]);
  });

  test('so does Free, without one [4.27]', () => {
    const workspace = started('pro');
    const at = '2026-02-03T10:00:00.000Z';
    const effects = workspace.happens(at, changeTo('free'));
    expect(workspace.life.subscription.status).toBe('free');
    expect(closedAt(workspace, at)).toEqual([]);
    expect(invoicesIn(effects)).toEqual([]);
  });
});

describe('a change of plan', () => {
  const payingForPro = (): Workspace => {
    const workspace = started('free');
    workspace.happens(opened, { kind: 'paymentMethodAttached' });
    workspace.happens('2026-01-20T09:00:00.000Z', changeTo('pro'));
    return workspace;
  };

  test('from Free to Pro is immediate, and charged to the method on file [4.19]', () => {
    const workspace = started('free');
    workspace.happens(opened, { kind: 'paymentMethodAttached' });
    const effects = workspace.happens('2026-01-20T09:00:00.000Z', changeTo('pro'));
    expect(workspace.life.subscription).toMatchObject({ status: 'active', plan: 'pro' });
    expect(ofKind(effects, 'openCheckout')).toEqual([]);
    expect(invoicesIn(effects)).toMatchObject([
      { lines: ['Pro, by the month: 49.00'], total: '49.00 open' },
    ]);
  });

  test('to Pro is invoiced by itself from then on, each cycle once [4.37]', () => {
    const effects = payingForPro().until('2026-04-21T00:00:00.000Z');
    expect(invoicesIn(effects)).toEqual(
      ['2026-02-20', '2026-03-20', '2026-04-20'].map((day) => ({
        key: `renewal:${day}T09:00:00.000Z`,
        lines: ['Pro, by the month: 49.00'],
        total: '49.00 open',
      })),
    );
  });

  test('down to Free happens at the end of the billing period [4.20]', () => {
    const workspace = payingForPro();
    workspace.happens('2026-01-25T09:00:00.000Z', changeTo('free'));
    expect(workspace.life.subscription).toMatchObject({ status: 'active', plan: 'pro' });
    workspace.until('2026-02-20T08:59:59.999Z');
    expect(workspace.life.subscription.status).toBe('active');
    workspace.until('2026-02-20T09:00:00.000Z');
    expect(workspace.life.subscription).toMatchObject({ status: 'free', plan: 'free' });
  });

  test('to Enterprise is by contract [4.04]', () => {
    expect(payingForPro().refuses('2026-01-25T09:00:00.000Z', changeTo('enterprise'))).toEqual({
      kind: 'contactSales',
      plan: 'enterprise',
      contact: 'https://agents.example/sales',
    });
  });
});

test('Free is never invoiced', () => {
  expect(invoicesIn(started('free').until('2026-12-31T00:00:00.000Z'))).toEqual([]);
});

test('a new method does not try an overdue invoice before its date [4.17]', () => {
  const workspace = started('free');
  workspace.happens(opened, { kind: 'paymentMethodAttached' });
  workspace.happens(opened, changeTo('pro'));
  workspace.card = 'declines';
  workspace.until('2026-02-11T09:00:00.000Z');
  expect(workspace.life.subscription.status).toBe('pastDue');
  workspace.card = 'works';
  const attached = workspace.happens('2026-02-11T10:00:00.000Z', { kind: 'paymentMethodAttached' });
  expect(ofKind(attached, 'collectInvoice')).toEqual([]);
  workspace.until('2026-02-14T09:00:00.000Z');
  expect(workspace.life.subscription.status).toBe('active');
});
