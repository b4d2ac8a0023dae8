import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LedgerAccount } from '../../../src/ports/ledger.ts';
import type { PastBalance } from '../../../src/ports/tracing.ts';
import { tracing } from '../../../src/store/tracing.ts';
import { drawing } from '../../support/drawing.ts';
import { useBooks } from './books.ts';
import { Run } from './program.ts';
import { takeWild, wild } from './wild-steps.ts';

const books = useBooks();

const policy = fc.record({
  debtAtReset: fc.constantFrom('carry' as const, 'forgive' as const),
  holdSurvivesExpiry: fc.boolean(),
  refundOfExpired: fc.constantFrom('lost' as const, { promoDays: 1 }),
});
const program = fc.array(wild, { minLength: 20, maxLength: 50 });

test('random programs of every operation and correction keep the ledger’s identities', async () => {
  await fc.assert(
    fc.asyncProperty(policy, program, async (terms, steps) => {
      const run = new Run(books, await books.workspace(terms));
      for (const step of steps) await takeWild(run, step);
      expect(await books.audit()).toEqual([]);
    }),
    drawing({ numRuns: 25, seed: 20260102 }),
  );
});

/** What both ways of asking tell: totals, and what is left and held of each grant. */
const toldOf = (
  balance: Omit<PastBalance, 'asOf' | 'grants'> & {
    readonly grants: readonly Pick<
      PastBalance['grants'][number],
      'grantNo' | 'amountMicro' | 'remainingMicro' | 'heldMicro'
    >[];
  },
) => ({
  available: balance.availableMicro,
  held: balance.heldMicro,
  debt: balance.debtMicro,
  grants: balance.grants
    .map((grant) => [grant.grantNo, grant.amountMicro, grant.remainingMicro, grant.heldMicro])
    .toSorted(([a], [b]) => Number(a) - Number(b)),
});

const balanceNow = async (account: LedgerAccount) => {
  const balance = await books.ledger.balance(account);
  if (balance === undefined) throw new Error('no such workspace');
  return balance;
};

test('the balance asked later as of an instant is the balance that was told then', async () => {
  await fc.assert(
    fc.asyncProperty(policy, program, async (terms, steps) => {
      const run = new Run(books, await books.workspace(terms));
      const told = new Map<string, ReturnType<typeof toldOf>>();
      for (const step of steps) {
        await takeWild(run, step);
        const now = await balanceNow(run.account);
        told.set(new Date(Date.parse(now.at) + 1).toISOString(), toldOf(now));
      }
      for (const [asOf, balance] of told) {
        const then = await tracing(books.sql).balanceAt(run.account, asOf);
        if (then === undefined) throw new Error('no such workspace');
        expect([asOf, toldOf(then)]).toEqual([asOf, balance]);
        for (const grant of then.grants) {
          const booked = Object.values(grant.booked).reduce((a, b) => a + b, 0n);
          expect(grant.remainingMicro + grant.heldMicro + booked).toBe(grant.amountMicro);
        }
      }
    }),
    drawing({ numRuns: 15, seed: 20260103 }),
  );
});
