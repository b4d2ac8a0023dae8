import { describe, expect, test } from 'vitest';
import type { Outcome } from '../../../src/domain/values/outcome.ts';
import {
  available,
  burned,
  debitOf,
  give,
  holdOf,
  line,
  useBooks,
  refusal,
  request,
  settleOf,
  value,
} from './books.ts';

const books = useBooks();

const beforeExpiry = '2026-01-01T00:14:59.999Z';
const expiry = '2026-01-01T00:15:00.000Z';

describe('a hold', () => {
  test('takes its credits out of reach, and a denial of one names the pool', async () => {
    const account = await books.workspace();
    await give(books, account, { kind: 'included', amount: 100 });
    const held = value(await books.ledger.hold(holdOf(account, 60)));
    expect(held).toMatchObject({
      amountMicro: 60n,
      balanceAfterMicro: 40n,
      expiresAt: expiry,
      replayed: false,
    });
    expect(refusal(await books.ledger.hold(holdOf(account, 41)))).toMatchObject({
      kind: 'denied',
      limits: [{ limit: 'pool', usedMicro: 60n, capMicro: 100n }],
    });
    expect(await books.ledger.balance(account)).toMatchObject({ heldMicro: 60n });
  });

  test('asked for again under its key is the same hold, even after it was extended', async () => {
    const account = await books.workspace();
    await give(books, account, { kind: 'included', amount: 100 });
    const hold = holdOf(account, 60);
    const first = value(await books.ledger.hold(hold));
    const { holdId } = first;
    value(await books.ledger.extend({ account, request: request(), holdId, lifeMs: 3_600_000 }));
    expect(value(await books.ledger.hold(hold))).toEqual({ ...first, replayed: true });
  });

  test('returns its credits at its last instant by time alone', async () => {
    const account = await books.workspace();
    await give(books, account, { kind: 'included', amount: 100 });
    const { holdId } = value(await books.ledger.hold(holdOf(account, 60)));
    await books.at(account, beforeExpiry);
    expect(await available(books, account)).toBe(40n);
    await books.at(account, expiry);
    expect(await available(books, account)).toBe(100n);
    expect(refusal(await books.ledger.release({ account, request: request(), holdId }))).toEqual({
      kind: 'holdClosed',
      state: 'expired',
    });
  });

  test('lives as long as it is extended', async () => {
    const account = await books.workspace();
    await give(books, account, { kind: 'included', amount: 100 });
    const { holdId } = value(await books.ledger.hold(holdOf(account, 60)));
    await books.at(account, beforeExpiry);
    const extended = await books.ledger.extend({
      account,
      request: request(),
      holdId,
      lifeMs: 60_000,
    });
    expect(value(extended).expiresAt).toBe('2026-01-01T00:15:59.999Z');
    await books.at(account, expiry);
    expect(await available(books, account)).toBe(40n);
  });

  test('may be given an earlier end', async () => {
    const account = await books.workspace();
    await give(books, account, { kind: 'included', amount: 100 });
    const { holdId } = value(await books.ledger.hold(holdOf(account, 60)));
    value(await books.ledger.extend({ account, request: request(), holdId, lifeMs: 60_000 }));
    await books.at(account, '2026-01-01T00:01:00.000Z');
    expect(value(await books.ledger.debit(debitOf(account, 100))).balanceAfterMicro).toBe(0n);
  });

  test('on several grants, and all that becomes of it, is answered once per key', async () => {
    const account = await books.workspace();
    await give(books, account, { kind: 'included', amount: 10 });
    await give(books, account, { kind: 'topUp', amount: 50 });
    const twice = async <Answer extends object>(ask: () => Promise<Outcome<Answer, unknown>>) => {
      const first = value(await ask());
      expect(value(await ask())).toEqual({ ...first, replayed: true });
      return first;
    };
    const [one, two] = [holdOf(account, 15), holdOf(account, 20)];
    const { holdId } = await twice(() => books.ledger.hold(one));
    const other = await twice(() => books.ledger.hold(two));
    const extend = { account, request: request(), holdId, lifeMs: 3_600_000 };
    await twice(() => books.ledger.extend(extend));
    const settle = settleOf(account, holdId, 12);
    await twice(() => books.ledger.settle(settle));
    const release = { account, request: request(), holdId: other.holdId };
    await twice(() => books.ledger.release(release));
    expect(await available(books, account)).toBe(48n);
  });

  test('that is released gives everything back', async () => {
    const account = await books.workspace();
    await give(books, account, { kind: 'included', amount: 40 });
    await give(books, account, { kind: 'topUp', amount: 40 });
    const { holdId } = value(await books.ledger.hold(holdOf(account, 60)));
    const released = value(await books.ledger.release({ account, request: request(), holdId }));
    expect(released).toMatchObject({ releasedMicro: 60n, balanceAfterMicro: 80n });
  });
});

