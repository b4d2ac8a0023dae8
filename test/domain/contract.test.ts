import { describe, expect, test } from 'vitest';
import { contractEndsAt, termsUnder } from '../../src/domain/terms/contract.ts';
import { closingOf } from '../../src/domain/gates/gate.ts';
import type { EventKind } from '../../src/domain/life/lifecycle.ts';
import { nextInvoice } from '../../src/domain/invoices/next-invoice.ts';
import { paidOf } from '../../src/domain/life/stepping.ts';
import { planOf } from '../../src/domain/terms/terms.ts';
import { agree, enterprise, paid } from './contract-support.ts';
import {
  announced,
  grantsIn,
  invoicesIn,
  ofKind,
  openWorkspace,
  orderIn,
  termsOf,
  type Product,
  type Workspace,
} from './support.ts';

const terms = termsOf('studio');
const opened = '2026-01-10T00:00:00.000Z';
const signed = '2026-01-20T09:00:00.000Z';

const fresh = (product: Product = 'studio'): Workspace =>
  openWorkspace(termsOf(product), { at: opened, clock: 'test' });

const onPro = (): Workspace => {
  const workspace = fresh();
  workspace.happens(opened, { kind: 'paymentMethodAttached' });
  workspace.happens(opened, { kind: 'started', plan: 'pro', interval: 'month' });
  return workspace;
};

describe('a contract’s terms', () => {
  test('are the catalog’s but for the plan’s figures and the days to pay in [4.04 4.35]', () => {
    const under = termsUnder(enterprise, terms);
    const plan = planOf(under, 'enterprise');
    expect(plan.prices).toEqual({ month: { baseMinor: 90_000n, perSeatMinor: 2_000n } });
    expect(plan.included).toMatchObject({ baseMicro: 500_000_000n, perSeatMicro: 10_000_000n });
    expect(plan.features).toEqual(planOf(terms, 'enterprise').features);
    expect(planOf(under, 'pro')).toEqual(planOf(terms, 'pro'));
    expect(under.invoices).toEqual({
      ...terms.invoices,
      agreed: { days: 30, purchaseOrder: 'PO-7' },
    });
  });

  test('take an older contract’s place, and without one are as published', () => {
    const under = termsUnder(enterprise, terms);
    expect(termsUnder(undefined, under)).toEqual(terms);
    expect(termsUnder({ ...enterprise, netDays: 5 }, under)).toEqual(
      termsUnder({ ...enterprise, netDays: 5 }, terms),
    );
  });
});

