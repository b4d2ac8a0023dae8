import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { micro } from '../../../src/domain/money.ts';
import type { LedgerAccount, Receipt } from '../../../src/ports/ledger.ts';
import { clawBack, reverseGrant, voidGrant } from '../../../src/store/ledger-corrections.ts';
import { placeOrder, setCap } from '../../../src/store/ledger-writes.ts';
import {
  debitOf,
  give,
  holdOf,
  openBooks,
  request,
  settleOf,
  start,
  studioOrder,
  teamOrder,
  value,
  type Books,
} from './books.ts';
import { ModelLedger } from './model.ts';

let books: Books;
beforeAll(async () => {
  books = await openBooks();
});
afterAll(() => books.close());

const amount = fc.integer({ min: 0, max: 60 });
const minutes = fc.integer({ min: 1, max: 40 });
const pick = fc.nat({ max: 9 });
const kind = fc.constantFrom('included', 'topUp', 'promo', 'adjustment');
const onShort = fc.constantFrom('deny', 'record');

const modelled = fc.oneof(
  fc.record({
    do: fc.constant('grant' as const),
    kind,
    amount: fc.integer({ min: 1, max: 90 }),
    lives: fc.option(minutes),
  }),
  fc.record({ do: fc.constant('debit' as const), amount, onShort }),
  fc.record({ do: fc.constant('hold' as const), amount, lives: minutes }),
  fc.record({ do: fc.constant('settle' as const), pick, amount }),
  fc.record({ do: fc.constant('release' as const), pick }),
  fc.record({ do: fc.constant('wait' as const), minutes }),
);
type Modelled = typeof modelled extends fc.Arbitrary<infer Step> ? Step : never;

const wild = fc.oneof(
  modelled,
  fc.record({ do: fc.constant('refund' as const), pick, amount: fc.option(amount) }),
  fc.record({ do: fc.constant('void' as const), pick }),
  fc.record({ do: fc.constant('clawBack' as const), pick, amount }),
  fc.record({ do: fc.constant('reverse' as const), pick, amount }),
  fc.record({ do: fc.constant('cap' as const), amount: fc.option(amount) }),
  fc.record({ do: fc.constant('order' as const), minutes, amount }),
);
type Wild = typeof wild extends fc.Arbitrary<infer Step> ? Step : never;

const later = (at: string, by: number): string =>
  new Date(Date.parse(at) + by * 60_000).toISOString();

const burns = (receipt: Receipt): string[] =>
  receipt.entries
    .filter((entry) => entry.target !== 'nothing')
    .map((entry) => `${entry.grantNo ?? entry.target} ${entry.amountMicro}`);

/** What a program has made so far, to pick from. */
class Run {
  at = start;
  readonly holds: string[] = [];
  readonly receipts: string[] = [];
  grants = 0;
  readonly account: LedgerAccount;

  constructor(account: LedgerAccount) {
    this.account = account;
  }

  async grant(step: Extract<Modelled, { do: 'grant' }>): Promise<void> {
    this.grants += 1;
    await give(books, this.account, {
      kind: step.kind,
      amount: step.amount,
      sourceKey: `grant:${this.grants}`,
      effectiveAt: this.at,
      ...(step.lives === null ? {} : { expiresAt: later(this.at, step.lives) }),
    });
  }

  async wait(by: number): Promise<void> {
    this.at = later(this.at, by);
    await books.at(this.account, this.at);
  }
}

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
      const run = new Run(await books.workspace({ burnOrder: order }));
      const model = new ModelLedger(start, order);
      for (const step of steps) {
        await takeBoth(run, model, step);
        expect(await books.ledger.balance(run.account)).toMatchObject({
          availableMicro: model.availableMicro,
          debtMicro: model.debtMicro,
        });
      }
    }),
    { numRuns: 25, seed: 20260101 },
  );
  expect(await books.audit()).toEqual([]);
});

async function takeWild(run: Run, step: Wild): Promise<void> {
  const { account } = run;
  const { workspaceId } = account;
  const sourceKey = `grant:${'pick' in step ? (step.pick % Math.max(run.grants, 1)) + 1 : 0}`;
  const key = request().key;
  switch (step.do) {
    case 'grant':
      return run.grant(step);
    case 'wait':
      return run.wait(step.minutes);
    case 'debit': {
      const debit = { ...debitOf(account, step.amount), onShort: step.onShort, member: 'ada' };
      const answer = await books.ledger.debit(debit);
      if (answer.ok) run.receipts.push(answer.value.id);
      return;
    }
    case 'hold': {
      const hold = { ...holdOf(account, step.amount), lifeMs: step.lives * 60_000, member: 'ada' };
      const answer = await books.ledger.hold(hold);
      if (answer.ok) run.holds.push(answer.value.holdId);
      return;
    }
    case 'settle': {
      const holdId = run.holds[step.pick];
      if (holdId === undefined) return;
      const rest = step.amount % 2 === 0 ? 'keep' : 'release';
      const answer = await books.ledger.settle({ ...settleOf(account, holdId, step.amount), rest });
      if (answer.ok) run.receipts.push(answer.value.id);
      return;
    }
    case 'release': {
      const holdId = run.holds[step.pick];
      if (holdId !== undefined) await books.ledger.release({ account, request: request(), holdId });
      return;
    }
    case 'refund': {
      const receiptId = run.receipts[step.pick];
      if (receiptId === undefined) return;
      const part = step.amount === null ? {} : { amountMicro: micro(step.amount) };
      await books.ledger.refund({ account, request: request(), receiptId, ...part });
      return;
    }
    case 'void':
      await books.write(account, (tx) => voidGrant(tx, workspaceId, sourceKey));
      return;
    case 'clawBack':
    case 'reverse': {
      if (run.grants === 0) return;
      const claim = { sourceKey, amountMicro: micro(step.amount), key };
      await books.write(account, async (tx) => {
        await (step.do === 'reverse' ? reverseGrant : clawBack)(tx, workspaceId, claim);
      });
      return;
    }
    case 'cap': {
      const capMicro = step.amount === null ? null : micro(step.amount);
      const cap = { scope: 'member', subject: 'ada', capMicro } as const;
      return books.write(account, (tx) => setCap(tx, workspaceId, cap));
    }
    case 'order': {
      const startsAt = later(run.at, step.minutes);
      const order = {
        startsAt,
        endsAt: later(startsAt, 60),
        amountMicro: micro(step.amount),
        termsVersion: 1,
        sourceKey: `included:${startsAt}`,
      };
      return books.write(account, (tx) => placeOrder(tx, workspaceId, order));
    }
  }
}

test('random programs of every operation and correction keep the ledger’s identities', async () => {
  const program = fc.array(wild, { minLength: 20, maxLength: 50 });
  const policy = fc.record({
    debtAtReset: fc.constantFrom('carry' as const, 'forgive' as const),
    holdSurvivesExpiry: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(policy, program, async (terms, steps) => {
      const run = new Run(await books.workspace(terms));
      for (const step of steps) await takeWild(run, step);
      expect(await books.audit()).toEqual([]);
    }),
    { numRuns: 25, seed: 20260102 },
  );
});
