import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { connectLines, ledgerStore } from '../../../src/store/ledger.ts';
import { Turns } from '../../../src/store/ledger-turns.ts';
import { connect } from '../../../src/store/connect.ts';
import { debitOf, give, start, useBooks, value } from './books.ts';

const books = useBooks();

test('two batches have left at a time, in the order in which they asked', () => {
  const turns = new Turns();
  const begun: string[] = [];
  for (const name of ['first', 'second', 'third', 'fourth']) turns.take(() => begun.push(name));
  expect(begun).toEqual(['first', 'second']);
  turns.giveBack();
  expect(begun).toEqual(['first', 'second', 'third']);
  for (let turn = 0; turn < 3; turn += 1) turns.giveBack();
  expect(begun).toEqual(['first', 'second', 'third', 'fourth']);
  turns.take(() => begun.push('fifth'));
  expect(begun).toHaveLength(5);
});

test('a batch of many that only the exact path can do holds up nobody who shares a line', async () => {
  const nowhere = connect('postgres://127.0.0.1:9/none', { max: 1 });
  const ledger = ledgerStore(books.sql, { shared: nowhere, large: [books.sql] });
  const account = await books.workspace();
  await give(books, account, { kind: 'topUp', amount: 100 });
  const late = Array.from({ length: 9 }, () =>
    ledger.debit({ ...debitOf(account, 1), occurredAt: start }),
  );
  expect((await Promise.all(late)).map((debit) => value(debit).amountMicro)).toHaveLength(9);
  await nowhere.end();
});

test('a lane that another process holds keeps no other lane waiting, and is served when it is free', async () => {
  const lines = connectLines(books.appUrl);
  const ledger = ledgerStore(books.sql, lines);
  const held = await books.workspace();
  let other = await books.workspace();
  while (other.lane === held.lane) other = await books.workspace();
  for (const account of [held, other]) await give(books, account, { kind: 'topUp', amount: 100 });

  const done: string[] = [];
  const debit = async (account: typeof held, name: string): Promise<void> => {
    value(await ledger.debit(debitOf(account, 1)));
    done.push(name);
  };
  let waiting: Promise<void>[] = [];
  await books.write(held, async () => {
    waiting = [debit(held, 'held'), debit(held, 'held too')];
    await nextTurn(); // they have left
    waiting.push(debit(held, 'held as well'));
    for (let time = 0; time < 3; time += 1) await debit(other, 'other');
    expect(done).toEqual(['other', 'other', 'other']);
  });
  await Promise.all(waiting);
  expect(done).toHaveLength(6);
  expect((await ledger.balance(held))?.availableMicro).toBe(97n);
  expect(await books.audit()).toEqual([]);
  await lines.end();
});
