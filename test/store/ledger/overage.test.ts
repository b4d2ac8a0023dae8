import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { micro, microMinor, minor } from '../../../src/domain/values/money.ts';
import type { LedgerAccount } from '../../../src/ports/ledger.ts';
import { connect } from '../../../src/store/connect.ts';
import { ledgerStore } from '../../../src/store/ledger.ts';
import { setWindow } from '../../../src/store/ledger-writes.ts';
import { readMeter, setOverage, setSpendCap } from '../../../src/store/overage-writes.ts';
import {
  debitOf,
  give,
  holdOf,
  openBooks,
  refusal,
  request,
  settleOf,
  start,
  value,
  type Books,
} from './books.ts';

let books: Books;
beforeAll(async () => {
  books = await openBooks();
});
afterAll(async () => {
  expect(await books.audit()).toEqual([]);
  await books.close();
});

const february = '2026-02-01T00:00:00.000Z';
const march = '2026-03-01T00:00:00.000Z';
/** One cent for a credit, ten of them beyond the pool. */
const cent = { upToMicro: micro(10_000_000), priceMicro: microMinor(1_000_000), endsAt: null };
const credit = 1_000_000;

async function metered(credits: number, overage: Parameters<typeof setOverage>[2] = cent) {
  const account = await books.workspace();
  if (credits > 0) await give(books, account, { kind: 'included', amount: credits * credit });
  await books.write(account, async (tx) => {
    await setWindow(tx, account.workspaceId, { start, end: february });
    await setOverage(tx, account.workspaceId, overage);
  });
  return account;
}

const read = async (account: LedgerAccount, reading: string, until: string | null) => {
  await books.write(account, (tx) => readMeter(tx, account.workspaceId, { reading, until }));
  const [row] = await books.admin<{ at: Date; data: { lines: unknown } }[]>`
    select at, data from event_feed
    where workspace_id = ${account.workspaceId.toString()} and kind = 'usageMetered'
    order by seq desc limit 1`;
  return row?.data.lines;
};

const use = async (account: LedgerAccount, credits: number, more: object = {}) =>
  value(await books.ledger.debit({ ...debitOf(account, credits * credit), ...more }));

describe('what the grants lack goes on beyond them', () => {
  test('a call that its earmark covers is no overage, though the limit was lowered below what was used', async () => {
    const account = await metered(0);
    const earmark = 'tool:search';
    await give(books, account, { kind: 'promo', amount: 5 * credit, earmark });
    await use(account, 4);
    await books.write(account, (tx) =>
      setOverage(tx, account.workspaceId, { ...cent, upToMicro: micro(3 * credit) }),
    );
    const receipt = await use(account, 5, { earmarks: [earmark] });
    expect(receipt.entries.map(({ target }) => target)).toEqual(['grant']);
  });

  test('split exactly where they end, and what a credit paid is never billed [K26]', async () => {
    const account = await metered(3);
    const receipt = await use(account, 5);
    expect(receipt.entries.map(({ target, amountMicro }) => [target, amountMicro])).toEqual([
      ['grant', 3_000_000n],
      ['overage', 2_000_000n],
    ]);
    expect(await read(account, 'one', february)).toEqual([
      {
        kind: 'usage',
        quantityMicro: '2000000',
        priceMicro: '1000000',
        start,
        end: february,
      },
    ]);
  });

  test('up to the plan’s limit of the window, and the denial names it', async () => {
    const account = await metered(0);
    await use(account, 8);
    expect(refusal(await books.ledger.debit(debitOf(account, 3 * credit)))).toMatchObject({
      kind: 'denied',
      limits: [
        { limit: 'overage', usedMicro: 8_000_000n, capMicro: 10_000_000n, resetsAt: february },
      ],
    });
    expect(await use(account, 2)).toMatchObject({ amountMicro: 2_000_000n });
    await books.at(account, february);
    await books.write(account, (tx) =>
      setWindow(tx, account.workspaceId, { start: february, end: march }),
    );
    expect(await use(account, 10)).toMatchObject({ amountMicro: 10_000_000n });
  });

  test('of a window that is over, a refund makes no room in this one', async () => {
    const account = await metered(0);
    const { id: receiptId } = await use(account, 8);
    await books.at(account, february);
    await books.write(account, (tx) =>
      setWindow(tx, account.workspaceId, { start: february, end: march }),
    );
    await use(account, 10);
    value(await books.ledger.refund({ account, request: request(), receiptId }));
    expect((await books.ledger.balance(account))?.overage).toMatchObject({ roomMicro: 0n });
  });

  test('of what has happened already, what is beyond the limit becomes debt', async () => {
    const account = await metered(0);
    const receipt = await use(account, 12, { onShort: 'record' });
    expect(receipt.entries.map(({ target, amountMicro }) => [target, amountMicro])).toEqual([
      ['overage', 10_000_000n],
      ['debt', 2_000_000n],
    ]);
  });

  test('not at all from the instant at which the plan’s permission ends', async () => {
    const account = await metered(0, { ...cent, endsAt: '2026-01-10T00:00:00.000Z' });
    await books.at(account, '2026-01-09T23:59:59.999Z');
    await use(account, 1);
    await books.at(account, '2026-01-10T00:00:00.000Z');
    expect(refusal(await books.ledger.debit(debitOf(account, credit)))).toMatchObject({
      limits: [{ limit: 'pool' }],
    });
  });

  test('two processes at the last credit: one gets it', async () => {
    const account = await metered(0);
    await use(account, 9);
    const other = ledgerStore(connect(books.appUrl, { max: 2 }));
    const asked = [books.ledger, other, books.ledger, other].map((ledger) =>
      ledger.debit(debitOf(account, credit)),
    );
    const answers = await Promise.all(asked);
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
  });
});

