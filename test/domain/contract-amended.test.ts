import { describe, expect, test } from 'vitest';
import type { Contract } from '../../src/domain/terms/contract.ts';
import { minor } from '../../src/domain/values/money.ts';
import { paidOf } from '../../src/domain/life/stepping.ts';
import type { EventKind } from '../../src/domain/life/lifecycle.ts';
import type { Terms } from '../../src/domain/terms/terms.ts';
import { agree, paid } from './contract-support.ts';
import {
  announced,
  grantsIn,
  invoicesIn,
  openWorkspace,
  orderIn,
  termsOf,
  type Workspace,
} from './support.ts';

const signed = '2026-01-20T09:00:00.000Z';

const terms = termsOf('studio');

const fresh = (): Workspace => openWorkspace(terms, { at: signed, clock: 'test' });

describe('a contract in place of another', () => {
  test('begins when the running term ends, with its own price, credits and length [4.04]', () => {
    const workspace = fresh();
    workspace.happens(signed, agree({ netDays: 90 }));
    const price = { baseMinor: minor(120_000), perSeatMinor: minor(1_000) };
    const better: Partial<Contract> = { price, interval: 'year', netDays: 60 };
    const effects = workspace.happens('2026-02-10T00:00:00.000Z', agree(better, 'contract-2'));
    expect(invoicesIn(effects)).toEqual([]);
    expect(grantsIn(effects)).toEqual([]);
    expect(announced(effects)).toEqual(['contractAmended contract-2 enterprise']);
    const begun = workspace.until('2026-02-20T09:00:00.000Z');
    expect(invoicesIn(begun)).toMatchObject([
      { lines: ['Enterprise, by the year: 1200.00', 'Enterprise, seats: 10.00'] },
    ]);
    expect(announced(begun)).toEqual(['contractBegan contract-2 enterprise']);
    expect(paidOf(workspace.life)).toMatchObject({
      interval: 'year',
      term: { start: '2026-02-20T09:00:00.000Z', end: '2027-02-20T09:00:00.000Z' },
    });
  });

  test('agreed on twice is one contract, and agreed on once more takes back what was to follow [4.04]', () => {
    const workspace = fresh();
    workspace.happens(signed, agree());
    expect(workspace.happens(signed, agree({}, 'contract-2'))).toEqual([]);
    workspace.happens(signed, agree({ netDays: 5 }, 'contract-3'));
    workspace.happens(signed, agree({ netDays: 5 }, 'contract-4'));
    expect(workspace.life.contract?.amended?.id).toBe('contract-3');
    workspace.happens(signed, agree({}, 'contract-5'));
    expect(workspace.life.contract).toMatchObject({ agreed: { id: 'contract-1' }, amended: null });
    workspace.happens(signed, { kind: 'contractEndRequested' });
    workspace.happens(signed, agree({}, 'contract-6'));
    expect(paidOf(workspace.life)?.scheduled).toBeNull();
  });
});

/** The next version of the catalog, in which everything but a contract's figures is another. */
const dearer = (rename: string): Terms => ({
  ...terms,
  version: 2,
  plans: terms.plans.map((plan) => ({
    ...plan,
    id: plan.id === 'enterprise' ? rename : plan.id,
    features: { ...plan.features, onPrem: true },
  })),
});

const moveTo = (to: Terms, when: 'periodEnd' | 'now', plan: string | null = null): EventKind => ({
  ...{ kind: 'termsChangeRequested', to, plan, when, preview: null },
});

describe('another version of the terms, under a contract', () => {
  test.each(['periodEnd', 'now'] as const)('keeps the contract’s figures (%s)', (when) => {
    const workspace = fresh();
    workspace.happens(signed, agree({ netDays: 60 }));
    const moved = workspace.happens(signed, moveTo(dearer('enterprise'), when));
    expect(invoicesIn(moved)).toEqual([]);
    expect(orderIn(moved)).toContain('included:2026-02: 510 from');
    const effects = workspace.until('2026-03-20T09:00:00.000Z');
    expect(workspace.life).toMatchObject({ termsVersion: 2, contract: { termsLeft: 9 } });
    const total = '920.00 open';
    expect(invoicesIn(effects)).toMatchObject([{ total }, { total }]);
    expect(orderIn(effects)).toContain('included:2026-04: 510 from');
  });

  test('is refused where it would leave the contract’s plan', () => {
    const workspace = fresh();
    workspace.happens(signed, agree());
    expect(workspace.refuses(signed, moveTo(dearer('gold'), 'now'))).toEqual({
      ...{ kind: 'cannotMove', why: 'planGone' },
    });
    expect(workspace.refuses(signed, moveTo(dearer('gold'), 'now', 'gold'))).toEqual({
      ...{ kind: 'cannotMove', why: 'underContract' },
    });
  });
});

describe('a contract that is suspended', () => {
  const pay = (invoice: string): EventKind => paid(invoice, '2026-02-20T09:00:00.000Z');

  test('goes on in its term once the invoice is paid, and is not amended before', () => {
    const workspace = fresh();
    workspace.happens(signed, agree({ netDays: 0 }));
    const invoice = workspace.life.sent?.[0]?.invoice ?? 'none';
    workspace.until('2026-02-04T00:00:00.000Z');
    expect(workspace.life.subscription.status).toBe('suspended');
    const now = '2026-02-05T00:00:00.000Z';
    expect(workspace.refuses(now, agree({ netDays: 9 }))).toEqual({ kind: 'paymentOverdue' });
    expect(workspace.refuses(now, { kind: 'contractEndRequested' })).toEqual({
      kind: 'paymentOverdue',
    });
    workspace.happens(now, pay(invoice));
    expect(workspace.life).toMatchObject({
      subscription: { status: 'active', term: { start: signed } },
      contract: { termsLeft: 11 },
    });
  });

  test('begins a term anew where its own has passed meanwhile, and none of its length is lost [4.04]', () => {
    const workspace = fresh();
    workspace.happens(signed, agree({ netDays: 0 }));
    const invoice = workspace.life.sent?.[0]?.invoice ?? 'none';
    const back = '2026-03-05T00:00:00.000Z';
    const effects = workspace.happens(back, pay(invoice));
    expect(workspace.life).toMatchObject({
      subscription: { status: 'active', term: { start: back } },
      contract: { termsLeft: 11 },
    });
    expect(invoicesIn(effects)).toMatchObject([{ total: '920.00 open' }]);
  });
});
