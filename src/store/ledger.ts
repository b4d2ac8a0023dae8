import type { Outcome } from '../domain/values/outcome.ts';
import type {
  ExtendReceipt,
  HoldReceipt,
  Ledger,
  LedgerRefusal,
  Receipt,
  ReleaseReceipt,
} from '../ports/ledger.ts';
import { refused } from '../domain/values/outcome.ts';
import { connect, type Sql } from './connect.ts';
import { ledgerLanes, type Lines } from './ledger-lanes.ts';
import { postingOf, type OperationKind } from './ledger-posting.ts';
import { rehearseHold } from './ledger-rehearsal.ts';
import { readBalance, readEarmarks, readEntries, readRun, readUsage } from './ledger-reads.ts';

const holdLifeMsDefault = 15 * 60 * 1000;
const holdLifeMsMax = 24 * 60 * 60 * 1000;

/** Longer than a batch waits for those of other processes: what holds a lane longer holds up that lane alone. */
const lineWaitMs = 20;

/** The connections that the batches of a process leave on: one shared, and two for large ones. */
export function connectLines(url: string): Lines & { readonly end: () => Promise<void> } {
  const open = (): Sql => connect(url, { max: 1, lockWaitMs: lineWaitMs });
  const lines = { shared: open(), large: [open(), open()] } as const;
  const end = async (): Promise<void> => {
    await Promise.all([lines.shared, ...lines.large].map((line) => line.end({ timeout: 5 })));
  };
  return { ...lines, end };
}

/** The credit ledger on PostgreSQL; its batches leave on the lines, where it has some. */
export function ledgerStore(sql: Sql, lines: Lines = { shared: sql, large: [sql] }): Ledger {
  const post = poster(sql, lines);
  return {
    debit: (debit) => post('debit', debit.account.workspaceId.toString(), debit),
    hold: ({ lifeMs = holdLifeMsDefault, ...hold }) =>
      post('hold', hold.account.workspaceId.toString(), { ...hold, lifeMs: checkedLife(lifeMs) }),
    rehearse: ({ lifeMs = holdLifeMsDefault, ...hold }) =>
      rehearseHold(sql, { ...hold, lifeMs: checkedLife(lifeMs) }),
    extend: (extend) =>
      post('extend', extend.holdId, { ...extend, lifeMs: checkedLife(extend.lifeMs) }),
    settle: (settle) => post('settle', settle.holdId, settle),
    release: (release) => post('release', release.holdId, release),
    refund: (refund) => post('refund', refund.receiptId, refund),
    balance: (account) => readBalance(sql, account),
    usage: (account, span) => readUsage(sql, account, span),
    entries: (account, page) => readEntries(sql, account, page),
    run: (account, runId) => readRun(sql, account, runId),
    earmarks: (account) => readEarmarks(sql, account),
  };
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

const ids = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function poster(sql: Sql, lines: Lines) {
  const post = ledgerLanes(sql, lines);
  return async <Kind extends OperationKind>(
    kind: Kind,
    subject: string,
    operation: Parameters<typeof postingOf>[2],
  ): Promise<Outcome<Answers[Kind], LedgerRefusal>> => {
    // A name that no hold or receipt can have names none.
    if (kind !== 'debit' && kind !== 'hold' && !ids.test(subject)) {
      return refused({ kind: 'notFound' });
    }
    const answer = await post(postingOf(kind, subject, operation));
    return answer as Outcome<Answers[Kind], LedgerRefusal>; // its kind decides what it answers
  };
}

function checkedLife(lifeMs: number): number {
  if (!Number.isInteger(lifeMs) || lifeMs <= 0 || lifeMs > holdLifeMsMax) {
    throw new RangeError(`a hold lives from 1 ms to 24 h, not ${lifeMs} ms`);
  }
  return lifeMs;
}