describe('a settle', () => {
  test('below its hold burns what the hold had set aside, and gives the rest back', async () => {
    const account = await books.workspace();
    await give(books, account, { kind: 'included', amount: 40 });
    await give(books, account, { kind: 'topUp', amount: 40 });
    const { holdId } = value(await books.ledger.hold(holdOf(account, 60)));
    const receipt = value(await books.ledger.settle(settleOf(account, holdId, 50)));
    expect(burned(receipt.entries)).toEqual(['included 40', 'topUp 10']);
    expect(receipt).toMatchObject({
      balanceAfterMicro: 30n,
      aboveHold: false,
      holdExpired: false,
      promos: [],
    });
  });

  test('above its hold burns today’s order, then debt, and marks the breach', async () => {
    const account = await books.workspace();
    await give(books, account, { kind: 'included', amount: 50 });
    const { holdId } = value(await books.ledger.hold(holdOf(account, 50)));
    await give(books, account, { kind: 'topUp', amount: 20 });
    const receipt = value(await books.ledger.settle(settleOf(account, holdId, 100)));
    expect(burned(receipt.entries)).toEqual(['included 50', 'topUp 20', 'debt 30']);
    expect(receipt.entries.map((e) => e.aboveHold)).toEqual([false, true, true]);
    expect(receipt).toMatchObject({ aboveHold: true, balanceAfterMicro: 0n });
    expect(await books.ledger.balance(account)).toMatchObject({ debtMicro: 30n, heldMicro: 0n });
  });

  test('after its hold expired books the true usage, flagged', async () => {
    const account = await books.workspace();
    await give(books, account, { kind: 'included', amount: 50 });
    const { holdId } = value(await books.ledger.hold(holdOf(account, 50)));
    await books.at(account, expiry);
    value(await books.ledger.debit(debitOf(account, 20)));
    const receipt = value(await books.ledger.settle(settleOf(account, holdId, 40)));
    expect(burned(receipt.entries)).toEqual(['included 30', 'debt 10']);
    expect(receipt).toMatchObject({ holdExpired: true, aboveHold: false });
  });

  test('at the instant at which its hold ends finds it ended', async () => {
    const account = await books.workspace();
    await give(books, account, { kind: 'included', amount: 50 });
    const { holdId } = value(await books.ledger.hold(holdOf(account, 50)));
    await books.at(account, expiry);
    const receipt = value(await books.ledger.settle(settleOf(account, holdId, 40)));
    expect(receipt).toMatchObject({ holdExpired: true, balanceAfterMicro: 10n });
  });

  test.each(['termsVersion', 'rateVersion'] as const)(
    'rated with another %s is stale, and goes through under the same key',
    async (version) => {
      const account = await books.workspace();
      await give(books, account, { kind: 'included', amount: 50 });
      const { holdId } = value(await books.ledger.hold(holdOf(account, 50)));
      const settle = settleOf(account, holdId, 40);
      expect(refusal(await books.ledger.settle({ ...settle, [version]: 2 }))).toEqual({
        ...{ kind: 'stale', termsVersion: 1, rateVersion: 1 },
      });
      expect(value(await books.ledger.settle(settle)).balanceAfterMicro).toBe(10n);
    },
  );

  test('under the key of another settle is refused', async () => {
    const account = await books.workspace();
    await give(books, account, { kind: 'included', amount: 60 });
    const hold = async () => value(await books.ledger.hold(holdOf(account, 20))).holdId;
    const first = settleOf(account, await hold(), 10);
    value(await books.ledger.settle(first));
    const { key } = first.request;
    const other = { ...settleOf(account, await hold(), 10), request: { key, body: 'other' } };
    expect(refusal(await books.ledger.settle(other))).toEqual({ kind: 'idempotencyKeyReused' });
  });

  test('of a closed hold with the same body is the first receipt, with another it is refused', async () => {
    const account = await books.workspace();
    await give(books, account, { kind: 'included', amount: 50 });
    const { holdId } = value(await books.ledger.hold(holdOf(account, 50)));
    const settle = settleOf(account, holdId, 40);
    const first = value(await books.ledger.settle(settle));
    const same = { ...settle, request: { ...request(), body: settle.request.body } };
    expect(value(await books.ledger.settle(same))).toEqual({ ...first, replayed: true });
    const other = { ...settle, request: { ...request(), body: 'other' } };
    expect(refusal(await books.ledger.settle(other))).toEqual({
      kind: 'holdClosed',
      state: 'settled',
    });
  });

  test('in parts keeps the rest held until the last one', async () => {
    const account = await books.workspace();
    await give(books, account, { kind: 'included', amount: 50 });
    const { holdId } = value(await books.ledger.hold(holdOf(account, 50)));
    const part = settleOf(account, holdId, 20);
    expect(value(await books.ledger.settle({ ...part, rest: 'keep' })).balanceAfterMicro).toBe(0n);
    expect(await books.ledger.balance(account)).toMatchObject({ heldMicro: 30n });
    expect(value(await books.ledger.settle(settleOf(account, holdId, 10)))).toMatchObject({
      balanceAfterMicro: 20n,
      aboveHold: false,
    });
  });

  test('in parts takes a hold’s grants one after the other', async () => {
    const account = await books.workspace();
    for (const sourceKey of ['one', 'two', 'three', 'four']) {
      await give(books, account, { kind: 'included', amount: 10, sourceKey });
    }
    const { holdId } = value(await books.ledger.hold(holdOf(account, 40)));
    const sources = async (amount: number) => {
      const settle = { ...settleOf(account, holdId, amount), rest: 'keep' as const };
      const { entries } = value(await books.ledger.settle(settle));
      return entries.map(({ grantNo, amountMicro }) => `${amountMicro} of ${grantNo}`);
    };
    expect(await sources(12)).toEqual(['10 of 1', '2 of 2']);
    expect(await sources(3)).toEqual(['3 of 2']);
    expect(await sources(16)).toEqual(['5 of 2', '10 of 3', '1 of 4']);
    expect(await books.ledger.balance(account)).toMatchObject({ heldMicro: 9n });
  });

  test('writes every line, also those of zero', async () => {
    const account = await books.workspace();
    await give(books, account, { kind: 'included', amount: 50 });
    const { holdId } = value(await books.ledger.hold(holdOf(account, 50)));
    const lines = [line(9, 'llm'), line(0, 'tools'), line(1, 'storage')];
    const receipt = value(await books.ledger.settle({ ...settleOf(account, holdId, 0), lines }));
    expect(receipt.entries.map((e) => [e.line, e.amountMicro])).toEqual([
      ['llm', 9n],
      ['tools', 0n],
      ['storage', 1n],
    ]);
  });

  test.each([
    [true, ['included 40'], 60n],
    [false, ['topUp 40'], 20n],
  ])('when its grant ended meanwhile, honoured: %s', async (holdSurvivesExpiry, expected, left) => {
    const account = await books.workspace({ holdSurvivesExpiry });
    const expiresAt = '2026-01-01T00:10:00.000Z';
    await give(books, account, { kind: 'included', amount: 50, expiresAt });
    await give(books, account, { kind: 'topUp', amount: 60 });
    const { holdId } = value(await books.ledger.hold(holdOf(account, 50)));
    await books.at(account, expiresAt);
    const receipt = value(await books.ledger.settle(settleOf(account, holdId, 40)));
    expect(burned(receipt.entries)).toEqual(expected);
    expect(receipt.balanceAfterMicro).toBe(left); // the unused part of the hold ended with its grant
  });

  test('of an unknown hold is not found', async () => {
    const account = await books.workspace();
    for (const holdId of ['nothing', '019a0000-0000-7000-8000-000000000000']) {
      expect(refusal(await books.ledger.settle(settleOf(account, holdId, 1)))).toEqual({
        kind: 'notFound',
      });
    }
  });
});
