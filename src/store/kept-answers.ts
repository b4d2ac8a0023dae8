/** Answers kept under their idempotency keys, for requests that are no command of the lifecycle. */
import { ok, refused, type Outcome } from '../domain/values/outcome.ts';
import type { SentRequest, KeyReused } from '../ports/accounts.ts';
import type { LedgerAccount } from '../ports/ledger.ts';
import type { Transaction } from './connect.ts';

/** What was answered under this key; undefined where it is new. */
export async function keptAnswer(
  tx: Transaction,
  { workspaceId }: LedgerAccount,
  { key, bodyHash }: SentRequest,
): Promise<Outcome<string | undefined, KeyReused>> {
  const [row] = await tx<{ body_hash: Uint8Array; answer: string }[]>`
    select body_hash, answer from kept_answer
    where workspace_id = ${workspaceId} and idempotency_key = ${key}`;
  if (row === undefined) return ok(undefined);
  return Buffer.compare(row.body_hash, bodyHash) === 0
    ? ok(row.answer)
    : refused({ kind: 'idempotencyKeyReused' });
}

/** Keeps an answer unless one is kept already, and tells the one that is. */
export async function keepAnswer(
  tx: Transaction,
  account: LedgerAccount,
  sent: SentRequest & { readonly answer: string },
): Promise<Outcome<string, KeyReused>> {
  const { product, workspaceId } = account;
  await tx`insert into kept_answer (workspace_id, product_id, idempotency_key, body_hash, answer)
    values (${workspaceId}, ${product}, ${sent.key}, ${sent.bodyHash}, ${sent.answer})
    on conflict do nothing`;
  const kept = await keptAnswer(tx, account, sent);
  return kept.ok ? ok(kept.value ?? sent.answer) : kept;
}
