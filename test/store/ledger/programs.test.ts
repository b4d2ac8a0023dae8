import fc from 'fast-check';
import { expect, test } from 'vitest';
import { micro } from '../../../src/domain/money.ts';
import type { Receipt } from '../../../src/ports/ledger.ts';
import { drawing } from '../../support/drawing.ts';
import {
  debitOf,
  holdOf,
  useBooks,
  request,
  settleOf,
  start,
  studioOrder,
  teamOrder,
  value,
} from './books.ts';
import { ModelLedger } from './model.ts';
import { later, modelled, Run, type Modelled } from './program.ts';

const books = useBooks();

const burns = (receipt: Receipt): string[] =>
  receipt.entries
    .filter((entry) => entry.target !== 'nothing')
    .map((entry) => `${entry.grantNo ?? entry.target} ${entry.amountMicro}`);

async function takeBoth(run: Run, model: ModelLedger, step: Modelled): Promise<void> {
  const { account } = run;
  switch (step.do) {
    case 'grant': {
      const expiresAt = step.lives === null ? null : later(run.at, step.lives);
      model.grant({ kind: step.kind, amountMicro: micro(step.amount), expiresAt });
      return run.grant(step);
    }
    case 'debit': {
      const answer = await books.ledger.debit({
        ...debitOf(account, step.amount),
        onShort: step.onShort,
      });
      const expected = model.debit(micro(step.amount), step.onShort);
      expect(answer.ok ? burns(answer.value) : undefined).toEqual(expected);
      return;
    }
    case 'hold': {
      const lifeMs = step.lives * 60_000;
      const answer = await books.ledger.hold({ ...holdOf(account, step.amount), lifeMs });
      expect(answer.ok).toBe(model.availableMicro >= step.amount);
      if (!answer.ok) return;
      model.hold(answer.value.holdId, micro(step.amount), answer.value.expiresAt);
      run.holds.push(answer.value.holdId);
      return;
    }
    case 'settle': {
      const [holdId] = run.holds.splice(step.pick, 1);
      if (holdId === undefined) return;
      const receipt = value(await books.ledger.settle(settleOf(account, holdId, step.amount)));
      expect(burns(receipt)).toEqual(model.settle(holdId, micro(step.amount)));
      return;
    }
    case 'release': {
      const [holdId] = run.holds.splice(step.pick, 1);
      if (holdId === undefined) return;
      await books.ledger.release({ account, request: request(), holdId });
      model.release(holdId);
      return;
    }
    case 'wait':
      await run.wait(step.minutes);
      model.advance(run.at);
  }
}

test('random programs burn, hold and settle as the burn-down model does', async () => {
  const program = fc.array(modelled, { minLength: 10, maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(studioOrder, teamOrder), program, async (order, steps) => {
      const run = new Run(books, await books.workspace({ burnOrder: order }));
      const model = new ModelLedger(start, order);
      for (const step of steps) {
        await takeBoth(run, model, step);
        expect(await books.ledger.balance(run.account)).toMatchObject({
          availableMicro: model.availableMicro,
          debtMicro: model.debtMicro,
        });
      }
    }),
    drawing({ numRuns: 25, seed: 20260101 }),
  );
  expect(await books.audit()).toEqual([]);
});
