import fc from 'fast-check';
import { expect, test } from 'vitest';
import { drawing } from '../../support/drawing.ts';
import { useBooks } from './books.ts';
import { Twin } from './twin.ts';
import { policy, programs } from './twin-steps.ts';

const books = useBooks();

test('random programs are answered as the domain’s account answers them, balance by balance', async () => {
  await fc.assert(
    fc.asyncProperty(policy, programs({ min: 20, max: 60 }), async (rules, steps) => {
      const account = await books.workspace({ ...rules, burnOrder: rules.order });
      const twin = new Twin(books, account, rules);
      try {
        for (const step of steps) {
          await twin.take(step);
          await twin.expectSame();
        }
        await twin.expectSameGrants();
      } finally {
        await twin.stop();
      }
    }),
    drawing({ numRuns: 20, seed: 20260101 }),
  );
  expect(await books.audit()).toEqual([]);
});