describe('a contract that is agreed on', () => {
  test('begins now: its first invoice is sent, its credits are there [2.34 4.35]', () => {
    const workspace = fresh();
    const effects = workspace.happens(signed, agree());
    expect(invoicesIn(effects)).toEqual([
      {
        key: `start:${signed}`,
        lines: ['Enterprise, by the month: 900.00', 'Enterprise, seats: 20.00'],
        total: '920.00 open',
      },
    ]);
    expect(ofKind(effects, 'issueInvoice')[0]?.invoice).toMatchObject({
      due: { at: '2026-02-20T00:00:00.000Z', days: 30 },
      note: { purchaseOrder: 'PO-7', memo: null },
    });
    expect(ofKind(effects, 'sendInvoice')).toHaveLength(1);
    expect(ofKind(effects, 'collectInvoice')).toEqual([]);
    expect(grantsIn(effects)).toEqual(['included:2026-01: 510 until 2026-02-01T00:00:00.000Z']);
    expect(orderIn(effects)).toContain('included:2026-02: 510 from');
    expect(announced(effects)).toContain('contractBegan contract-1 enterprise');
    expect(workspace.life.subscription).toMatchObject({ status: 'active', plan: 'enterprise' });
  });

  test('credits what is unused of a plan that is paid for, and adds what the window lacks [4.35]', () => {
    const workspace = onPro();
    const effects = workspace.happens(signed, agree());
    expect(invoicesIn(effects)).toMatchObject([
      {
        key: 'contract:contract-1',
        lines: [
          'Enterprise, by the month: 900.00',
          'Enterprise, seats: 20.00',
          expect.stringMatching(/^Unused time: Pro.*: -\d+\.\d\d$/),
        ],
      },
    ]);
    expect(grantsIn(effects)).toEqual([
      expect.stringMatching(/^included:2026-01:to:enterprise: \d+ until 2026-02-01/),
    ]);
    expect(paidOf(workspace.life)).toMatchObject({ anchor: signed, paidUntil: signed });
  });

  test('with no days to pay in is charged to the method on file, and sent where there is none [4.35]', () => {
    const charged = onPro().happens(signed, agree({ netDays: 0 }));
    expect(ofKind(charged, 'collectInvoice')).toHaveLength(1);
    expect(ofKind(charged, 'sendInvoice')).toEqual([]);
    const sent = fresh().happens(signed, agree({ netDays: 0 }));
    expect(ofKind(sent, 'issueInvoice')[0]?.invoice.due).toEqual({
      at: '2026-01-21T00:00:00.000Z',
      days: 0,
    });
    expect(ofKind(sent, 'collectInvoice')).toEqual([]);
  });

  test('stays open while its invoices are not due, however long that is [4.35]', () => {
    const workspace = fresh();
    workspace.happens(signed, agree({ netDays: 90 }));
    workspace.until('2026-04-20T23:59:59.000Z');
    expect(workspace.life.subscription.status).toBe('active');
    expect(workspace.life.sent).toHaveLength(4);
    const first = workspace.life.sent?.[0]?.invoice ?? 'none';
    // Studio’s grace of fourteen days begins with the first invoice’s last day.
    expect(closingOf(workspace.life, terms, terms.usageFeature)?.at).toBe(
      '2026-05-05T00:00:00.000Z',
    );
    workspace.until('2026-04-21T00:00:00.000Z');
    expect(workspace.life.subscription.status).toBe('pastDue');
    workspace.happens('2026-04-22T00:00:00.000Z', paid(first, '2026-02-20T09:00:00.000Z'));
    expect(workspace.life.subscription.status).toBe('active');
  });

  test('is of one plan alone: what anybody can have, and what cannot follow, is refused [2.34]', () => {
    const refuse = (change: Parameters<typeof agree>[0]) => fresh().refuses(signed, agree(change));
    expect(refuse({ plan: 'gold' })).toEqual({ kind: 'unknownPlan', plan: 'gold' });
    expect(refuse({ plan: 'pro' })).toEqual({ kind: 'cannotAgree', why: 'soldToAnybody' });
    expect(refuse({ interval: 'year', months: 18 })).toMatchObject({ why: 'brokenLength' });
    const plans = ['gold', 'enterprise'];
    for (const plan of plans) {
      expect(refuse({ follows: { plan, interval: 'month' } })).toMatchObject({
        why: 'cannotFollow',
      });
    }
    expect(refuse({ follows: { plan: 'pro', interval: 'quarter' } })).toMatchObject({
      why: 'cannotFollow',
    });
    const behind = onPro();
    behind.card = 'declines';
    expect(behind.refuses('2026-02-12T00:00:00.000Z', agree())).toEqual({ kind: 'paymentOverdue' });
  });

  test('is not left without asking the contact [4.04]', () => {
    const workspace = fresh();
    workspace.happens(signed, agree());
    const contact = {
      kind: 'contactSales',
      plan: 'enterprise',
      contact: 'https://studio.example/contact',
    };
    const wishes: readonly EventKind[] = [
      { kind: 'cancelRequested', when: 'now' },
      { kind: 'cancelRequested', when: 'periodEnd' },
      { kind: 'scheduledChangeCanceled' },
      { kind: 'reactivated' },
      {
        kind: 'planChangeRequested',
        plan: 'free',
        interval: 'month',
        payment: 'p',
        returnTo: null,
        preview: null,
      },
    ];
    for (const wish of wishes) expect(workspace.refuses(signed, wish)).toEqual(contact);
  });
});

describe('a contract that goes on', () => {
  test('charges a seat that is added for the rest of its term, by its days', () => {
    const workspace = fresh('team');
    workspace.happens(signed, agree());
    workspace.happens('2026-02-05T12:00:00.000Z', { kind: 'memberAccepted', member: 'bob' });
    const effects = workspace.until('2026-02-06T00:00:00.000Z');
    expect(invoicesIn(effects)).toMatchObject([{ total: '9.68 open' }]);
    expect(ofKind(effects, 'issueInvoice')[0]?.invoice.due).toEqual({
      at: '2026-03-09T00:00:00.000Z',
      days: 30,
    });
  });

  test('renews each term at its price, and the same again at its end [4.04]', () => {
    const workspace = fresh();
    workspace.happens(signed, { kind: 'paymentMethodAttached' });
    workspace.happens(signed, agree({ interval: 'quarter', months: 6, netDays: 0 }));
    const { life } = workspace;
    expect(nextInvoice(life, terms)).toMatchObject({ totalMinor: 92_000n });
    const effects = workspace.until('2026-07-20T09:00:00.000Z');
    expect(invoicesIn(effects)).toMatchObject([
      { key: 'renewal:2026-04-20T09:00:00.000Z', total: '920.00 open' },
      { key: 'renewal:2026-07-20T09:00:00.000Z', total: '920.00 open' },
    ]);
    expect(announced(effects)).toContain('contractRenewed contract-1 enterprise');
    expect(workspace.life.contract).toMatchObject({ termsLeft: 1 });
  });

  test('has its end counted in whole terms from its beginning [4.04]', () => {
    const workspace = fresh();
    workspace.happens('2026-01-31T09:00:00.000Z', agree());
    workspace.until('2026-03-05T00:00:00.000Z');
    const { contract, timeZone } = workspace.life;
    const running = paidOf(workspace.life);
    if (contract === undefined || running === undefined) throw new Error('no contract runs');
    expect(contractEndsAt(contract, running, timeZone)).toBe('2027-01-31T09:00:00.000Z');
  });
});

