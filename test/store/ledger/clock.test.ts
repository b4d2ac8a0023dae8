import { expect, test } from 'vitest';
import { debitOf, give, useBooks, value } from './books.ts';

const books = useBooks();

test('a test clock does not go back', async () => {
  const account = await books.workspace();
  await books.wake(account, '2026-01-02T00:00:00.000Z');
  await expect(books.wake(account, '2026-01-01T23:59:59.999Z')).rejects.toThrow(
    `the clock of workspace ${account.workspaceId} stands at 2026-01-02T00:00:00.000Z and cannot go back to 2026-01-01T23:59:59.999Z`,
  );
});

test('a workspace that lives in real time has no clock to set, and its time never goes back', async () => {
  const account = await books.workspace();
  await give(books, account, { kind: 'topUp', amount: 10 });
  const ahead = '2999-01-01T00:00:00.000Z'; // where a clock that was put back has been
  await books.admin`update pool set test_at = null, last_at = ${ahead}
    where workspace_id = ${account.workspaceId.toString()}`;
  expect(value(await books.ledger.debit(debitOf(account, 1))).at).toBe(ahead);
  await expect(books.wake(account, ahead)).rejects.toThrow(
    `workspace ${account.workspaceId} lives in real time: its clock cannot be set`,
  );
});
