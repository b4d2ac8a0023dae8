import fc from 'fast-check';
import { micro } from '../../../src/domain/values/money.ts';
import { clawBack, voidGrant } from '../../../src/store/ledger-corrections.ts';
import {
  freezeGrant,
  reinstateGrant,
  reverseGrant,
  unfreezeGrant,
} from '../../../src/store/ledger-reversals.ts';
import { placeOrder, setCap } from '../../../src/store/ledger-writes.ts';
import { debitOf, holdOf, request, settleOf } from './books.ts';
import { amount, later, minutes, modelled, pick, picked, type Run } from './program.ts';

/** Every operation and correction, without a model beside it: mostly what a workspace lives by. */
export const wild = fc.oneof(
  { arbitrary: modelled, weight: 15 },
  fc.record({ do: fc.constant('refund' as const), pick, amount: fc.option(amount) }),
  fc.record({ do: fc.constant('void' as const), pick }),
  fc.record({ do: fc.constant('clawBack' as const), pick, amount }),
  fc.record({
    do: fc.constant('reverse' as const),
    pick,
    amount,
    spentBecomes: fc.constantFrom('debt', 'loss'),
  }),
  fc.record({ do: fc.constant('reinstate' as const), pick, amount }),
  fc.record({ do: fc.constant('freeze' as const), pick, amount: fc.option(amount) }),
  fc.record({ do: fc.constant('unfreeze' as const), pick }),
  fc.record({
    do: fc.constant('cap' as const),
    scope: fc.constantFrom('member', 'org'),
    amount: fc.option(amount),
  }),
  fc.record({ do: fc.constant('order' as const), minutes, amount }),
);
export type Wild = typeof wild extends fc.Arbitrary<infer Step> ? Step : never;

const counted = {
  member: 'ada',
  counts: [
    { limit: 'runs', subject: 'ada', cap: 6, per: 'window' },
    { limit: 'tool', subject: 'search', cap: 2, per: 'hour' },
  ],
} as const;

type TakingBack = Extract<
  Wild,
  { do: 'clawBack' | 'reverse' | 'reinstate' | 'freeze' | 'unfreeze' }
>;

async function takeBack(run: Run, step: TakingBack): Promise<void> {
  const { books, account } = run;
  const { workspaceId } = account;
  const sourceKey = run.sourceKey(step);
  const { key } = request();
  await books.write(account, async (tx) => {
    switch (step.do) {
      case 'clawBack':
        return clawBack(tx, workspaceId, { sourceKey, amountMicro: micro(step.amount), key });
      case 'reverse': {
        const { amount: total, spentBecomes } = step;
        return reverseGrant(tx, workspaceId, {
          sourceKey,
          totalMicro: micro(total),
          spentBecomes,
          key,
        });
      }
      case 'reinstate':
        return reinstateGrant(tx, workspaceId, { sourceKey, totalMicro: micro(step.amount), key });
      case 'freeze': {
        const amountMicro = step.amount === null ? null : micro(step.amount);
        run.freezes.push(key);
        return freezeGrant(tx, workspaceId, { sourceKey, amountMicro, key });
      }
      case 'unfreeze':
        return unfreezeGrant(tx, workspaceId, picked(run.freezes, step) ?? 'none');
    }
  });
}

/** Takes a step; what is refused, or has nothing to pick from, is left. */
export async function takeWild(run: Run, step: Wild): Promise<void> {
  const { account, books } = run;
  const { workspaceId } = account;
  switch (step.do) {
    case 'grant':
      return run.grant(step);
    case 'wait':
      return run.wait(step.minutes);
    case 'debit': {
      const debit = { ...debitOf(account, step.amount), onShort: step.onShort, ...counted };
      const answer = await books.ledger.debit(debit);
      if (answer.ok) run.receipts.push(answer.value.id);
      return;
    }
    case 'hold': {
      const hold = { ...holdOf(account, step.amount), lifeMs: step.lives * 60_000, ...counted };
      const answer = await books.ledger.hold(hold);
      if (answer.ok) run.holds.push(answer.value.holdId);
      return;
    }
    case 'settle': {
      const holdId = picked(run.holds, step);
      if (holdId === undefined) return;
      const rest = step.amount % 2 === 0 ? 'keep' : 'release';
      const answer = await books.ledger.settle({ ...settleOf(account, holdId, step.amount), rest });
      if (answer.ok) run.receipts.push(answer.value.id);
      return;
    }
    case 'release': {
      const holdId = picked(run.holds, step);
      if (holdId !== undefined) await books.ledger.release({ account, request: request(), holdId });
      return;
    }
    case 'refund': {
      const receiptId = picked(run.receipts, step);
      if (receiptId === undefined) return;
      const part = step.amount === null ? {} : { amountMicro: micro(step.amount) };
      await books.ledger.refund({ account, request: request(), receiptId, ...part });
      return;
    }
    case 'void':
      await books.write(account, (tx) => voidGrant(tx, workspaceId, run.sourceKey(step)));
      return;
    case 'clawBack':
    case 'reverse':
    case 'reinstate':
    case 'freeze':
    case 'unfreeze':
      return run.grants === 0 ? undefined : takeBack(run, step);
    case 'cap': {
      const capMicro = step.amount === null ? null : micro(step.amount);
      const cap = { scope: step.scope, subject: 'ada', capMicro };
      await books.write(account, (tx) => setCap(tx, workspaceId, cap));
      return;
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
