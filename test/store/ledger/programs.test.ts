import fc from 'fast-check';
import { expect, test } from 'vitest';
import { drawing } from '../../support/drawing.ts';
import { studioOrder, teamOrder, useBooks } from './books.ts';
import { Twin } from './twin.ts';
import { programs } from './twin-steps.ts';

const books = useBooks();

test('random programs are answered as the domain’s account answers them, balance by balance', async () => {
  const orders = fc.constantFrom(studioOrder, teamOrder, ['priority', ...studioOrder] as const);
  const refunds = fc.constantFrom('lost' as const, { promoDays: 1 });
  await fc.assert(
    fc.asyncProperty(
      orders,
      refunds,
      fc.constantFrom('carry' as const, 'forgive' as const),
      programs({ min: 20, max: 60 }),
      async (order, refundOfExpired, debtAtReset, steps) => {
        const account = await books.workspace({ burnOrder: order, refundOfExpired, debtAtReset });
        const twin = new Twin(books, account, { order, refundOfExpired, debtAtReset });
        try {
          for (const step of steps) {
            await twin.take(step);
            await twin.expectSame();
          }
          await twin.expectSameGrants();
        } finally {
          await twin.stop();
        }
      },
    ),
    drawing({ numRuns: 12, seed: 20260101 }),
  );
  expect(await books.audit()).toEqual([]);
});
