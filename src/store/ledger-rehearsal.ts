import { randomUUID } from 'node:crypto';
import { ok, type Outcome } from '../domain/values/outcome.ts';
import type { Hold, HoldReceipt, LedgerRefusal } from '../ports/ledger.ts';
import type { Sql } from './connect.ts';
import { readTold, type Told } from './ledger-answers.ts';
import { exactJson, postingOf } from './ledger-posting.ts';
import { present } from './ledger-writes.ts';

/** What a hold would be answered: the books take it under a key of its own, and take it back at once. */
export async function rehearseHold(
  sql: Sql,
  hold: Omit<Hold, 'request'>,
): Promise<Outcome<HoldReceipt, LedgerRefusal>> {
  const { account } = hold;
  const request = { key: randomUUID(), body: '' };
  const posting = postingOf('hold', account.workspaceId.toString(), { ...hold, request });
  const [row] = await sql<{ told: Told }[]>`
    select ledger_rehearse(${account.lane}::smallint, ${exactJson(posting)}::text::jsonb) as told`;
  // A hold that is taken answers with its receipt.
  const answer = readTold(present(row).told) as Outcome<HoldReceipt, LedgerRefusal>;
  // What it has crossed was not crossed in the end.
  return answer.ok ? ok({ ...answer.value, crossed: [] }) : answer;
}
