import { createHash } from 'node:crypto';
import { refused, ok, type Outcome } from '../domain/outcome.ts';
import { fromPlain, type Plain } from '../domain/plain.ts';
import type {
  ClientRequest,
  ExtendReceipt,
  HoldReceipt,
  Ledger,
  LedgerAccount,
  LedgerRefusal,
  Receipt,
  ReleaseReceipt,
} from '../ports/ledger.ts';
import type { Sql } from './connect.ts';
import { readBalance, readEntries, readUsage } from './ledger-reads.ts';
import { present } from './ledger-writes.ts';

const holdLifeMsDefault = 15 * 60 * 1000;
const holdLifeMsMax = 24 * 60 * 60 * 1000;

/** The credit ledger on PostgreSQL: an operation is one call of `ledger_apply` under its lane's lock. */
export function ledgerStore(sql: Sql): Ledger {
  const post = poster(sql);
  return {
    debit: (debit) => post('debit', debit, debit.account.workspaceId.toString()),
    hold: ({ lifeMs = holdLifeMsDefault, ...hold }) =>
      post('hold', { ...hold, lifeMs: checkedLife(lifeMs) }, hold.account.workspaceId.toString()),
    extend: (extend) =>
      post('extend', { ...extend, lifeMs: checkedLife(extend.lifeMs) }, extend.holdId),
    settle: (settle) => post('settle', settle, settle.holdId),
    release: (release) => post('release', release, release.holdId),
    refund: (refund) => post('refund', refund, refund.receiptId),
    balance: (account) => readBalance(sql, account),
    usage: (account, span) => readUsage(sql, account, span),
    entries: (account, page) => readEntries(sql, account, page),
  };
}

interface Operation {
  readonly account: LedgerAccount;
  readonly request: ClientRequest;
}

/** What each operation answers when it is not refused. */
interface Answers {
  readonly debit: Receipt;
  readonly hold: HoldReceipt;
  readonly extend: ExtendReceipt;
  readonly settle: Receipt;
  readonly release: ReleaseReceipt;
  readonly refund: Receipt;
}

const granted = ['receipt', 'held', 'extended', 'released'];
const ids = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Posts one operation on `subject`: the workspace, or the hold or receipt that it names. Sent again after a
 * lost connection it is the same operation, because its key is.
 */
function poster(sql: Sql) {
  return async <Kind extends keyof Answers, Sent extends Operation>(
    kind: Kind,
    operation: Sent,
    subject: string,
  ): Promise<Outcome<Answers[Kind], LedgerRefusal>> => {
    const { account, request, ...rest } = operation;
    // A name that no hold or receipt can have names none.
    if (kind !== 'debit' && kind !== 'hold' && !ids.test(subject)) {
      return refused({ kind: 'notFound' });
    }
    const sent = {
      ...rest,
      kind,
      product: account.product,
      workspaceId: account.workspaceId,
      keyHash: hash(account.workspaceId.toString(), kind, request.key)
        .subarray(0, 16)
        .toString('hex'),
      bodyHash: hash(subject, request.body).readBigInt64BE(),
    };
    const [row] = await sql<{ answers: readonly Posted[] }[]>`
      select ledger_apply(${account.lane}::smallint, ${integersAsText([sent])}::text::jsonb)
        as answers`;
    const { answer, ...told } = present(present(row).answers[0]);
    return granted.includes(answer)
      ? ok(fromPlain<Answers[Kind]>({ replayed: false, ...told } as Plain<Answers[Kind]>))
      : refused(fromPlain<LedgerRefusal>(refusalOf(answer, told)));
  };
}

/** One element of `ledger_apply`'s answer; its shapes are fixed in migrations and pinned by the tests. */
type Posted = { readonly answer: string } & Readonly<Record<string, unknown>>;

function refusalOf(kind: string, told: Readonly<Record<string, unknown>>): Plain<LedgerRefusal> {
  const { replayed = false, crossed: _none, ...data } = told;
  const refusal = kind === 'denied' ? { kind, ...data, replayed } : { kind, ...data };
  return refusal as Plain<LedgerRefusal>; // the function's refusals are the port's, by name
}

/** SHA-256 of the parts, each with its length, so that no two lists of parts run into one. */
function hash(...parts: readonly string[]): Buffer {
  const digest = createHash('sha256');
  for (const part of parts) digest.update(`${Buffer.byteLength(part)}:${part}`);
  return digest.digest();
}

const integersAsText = (value: unknown): string =>
  JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? `${item}` : item));

function checkedLife(lifeMs: number): number {
  if (!Number.isInteger(lifeMs) || lifeMs <= 0 || lifeMs > holdLifeMsMax) {
    throw new RangeError(`a hold lives from 1 ms to 24 h, not ${lifeMs} ms`);
  }
  return lifeMs;
}
