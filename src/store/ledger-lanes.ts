import { setTimeout as delay } from 'node:timers/promises';
import { ok, refused, type Outcome } from '../domain/values/outcome.ts';
import type { LedgerRefusal } from '../ports/ledger.ts';
import type { Sql } from './connect.ts';
import { callBatch, type BatchAnswer } from './ledger-batch.ts';
import {
  readPosted,
  readRefused,
  readSettled,
  readTold,
  receiptOf,
  type Answer,
} from './ledger-answers.ts';
import { isPlain, type Posting } from './ledger-posting.ts';
import { Turns } from './ledger-turns.ts';
import { gaveWay, isConnectionLost, isHeldByOthers, isOverwhelmed } from './lost-connection.ts';
import { present } from './ledger-writes.ts';

/** More would not make it cheaper, and would keep the others waiting. */
const batchMost = 128;
/** So much of a batch may come from one workspace while others wait. */
const oneWorkspaceMost = batchMost / 4;
/** While so many wait for a lane its next batch leaves whatever is on its way. */
const secondFrom = batchMost / 2;
const onTheirWayMost = 2;
/** The exact path takes as long for one as the fast one for twenty: so many make a batch as slow as a large one. */
const exactMost = 8;
const resubmitForMs = 10_000;
const resubmitAfterMs = 50;

/** How a batch goes: on which line, and whom it tells that it has left it, and that it is back. */
type Way = {
  readonly line: Sql;
  readonly giveBack?: () => void;
  readonly hasReturned?: () => void;
};
const nothing = (): void => undefined;

type Settled = Outcome<Answer, LedgerRefusal>;

/** A posting whose caller waits. */
interface Waiting {
  readonly posting: Posting;
  /** The fast path may not try it, or has left it out. */
  exact: boolean;
  /** Since when the books cannot be reached for it; null: they can. */
  lostSince: number | null;
  readonly resolve: (answer: Settled) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Posts operations in batches: whatever arrives while a batch is on its way makes the next, which leaves when that
 * returns. So a batch is as large as the load asks for, and nobody waits for a timer. Where very many wait for a
 * lane a batch leaves whatever else is on its way, on a line that few other lanes use.
 */
export function ledgerLanes(sql: Sql, lines: Lines): (posting: Posting) => Promise<Settled> {
  const turns = new Turns();
  const lanes = new Map<number, Lane>();
  return (posting) => {
    const lane = lanes.get(posting.lane) ?? new Lane(sql, lines, posting.lane, turns);
    lanes.set(posting.lane, lane);
    return lane.post(posting);
  };
}

/**
 * Connections on which batches stand one behind the other, so that PostgreSQL has the next at hand. Small batches
 * share one: one backend that does them all is cheaper than two at once. Large ones of two lanes keep two processors
 * busy.
 */
export type Lines = { readonly shared: Sql; readonly large: readonly Sql[] };

class Lane {
  private readonly beside: Sql;
  private readonly shared: Sql;
  private readonly large: Sql;
  private readonly lane: number;
  private readonly turns: Turns;
  private waiting: Waiting[] = [];
  private onTheirWay = 0;
  private hasAsked = false;

  constructor(sql: Sql, { shared, large }: Lines, lane: number, turns: Turns) {
    this.beside = sql;
    this.shared = shared;
    this.large = large[lane % large.length] ?? shared;
    this.lane = lane;
    this.turns = turns;
  }

  post(posting: Posting): Promise<Settled> {
    return new Promise((resolve, reject) => {
      const exact = !isPlain(posting);
      this.waiting.push({ posting, exact, lostSince: null, resolve, reject });
      if (this.waiting.length === secondFrom) setImmediate(() => this.leave(this.large));
      else if (this.mayAsk()) {
        this.hasAsked = true;
        // What arrives in this turn of the event loop goes along.
        setImmediate(() => this.askForTurn());
      }
    });
  }

  private readonly mayAsk = (): boolean =>
    !this.hasAsked && this.onTheirWay === 0 && this.waiting.length > 0;

  private askForTurn(): void {
    this.hasAsked = true;
    this.turns.take(() => {
      this.hasAsked = false;
      this.leave(this.shared, () => this.turns.giveBack());
    });
  }

  /** What waits, and was not asked for yet, leaves: at once, where it is much. */
  private goOn(): void {
    if (this.waiting.length >= secondFrom) this.leave(this.large);
    else if (this.mayAsk()) this.askForTurn();
  }

  /** Sends what waits on a line, as much as fits, and gives its turn back when it has left that. */
  private leave(line: Sql, giveBack = nothing): void {
    if (this.waiting.length === 0 || this.onTheirWay === onTheirWayMost) {
      giveBack();
      return;
    }
    const { batch, left } = takeBatch(this.waiting);
    this.waiting = left;
    this.onTheirWay += 1;
    const isSlow = batch.filter(({ exact }) => exact).length > exactMost;
    if (isSlow) giveBack();
    this.start(batch, isSlow ? { line: this.large } : { line, giveBack });
  }

