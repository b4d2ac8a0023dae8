import { expect, test } from 'vitest';
import { connect } from '../../src/store/connect.ts';
import { ledgerStore } from '../../src/store/ledger.ts';
import { available, debitOf, give, useBooks, value } from '../store/ledger/books.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';

const books = useBooks();

/** More than Postgres sends for one debit on a fresh connection, so that every one of them gets lost once. */
const piecesMost = 12;

test('a debit is made once, whichever of Postgres’ answers about it was lost', async () => {
  const account = await books.workspace();
  await give(books, account, { kind: 'topUp', amount: 1_000 });
  const direct = new URL(books.appUrl);
  const proxy = await startTcpProxy({ host: direct.hostname, port: Number(direct.port) });
  const url = new URL(books.appUrl);
  url.port = String(proxy.port);
  const lost: boolean[] = [];
  for (let pieces = 0; pieces < piecesMost; pieces += 1) {
    const sql = connect(url.href, { max: 1 });
    const debit = debitOf(account, 10);
    proxy.loseAnswer(pieces);
    const first = ledgerStore(sql).debit(debit);
    await first.catch(() => undefined);
    lost.push(proxy.heal());
    const receipt = value(await ledgerStore(sql).debit(debit));
    expect(receipt).toMatchObject({ amountMicro: 10n });
    // Once more, to hear the same.
    expect(value(await books.ledger.debit(debit)).id).toBe(receipt.id);
    expect(await available(books, account)).toBe(1_000n - BigInt(pieces + 1) * 10n);
    await sql.end({ timeout: 1 });
  }
  expect(lost.filter(Boolean).length).toBeGreaterThanOrEqual(4);
  expect(await books.audit()).toEqual([]);
  await proxy.stop();
});
