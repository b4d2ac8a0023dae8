import { describe, expect, test } from 'vitest';
import type { Terms } from '../../src/domain/terms/terms.ts';
import { invoicesIn, ofKind, openWorkspace, termsOf } from './support.ts';

const opened = '2026-01-10T09:00:00.000Z';

const termsThat = (zeroAmount: Terms['invoices']['zeroAmount']): Terms =>
  termsOf('agents', (own) => ({ ...own, invoices: { ...own.invoices, zeroAmount } }));

/** Invoices of a plan that costs nothing, until the first of April. */
const freeSpring = (zeroAmount: Terms['invoices']['zeroAmount']) => {
  const workspace = openWorkspace(termsThat(zeroAmount), { at: opened, clock: 'test' });
  const started = workspace.happens(opened, { kind: 'started', plan: 'free', interval: 'month' });
  return [...started, ...workspace.until('2026-04-01T00:00:00.000Z')];
};

describe('a period that costs nothing [0.22 K24]', () => {
  test('makes no invoice where the catalog skips them', () => {
    expect(invoicesIn(freeSpring('skip'))).toEqual([]);
  });

  test('makes one of nothing where it issues them, paid and never collected', () => {
    const effects = freeSpring('issue');
    const lines = ['Nothing to pay for this period: 0.00'];
    expect(invoicesIn(effects)).toEqual(
      ['2026-01-10T09', '2026-02-10T09', '2026-03-10T09'].map((start) => ({
        ...{ key: `free:${start}:00:00.000Z`, lines, total: '0.00 paid' },
      })),
    );
    expect(ofKind(effects, 'collectInvoice')).toEqual([]);
  });
});
