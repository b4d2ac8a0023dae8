import { expect, test } from 'vitest';
import type { LedgerAccount } from '../../../src/ports/ledger.ts';
import { voidGrant } from '../../../src/store/ledger-corrections.ts';
import { debitOf, give, holdOf, settleOf, useBooks, value } from './books.ts';

const books = useBooks();

/** The grants of a workspace as their rows say, and as everybody is told: left, held and spent of each. */
async function grants(account: LedgerAccount) {
  const workspace = account.workspaceId.toString();
  const rows = await books.admin<{ told: string }[]>`
    select concat_ws(' ', remaining_micro, held_micro, spent_micro) as told
    from grant_credit where workspace_id = ${workspace} order by grant_no`;
  const balance = await books.ledger.balance(account);
  return {
    rows: rows.map(({ told }) => told),
    told: balance?.grants.map((g) => `${g.remainingMicro} ${g.heldMicro} ${g.spentMicro}`),
    heldMicro: balance?.heldMicro,
  };
}

test('what debits, holds and settles take of the head grant is told at once, and written on its row later', async () => {
  const account = await books.workspace();
  await give(books, account, { kind: 'topUp', amount: 1_000 });
  await give(books, account, { kind: 'promo', amount: 500, sourceKey: 'void me' });
  value(await books.ledger.debit(debitOf(account, 30)));
  const { holdId } = value(await books.ledger.hold(holdOf(account, 200)));
  expect(await grants(account)).toEqual({
    rows: ['1000 0 0', '500 0 0'],
    told: ['770 200 30', '500 0 0'],
    heldMicro: 200n,
  });

  // Who enters the workspace writes it; what a settle lets go of is the next to be written.
  await books.write(account, (tx) => voidGrant(tx, account.workspaceId, 'void me'));
  value(await books.ledger.settle(settleOf(account, holdId, 150)));
  expect(await grants(account)).toEqual({
    rows: ['770 200 30', '0 0 0'],
    told: ['820 0 180', '0 0 0'],
    heldMicro: 0n,
  });
  expect(await books.audit()).toEqual([]);
});