describe('a hold beyond the grants', () => {
  test('counts at once, is settled at its own price, and gives back what it did not need', async () => {
    const account = await metered(2);
    const { holdId } = value(await books.ledger.hold(holdOf(account, 6 * credit)));
    expect((await books.ledger.balance(account))?.overage).toMatchObject({ usedMicro: 4_000_000n });
    await books.write(account, (tx) =>
      setOverage(tx, account.workspaceId, { ...cent, priceMicro: microMinor(2_000_000) }),
    );
    value(await books.ledger.settle(settleOf(account, holdId, 3 * credit)));
    expect((await books.ledger.balance(account))?.overage).toMatchObject({ usedMicro: 1_000_000n });
    await use(account, 1);
    expect(await read(account, 'one', null)).toMatchObject([
      { quantityMicro: '1000000', priceMicro: '1000000' },
      { quantityMicro: '1000000', priceMicro: '2000000' },
    ]);
  });

  test('that expires or is released is as if it had never been', async () => {
    const account = await metered(0);
    const { holdId } = value(await books.ledger.hold(holdOf(account, 6 * credit)));
    value(await books.ledger.release({ account, request: request(), holdId }));
    value(await books.ledger.hold(holdOf(account, 7 * credit)));
    await books.at(account, '2026-01-02T00:00:00.000Z');
    expect((await books.ledger.balance(account))?.overage).toMatchObject({ usedMicro: 0n });
    expect(await use(account, 10)).toMatchObject({ amountMicro: 10_000_000n });
  });
});

