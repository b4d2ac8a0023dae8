import { randomInt } from 'node:crypto';
import { micro } from '../../src/domain/values/money.ts';
import type { Debit, Ledger, LedgerAccount } from '../../src/ports/ledger.ts';
import type { Measure } from '../contest.ts';
import { terms, type Books } from './books.ts';

let keys = 0;

/** A key that no other has; the body is what makes it the same request again. */
export const freshRequest = (): { key: string; body: string } => {
  keys += 1;
  return { key: `bench-${process.pid}-${keys}`, body: '{"lines":[{"line":"llm"}]}' };
};

/** Whose credits a call takes: any workspace's, always the hot one's, or those of one that has none. */
export type Spread = 'wide' | 'hot' | 'poor';

export function pick({ rich, poor }: Books, spread: Spread): LedgerAccount {
  const among = spread === 'poor' ? poor : rich;
  const account = among[spread === 'hot' ? 0 : randomInt(1, among.length)];
  if (account === undefined) throw new RangeError('the bench has no such workspace');
  return account;
}

const versions = { termsVersion: terms.version, rateVersion: terms.rates.version };

/** One run of one line, under the pool, a member's cap and a Space's. */
export const debitOf = (account: LedgerAccount, spread: Spread): Debit => ({
  account,
  request: freshRequest(),
  ...versions,
  onShort: 'deny',
  lines: [{ line: 'llm', model: 'sonnet-4.6', tokens: 1_200n, amountMicro: micro(4_200) }],
  member: `m${randomInt(1, spread === 'hot' ? 101 : 11)}`,
  space: `s${randomInt(1, spread === 'hot' ? 21 : 5)}`,
});

/** Keeps so many calls on their way for a round; answers how many were answered per second. */
export const closedLoop =
  (inFlight: number, call: () => Promise<void>): Measure =>
  async (roundMs) => {
    const startedAt = performance.now();
    let done = 0;
    const client = async (): Promise<void> => {
      while (performance.now() - startedAt < roundMs) {
        await call();
        done += 1;
      }
    };
    await Promise.all(Array.from({ length: inFlight }, client));
    return (done * 1_000) / (performance.now() - startedAt);
  };

/** A debit that must be accepted; of a poor workspace, refused. */
export const debits = (ledger: Ledger, books: Books, spread: Spread) => async (): Promise<void> => {
  const answer = await ledger.debit(debitOf(pick(books, spread), spread));
  if (answer.ok === (spread === 'poor')) throw new Error('a debit was not answered as it must be');
};

/** A run that sets credits aside first, and settles below that. */
export const heldRuns = (ledger: Ledger, books: Books) => async (): Promise<void> => {
  const { lines, account, request, member, space } = debitOf(pick(books, 'wide'), 'wide');
  const whom = { ...(member && { member }), ...(space && { space }) };
  const amountMicro = micro(9_000);
  const hold = await ledger.hold({ account, request, ...versions, ...whom, amountMicro });
  if (!hold.ok) throw new Error('a hold was refused');
  const { holdId } = hold.value;
  const of = { account, request: freshRequest(), ...versions, holdId, lines };
  const settled = await ledger.settle({ ...of, rest: 'release' });
  if (!settled.ok) throw new Error('a settle was refused');
};
