/** Credits that an operator gives and takes, with who did it and why [3.08 3.29]. */
import { ok, refused } from '../domain/values/outcome.ts';
import { micro, type MicroCredits } from '../domain/values/money.ts';
import type { GrantKind } from '../domain/terms/terms.ts';
import type { Accounts, GrantMade } from '../ports/accounts.ts';
import type { LedgerAccount } from '../ports/ledger.ts';
import { inProduct, type Sql, type Transaction } from './connect.ts';
import { voidGrant as voidRemainder } from './ledger-corrections.ts';
import { grantCredits, lockLedger, touchLedger } from './ledger-writes.ts';

type Sent = Parameters<Accounts['grant']>[1];

/** What the audit log keeps of a grant: enough to answer its key again. */
type Noted = {
  readonly sourceKey: string;
  readonly bodyHash: string;
  readonly grantNo: number;
  readonly effectiveAt: string;
  readonly repaidMicro: string;
};

export const makeGrant = (
  sql: Sql,
  account: LedgerAccount,
  sent: Sent,
): ReturnType<Accounts['grant']> =>
  inProduct(sql, account.product, async (tx) => {
    await lockLedger(tx, [account.workspaceId]);
    const at = await touchLedger(tx, account.workspaceId);
    const known = await findGrant(tx, account, sent);
    if (known !== undefined) {
      return known.bodyHash === hashText(sent)
        ? ok(madeOf(known))
        : refused({ kind: 'idempotencyKeyReused' });
    }
    const effectiveAt = sent.grant.effectiveAt ?? at;
    const { expiresAt } = sent.grant;
    if (expiresAt !== null && (expiresAt <= effectiveAt || expiresAt <= at)) {
      return refused({ kind: 'expiresTooSoon', at });
    }
    const { kind, amountMicro, priority, earmark } = sent.grant;
    const { grantNo, repaidMicro } = await grantCredits(tx, account.workspaceId, {
      ...{ kind, amountMicro, priority, earmark, effectiveAt, expiresAt },
      sourceKey: sourceKeyOf(sent),
    });
    const made = { grantNo, effectiveAt, repaidMicro };
    await noteGrant(tx, account, sent, made);
    return ok(made);
  });

/** Of its own space, so that no client's key meets the key of another business fact. */
const sourceKeyOf = ({ key }: Pick<Sent, 'key'>): string => `operator:${key}`;

const hashText = ({ bodyHash }: Pick<Sent, 'bodyHash'>): string =>
  Buffer.from(bodyHash).toString('hex');

const madeOf = ({ grantNo, effectiveAt, repaidMicro }: Noted): GrantMade => ({
  grantNo,
  effectiveAt,
  repaidMicro: micro(BigInt(repaidMicro)),
});

async function findGrant(
  tx: Transaction,
  { workspaceId }: LedgerAccount,
  sent: Sent,
): Promise<Noted | undefined> {
  const [row] = await tx<{ data: Noted }[]>`
    select data from audit_log
    where workspace_id = ${workspaceId} and action = 'grantMade'
      and data ->> 'sourceKey' = ${sourceKeyOf(sent)}`;
  return row?.data;
}

async function noteGrant(
  tx: Transaction,
  account: LedgerAccount,
  sent: Sent,
  made: GrantMade,
): Promise<void> {
  const { kind, amountMicro, expiresAt, priority, earmark, reason } = sent.grant;
  const data = {
    ...{ sourceKey: sourceKeyOf(sent), bodyHash: hashText(sent), grantNo: made.grantNo },
    ...{ effectiveAt: made.effectiveAt, repaidMicro: made.repaidMicro.toString() },
    ...{ kind, amountMicro: amountMicro.toString(), expiresAt, priority, earmark, reason },
  };
  await note(tx, account, { actor: sent.actor, action: 'grantMade', data });
}

export const voidOperatorGrant = (
  sql: Sql,
  account: LedgerAccount,
  { grantNo, actor }: Parameters<Accounts['voidGrant']>[1],
): ReturnType<Accounts['voidGrant']> =>
  inProduct(sql, account.product, async (tx) => {
    await lockLedger(tx, [account.workspaceId]);
    await touchLedger(tx, account.workspaceId);
    const [source] = await tx<{ source_key: string; kind: GrantKind }[]>`
      select source_key, kind from ledger_grant_source(${account.workspaceId}, ${grantNo})`;
    if (source === undefined) return refused({ kind: 'notFound' });
    if (source.kind !== 'promo' && source.kind !== 'adjustment') {
      return refused({ kind: 'grantNotVoidable' });
    }
    const answer = await voidRemainder(tx, account.workspaceId, source.source_key);
    if (answer.outcome !== 'voided') return refused({ kind: answer.outcome });
    const voidedMicro: MicroCredits = answer.voidedMicro;
    const data = { grantNo, sourceKey: source.source_key, voidedMicro: voidedMicro.toString() };
    await note(tx, account, { actor, action: 'grantVoided', data });
    return ok({ voidedMicro });
  });

/** Who did what to a workspace's books, beside the feed that tells the product. */
export async function note(
  tx: Transaction,
  { product, workspaceId }: LedgerAccount,
  noted: {
    readonly actor: string;
    readonly action: string;
    readonly data: Readonly<Record<string, string | number | null>>;
  },
): Promise<void> {
  await tx`insert into audit_log (product_id, workspace_id, actor, action, data)
    values (${product}, ${workspaceId}, ${noted.actor}, ${noted.action}, ${tx.json(noted.data)})`;
}
