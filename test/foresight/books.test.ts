import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { burnable, burnDown } from '../../src/domain/credits/burn-down.ts';
import { addMinutes, type Instant } from '../../src/domain/values/calendar.ts';
import { micro } from '../../src/domain/values/money.ts';
import type { BurnComparator, GrantKind } from '../../src/domain/terms/terms.ts';
import { Books, type CreditNews, type NewGrant } from '../../src/foresight/books.ts';

const start = '2026-01-01T00:00:00.000Z';
const order: readonly BurnComparator[] = [
  { kind: ['included', 'promo', 'topUp'] },
  'expiresSoonest',
  'oldest',
];

function grant(sourceKey: string, credits: number, changes: Partial<NewGrant> = {}): NewGrant {
  const amountMicro = micro(credits);
  const life = { effectiveAt: start, expiresAt: null };
  return { grantKind: 'topUp', amountMicro, sourceKey, ...life, ...changes };
}

describe('books in memory', () => {
  test('grant once per source key, and charge a call whole or not at all', () => {
    const books = new Books(order, () => undefined);
    books.grant(grant('topUp:1', 10));
    books.grant(grant('topUp:1', 10));
    expect(books.debit(start, micro(11))).toBe('outOfCredits');
    expect(books.debit(start, micro(10))).toBeNull();
    expect(books.totals()).toMatchObject({ grantedMicro: 10n, usedMicro: 10n, availableMicro: 0n });
  });

  test('turn an order at its own instant, after what ended then is gone', () => {
    const news: CreditNews[] = [];
    const books = new Books(order, (one) => news.push(one));
    const end = '2026-02-01T00:00:00.000Z';
    books.grant(grant('included:1', 10, { grantKind: 'included', expiresAt: end }));
    const amountMicro = micro(7);
    const window = { startsAt: end, endsAt: '2026-03-01T00:00:00.000Z' };
    const next = { amountMicro, sourceKey: 'included:2', rollover: null };
    books.place({ kind: 'placeOrder', ...window, ...next });
    expect(books.availableMicro('2026-01-31T23:59:59.999Z')).toBe(10n);
    expect(books.availableMicro(end)).toBe(7n);
    expect(news.map(({ kind, sourceKey }) => `${kind} ${sourceKey}`)).toEqual([
      'granted included:1',
      'expired included:1',
      'granted included:2',
    ]);
  });

  test('void what is unspent, and refuse by the gate from its instant on', () => {
    const books = new Books(order, () => undefined);
    books.grant(grant('included:1:a', 10, { grantKind: 'included' }));
    books.grant(grant('topUp:1', 5));
    expect(books.debit(start, micro(3))).toBeNull();
    books.void(start, 'voided', (key) => key.startsWith('included:1'));
    expect(books.totals()).toMatchObject({ voidedMicro: 7n, availableMicro: 5n });
    books.setGate({ closesAt: '2026-01-02T00:00:00.000Z', code: 'suspended' });
    expect(books.debit('2026-01-01T23:59:59.999Z', micro(1))).toBeNull();
    expect(books.debit('2026-01-02T00:00:00.000Z', micro(1))).toBe('suspended');
  });

  test('charge as the kernel burns down, whatever was granted and whenever', () => {
    const someGrant = fc.record({
      kind: fc.constantFrom<GrantKind>('included', 'promo', 'topUp', 'adjustment'),
      amount: fc.integer({ min: 1, max: 30 }),
      from: fc.integer({ min: 0, max: 50 }),
      lasts: fc.option(fc.integer({ min: 1, max: 60 })),
    });
    const minute = (count: number): Instant => addMinutes(start, count);
    fc.assert(
      fc.property(
        fc.array(someGrant, { maxLength: 6 }),
        fc.array(fc.tuple(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: 25 })), {
          maxLength: 30,
        }),
        (grants, calls) => {
          const books = new Books(order, () => undefined);
          let kernel = grants.map(({ kind, amount, from, lasts }, index) => {
            const effectiveAt = minute(from);
            const expiresAt = lasts === null ? null : minute(from + lasts);
            const life = { effectiveAt, expiresAt };
            books.grant(grant(`g${index}`, amount, { grantKind: kind, ...life }));
            const burns = { grantNo: index + 1, kind, priority: 0, earmark: null, ...life };
            return { ...burns, remainingMicro: micro(amount) };
          });
          let now = 0;
          for (const [later, amount] of calls) {
            now += later;
            const at = minute(now);
            const live = burnable(kernel, { at, earmark: null });
            const { burns, shortMicro } = burnDown(live, order, micro(amount));
            expect(books.debit(at, micro(amount))).toBe(shortMicro > 0n ? 'outOfCredits' : null);
            if (shortMicro > 0n) continue;
            kernel = kernel.map((one) => {
              const burnt = burns.find(({ grantNo }) => grantNo === one.grantNo)?.amountMicro ?? 0n;
              return { ...one, remainingMicro: micro(one.remainingMicro - burnt) };
            });
            const left = burnable(kernel, { at, earmark: null });
            const sum = left.reduce((all, { remainingMicro }) => all + remainingMicro, 0n);
            expect(books.availableMicro(at)).toBe(sum);
          }
        },
      ),
      { numRuns: 300, seed: 11 },
    );
  });
});