describe('a contract that ends', () => {
  const thenPro = { follows: { plan: 'pro', interval: 'month' }, months: 2 } as const;

  test('gives way to the plan that it names, at its last instant, as was told a term before [4.04]', () => {
    const workspace = fresh();
    workspace.happens(signed, agree({ ...thenPro, netDays: 60 }));
    workspace.happens(signed, { kind: 'paymentMethodAttached' });
    expect(paidOf(workspace.life)?.scheduled).toBeNull();
    const lastTerm = workspace.until('2026-02-20T09:00:00.000Z');
    expect(announced(lastTerm)).toContain('changeScheduled pro month');
    expect(
      ofKind(lastTerm, 'notify').filter(({ notice }) => notice.kind === 'changeScheduled'),
    ).toHaveLength(1);
    const end = workspace.until('2026-03-20T09:00:00.000Z');
    expect(announced(end)).toEqual(
      expect.arrayContaining(['planChanged enterprise pro', 'contractEnded contract-1 enterprise']),
    );
    expect(workspace.life.contract).toBeUndefined();
    expect(workspace.life.subscription).toMatchObject({ status: 'active', plan: 'pro' });
    // What follows is anybody’s: charged to the card, at the catalog’s price.
    expect(ofKind(end, 'collectInvoice')).toHaveLength(1);
    expect(orderIn(end)).toContain('included:2026-04: ');
  });

  test('of one term alone has what follows scheduled from the first day on', () => {
    const workspace = fresh();
    const effects = workspace.happens(signed, agree({ ...thenPro, months: 1 }));
    expect(announced(effects)).toContain('changeScheduled pro month');
    expect(paidOf(workspace.life)?.scheduled).toEqual({
      kind: 'plan',
      plan: 'pro',
      interval: 'month',
    });
  });

  test('tells three days before that nothing is on file for a plan that follows, but for no renewal', () => {
    const workspace = fresh();
    workspace.happens(signed, agree({ ...thenPro, netDays: 60 }));
    const before = ofKind(workspace.until('2026-02-21T00:00:00.000Z'), 'notify');
    expect(before.map(({ notice }) => notice.kind)).not.toContain('methodMissing');
    const told = ofKind(workspace.until('2026-03-18T00:00:00.000Z'), 'notify');
    expect(told.map(({ notice }) => notice)).toMatchObject([
      { kind: 'methodMissing', planName: 'Pro', renewsAt: '2026-03-20T09:00:00.000Z' },
    ]);
  });

  test('is ended by an operator when the running term does [4.04]', () => {
    const workspace = fresh();
    workspace.happens(signed, agree({ netDays: 60 }));
    expect(announced(workspace.happens(signed, { kind: 'contractEndRequested' }))).toEqual([
      'changeScheduled none',
    ]);
    workspace.until('2026-02-20T08:59:59.000Z');
    expect(workspace.life.subscription.status).toBe('active');
    workspace.until('2026-02-20T09:00:00.000Z');
    expect(workspace.life.subscription).toMatchObject({ status: 'canceled', plan: 'enterprise' });
    expect(workspace.life.contract).toBeUndefined();
    expect(workspace.refuses('2026-02-21T00:00:00.000Z', { kind: 'contractEndRequested' })).toEqual(
      {
        kind: 'noContract',
      },
    );
  });

  test('that nobody has paid ends as the catalog says, and the contract with it', () => {
    const workspace = openWorkspace(
      termsOf('studio', (as) => ({ ...as, pastDue: { ...as.pastDue, finalState: 'canceled' } })),
      { at: opened },
    );
    workspace.happens(signed, agree());
    workspace.until('2026-03-06T00:00:00.000Z');
    expect(workspace.life.subscription.status).toBe('canceled');
    expect(workspace.life.contract).toBeUndefined();
  });
});