  private start(batch: readonly Waiting[], way: Way): void {
    // The next one leaves before this one's answers are read.
    const hasReturned = (): void => {
      this.onTheirWay -= 1;
      this.goOn();
    };
    void this.send(batch, { ...way, hasReturned }).then((again) => {
      if (again.length === 0) return;
      this.waiting = [...again, ...this.waiting];
      this.goOn();
    });
  }

  /** Sends a batch and settles what it answers; what must be sent again comes back. */
  private async send(
    batch: readonly Waiting[],
    { line, giveBack = nothing, hasReturned = nothing }: Way,
  ): Promise<readonly Waiting[]> {
    const { fast, exact } = sortOut(batch);
    const postings = {
      fast: fast.map(({ posting }) => posting),
      exact: exact.map(({ posting }) => posting),
    };
    try {
      const answer = await this.call(postings, { line, giveBack }).finally(hasReturned);
      return answer.moved === null
        ? settleAll(fast, exact, answer)
        : dropMoved([...fast, ...exact], answer.moved);
    } catch (error) {
      return this.recover(batch, error);
    }
  }

  /** On a line nobody waits long for a lane: what another process holds is asked for beside it. */
  private async call(
    batch: Parameters<typeof callBatch>[2],
    { line, giveBack }: { readonly line: Sql; readonly giveBack: () => void },
  ): Promise<BatchAnswer> {
    try {
      return await callBatch(line, this.lane, batch);
    } catch (error) {
      if (!isHeldByOthers(error)) throw error;
    } finally {
      giveBack();
    }
    return callBatch(this.beside, this.lane, batch);
  }

  /**
   * After a lost connection nobody knows whether the batch was committed: sent again under the same keys it is
   * booked once and gets its answers. So is what gave way to others. Where the books are full or too slow the
   * batch fails whole, and its callers come again; one operation that the books cannot take fails alone.
   */
  private async recover(batch: readonly Waiting[], error: unknown): Promise<readonly Waiting[]> {
    if (isConnectionLost(error) || gaveWay(error)) {
      const now = performance.now();
      await delay(resubmitAfterMs);
      return batch.filter((one) => {
        one.lostSince ??= now;
        const isHopeless = now - one.lostSince > resubmitForMs;
        if (isHopeless) one.reject(error);
        return !isHopeless;
      });
    }
    if (batch.length === 1 || isOverwhelmed(error)) {
      for (const one of batch) one.reject(error);
      return [];
    }
    const again = [];
    for (const one of batch) again.push(...(await this.send([one], { line: this.shared })));
    return again;
  }
}

/** Settles what was answered; what the fast path has left out is for the exact one. */
function settleAll(
  fast: readonly Waiting[],
  exact: readonly Waiting[],
  { asked, posted, settled, refused: denials, answers }: BatchAnswer,
): readonly Waiting[] {
  const left = new Set(fast);
  for (const written of [readPosted(posted, asked), readSettled(settled)]) {
    for (const told of written) {
      const one = present(fast[told.op]);
      left.delete(one);
      one.resolve(ok(receiptOf(one.posting, told)));
    }
  }
  for (const { op, refusal } of readRefused(denials)) {
    const one = present(fast[op]);
    left.delete(one);
    one.resolve(refused(refusal));
  }
  for (const [at, told] of (answers ?? []).entries()) present(exact[at]).resolve(readTold(told));
  for (const one of left) one.exact = true;
  return [...left];
}

/** Nothing was posted, because of these; the others go again. */
function dropMoved(batch: readonly Waiting[], moved: readonly number[]): readonly Waiting[] {
  for (const at of moved) present(batch[at]).resolve(refused({ kind: 'moved' }));
  return batch.filter((_, at) => !moved.includes(at));
}

/** The next batch; while more wait than fit, no workspace takes more than its share. */
function takeBatch(waiting: Waiting[]): { readonly batch: Waiting[]; readonly left: Waiting[] } {
  if (waiting.length <= batchMost) return { batch: waiting, left: [] };
  const taken = new Map<bigint, number>();
  const batch: Waiting[] = [];
  const left: Waiting[] = [];
  for (const one of waiting) {
    const { workspaceId } = one.posting;
    const share = taken.get(workspaceId) ?? 0;
    const hasRoom = batch.length < batchMost && share < oneWorkspaceMost;
    if (hasRoom) taken.set(workspaceId, share + 1);
    (hasRoom ? batch : left).push(one);
  }
  return { batch: [...batch, ...left.splice(0, batchMost - batch.length)], left };
}

/**
 * What the fast path tries. It sees the books as they were before it: an operation that repeats a key of the
 * same batch, or settles the same hold, comes after it, on the exact path.
 */
function sortOut(batch: readonly Waiting[]): {
  readonly fast: Waiting[];
  readonly exact: Waiting[];
} {
  const seen = new Set<string>();
  const fast: Waiting[] = [];
  const exact: Waiting[] = [];
  for (const one of batch) {
    const { keyHash, content } = one.posting;
    const isFast = !one.exact && !seen.has(keyHash) && !seen.has(content.holdId ?? '');
    if (isFast) {
      seen.add(keyHash);
      if (content.holdId !== undefined) seen.add(content.holdId);
    }
    (isFast ? fast : exact).push(one);
  }
  return { fast, exact };
}
