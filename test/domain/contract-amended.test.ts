import { describe, expect, test } from 'vitest';
import type { Contract } from '../../src/domain/contract.ts';
import { minor } from '../../src/domain/money.ts';
import { paidOf } from '../../src/domain/stepping.ts';
import { agree } from './contract-support.ts';
import {
  announced,
  grantsIn,
  invoicesIn,
  openWorkspace,
  termsOf,
  type Workspace,
} from './support.ts';

const signed = '2026-01-20T09:00:00.000Z';

const fresh = (): Workspace => openWorkspace(termsOf('studio'), { at: signed, clock: 'test' });

describe('a contract in place of another', () => {
  test('begins when the running term ends, with its own price, credits and length', () => {
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

  test('agreed on twice is one contract, and agreed on once more takes back what was to follow', () => {
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