describe('a reading of the meter', () => {
  test('is half-open by the ledger’s time, however late it is made: nothing twice, nothing lost', async () => {
    const account = await metered(0);
    await books.at(account, '2026-01-31T23:59:59.999Z');
    await use(account, 1);
    await books.at(account, february);
    await use(account, 2);
    await books.at(account, '2026-02-05T00:00:00.000Z');
    await use(account, 3);
    expect(await read(account, 'january', february)).toMatchObject([{ quantityMicro: '1000000' }]);
    expect(await read(account, 'february', march)).toMatchObject([{ quantityMicro: '5000000' }]);
    expect(await read(account, 'last', null)).toEqual([]);
  });

  test('that is the last one takes all, and what comes in the same instant is on the next meter', async () => {
    const account = await metered(0);
    const first = await use(account, 1);
    expect(await read(account, 'last', null)).toMatchObject([{ quantityMicro: '1000000' }]);
    await use(account, 2);
    value(await books.ledger.refund({ account, request: request(), receiptId: first.id }));
    expect(await read(account, 'again', null)).toMatchObject([{ quantityMicro: '1000000' }]);
  });

  test('a refund before it makes the line smaller; after it, it is a line that gives back', async () => {
    const account = await metered(0);
    const kept = await use(account, 4);
    const back = await use(account, 3);
    value(await books.ledger.refund({ account, request: request(), receiptId: back.id }));
    await books.at(account, '2026-02-02T00:00:00.000Z');
    expect(await read(account, 'one', february)).toMatchObject([{ quantityMicro: '4000000' }]);
    const amountMicro = micro(1_500_000);
    value(
      await books.ledger.refund({ account, request: request(), receiptId: kept.id, amountMicro }),
    );
    expect(await read(account, 'two', march)).toEqual([
      {
        kind: 'refund',
        quantityMicro: '-1500000',
        priceMicro: '1000000',
        start,
        end: start,
      },
    ]);
  });

  test('usage that comes late for it is a line of the next one, with its true date', async () => {
    const account = await metered(0);
    await books.at(account, '2026-02-03T00:00:00.000Z');
    await read(account, 'one', february);
    await use(account, 2, { occurredAt: '2026-01-30T12:00:00.000Z' });
    expect(await read(account, 'two', march)).toEqual([
      {
        kind: 'late',
        quantityMicro: '2000000',
        priceMicro: '1000000',
        start: '2026-01-30T12:00:00.000Z',
        end: '2026-01-30T12:00:00.000Z',
      },
    ]);
  });
});

describe('the spend cap', () => {
  const capped = async (capMinor: number, price = 1_000_000): Promise<LedgerAccount> => {
    const account = await metered(0, { ...cent, priceMicro: microMinor(price) });
    await books.write(account, (tx) => setSpendCap(tx, account.workspaceId, minor(capMinor)));
    return account;
  };

  test('stops usage beyond the grants at its money, and names used, cap and the next month [0.06]', async () => {
    const account = await capped(5);
    await use(account, 4);
    expect(refusal(await books.ledger.debit(debitOf(account, 2 * credit)))).toMatchObject({
      limits: [{ limit: 'spend', usedMinor: 4n, capMinor: 5n, resetsAt: february }],
    });
    await use(account, 1);
  });

  test('counts exactly, whatever the usage is split into', async () => {
    const account = await capped(1, 333_333);
    for (const amount of [1_000_000, 1_000_000, 1_000_003]) {
      value(await books.ledger.debit(debitOf(account, amount)));
    }
    expect(refusal(await books.ledger.debit(debitOf(account, 1)))).toMatchObject({
      limits: [{ limit: 'spend', usedMinor: 1n }],
    });
  });

  test('begins anew with the month, and a change counts at once', async () => {
    const account = await capped(3);
    await use(account, 3);
    await books.write(account, (tx) => setSpendCap(tx, account.workspaceId, minor(4)));
    await use(account, 1);
    await books.at(account, february);
    expect((await books.ledger.balance(account))?.spend).toEqual({
      ...{ usedMinor: 0n, capMinor: 4n, resetsAt: march },
    });
    await use(account, 2);
  });

  test('has again what a refund gives back in its month', async () => {
    const account = await capped(3);
    const { id: receiptId } = await use(account, 3);
    value(await books.ledger.refund({ account, request: request(), receiptId }));
    expect((await books.ledger.balance(account))?.spend).toMatchObject({ usedMinor: 0n });
  });

  test('of a month that is over, a refund gives nothing back', async () => {
    const account = await capped(3);
    const { id: receiptId } = await use(account, 3);
    await books.at(account, february);
    await use(account, 2);
    value(await books.ledger.refund({ account, request: request(), receiptId }));
    expect((await books.ledger.balance(account))?.spend).toMatchObject({ usedMinor: 2n });
  });
});
