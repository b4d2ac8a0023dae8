import { micro, minus, type MicroCredits } from '../domain/values/money.ts';
import { ok, refused, type Outcome } from '../domain/values/outcome.ts';
import { fromPlain, type Plain } from '../domain/values/plain.ts';
import type {
  Entry,
  ExtendReceipt,
  HoldReceipt,
  LedgerRefusal,
  LimitLeft,
  Receipt,
  ReleaseReceipt,
  UsageLine,
} from '../ports/ledger.ts';
import type { GrantKind } from '../domain/terms/terms.ts';
import type { Asking } from './ledger-columns.ts';
import { needOf, type Posting } from './ledger-posting.ts';
import { present } from './ledger-writes.ts';

/** What an operation answers when it is not refused; which of these, its kind decides. */
export type Answer = Receipt | HoldReceipt | ExtendReceipt | ReleaseReceipt;

const granted = ['receipt', 'held', 'extended', 'released'];

/** One answer of the exact path; its shapes are fixed in migrations and pinned by the tests. */
export type Told = { readonly answer: string } & Readonly<Record<string, unknown>>;

/** What the exact path has answered, as the port says it. */
export function readTold({ answer, ...told }: Told): Outcome<Answer, LedgerRefusal> {
  return granted.includes(answer)
    ? ok(fromPlain<Answer>({ replayed: false, ...told } as Plain<Answer>))
    : refused(fromPlain<LedgerRefusal>(refusalOf(answer, told)));
}

function refusalOf(kind: string, told: Readonly<Record<string, unknown>>): Plain<LedgerRefusal> {
  const { replayed = false, ...data } = told;
  const refusal = kind === 'denied' ? { kind, ...data, replayed } : { kind, ...data };
  return refusal as Plain<LedgerRefusal>; // the functions' refusals are the port's, by name
}

/** What the fast path has answered of one operation, by its place among them. */
export type Posted = {
  readonly op: number;
  readonly id: string;
  readonly atMs: number;
  readonly balanceMicro: MicroCredits;
  readonly grantNo: number;
  readonly grantKind: GrantKind;
  /** What is left below its caps; null: there is none. */
  readonly left: Readonly<Record<'member' | 'space' | 'org', MicroCredits | null>>;
};

/**
 * Reads `ledger.post`'s answer, which names each pool and cap once, as they were before: what each operation
 * left of them follows from what had been asked up to it. Null is none.
 */
export function* readPosted(text: string | null, asked: readonly Asking[]): Iterable<Posted> {
  if (text === null) return;
  const [firstId = '', unfit = '', belowCaps = '', ...lines] = text.split('\n');
  const leftOut = new Set(unfit.split(',').map(Number));
  const pools = lines.map(readPool);
  const caps = belowCaps.split(',').map(readLeft);
  const below = (cap: Asking['member']): MicroCredits | null =>
    cap === undefined ? null : leftAfter(caps[cap.place - 1] ?? null, cap.sum);
  for (const { op, pool: of, member, space } of asked) {
    const pool = present(pools[of.place - 1]);
    if (leftOut.has(of.place) || pool === null) continue;
    yield {
      ...{ op: op - 1, id: `${firstId}${op.toString(16).padStart(4, '0')}`, atMs: pool.atMs },
      ...{ grantNo: pool.grantNo, grantKind: pool.grantKind },
      balanceMicro: minus(pool.balanceMicro, of.sum),
      left: { member: below(member), space: below(space), org: leftAfter(pool.orgLeft, of.sum) },
    };
  }
}

type Pool = Pick<Posted, 'atMs' | 'balanceMicro' | 'grantNo' | 'grantKind'> & {
  readonly orgLeft: MicroCredits | null;
};

/** Null: it has settles alone, of which `ledger.post_settles` tells. */
function readPool(line: string): Pool | null {
  const [at = '', balance = '', grantNo, grantKind, orgLeft = ''] = line.split('|');
  if (at === '') return null;
  return {
    ...{ atMs: Number(at), balanceMicro: micro(balance), grantNo: Number(grantNo) },
    grantKind: grantKind as GrantKind, // the column's domain allows no other
    orgLeft: readLeft(orgLeft),
  };
}

const readLeft = (text: string): MicroCredits | null => (text === '' ? null : micro(text));
const leftAfter = (left: MicroCredits | null, asked: MicroCredits): MicroCredits | null =>
  left === null ? null : minus(left, asked);

const belowNone = { member: null, space: null, org: null };

/** Reads `ledger.post_settles`' lines; null is none. */
export const readSettled = (text: string | null): readonly Posted[] =>
  text === null
    ? []
    : text.split('\n').map((line) => {
        const [op, id = '', at, balance = '', grantNo, grantKind] = line.split('|');
        return {
          ...{ op: Number(op) - 1, id, atMs: Number(at), balanceMicro: micro(balance) },
          ...{ grantNo: Number(grantNo), left: belowNone },
          grantKind: grantKind as GrantKind, // as above
        };
      });

/** Reads `ledger.refuse`'s lines: the number of each operation, and the denial that answers it. */
export const readRefused = (
  text: string | null,
): { readonly op: number; readonly refusal: LedgerRefusal }[] =>
  text === null
    ? []
    : text.split('\n').map((line) => {
        const end = line.indexOf('|');
        const limits: unknown = JSON.parse(line.slice(end + 1));
        const denial = { kind: 'denied', limits, replayed: false };
        return {
          op: Number(line.slice(0, end)) - 1,
          refusal: fromPlain<LedgerRefusal>(denial as Plain<LedgerRefusal>), // as in `refusalOf`
        };
      });

const instantOf = (ms: number): string => new Date(ms).toISOString();

/** The receipt of an operation that the fast path has written. */
export function receiptOf(posting: Posting, posted: Posted): Receipt | HoldReceipt {
  const { id, atMs, balanceMicro: balanceAfterMicro } = posted;
  const { termsVersion, rateVersion, lifeMs } = posting.content;
  const at = instantOf(atMs);
  const told = {
    ...{ at, amountMicro: needOf(posting), balanceAfterMicro, limitsLeft: leftOf(posting, posted) },
    ...{ countsLeft: [], replayed: false, crossed: [] },
  };
  if (posting.kind === 'hold') {
    if (lifeMs === undefined) throw new Error('a hold without an end');
    return { ...told, holdId: id, expiresAt: instantOf(atMs + lifeMs) };
  }
  if (termsVersion === undefined || rateVersion === undefined) throw new Error('an unrated run');
  return {
    ...told,
    ...{ id, termsVersion, rateVersion, occurredAt: at, aboveHold: false, holdExpired: false },
    entries: (posting.content.lines ?? []).map((line, ordinal) => entryOf(line, ordinal, posted)),
    promos: [],
  };
}

function entryOf(of: UsageLine, ordinal: number, { grantNo, grantKind }: Posted): Entry {
  const isPaid = of.amountMicro > 0n;
  return {
    ordinal,
    line: of.line,
    model: of.model ?? null,
    amountMicro: of.amountMicro,
    target: isPaid ? 'grant' : 'nothing',
    grantNo: isPaid ? grantNo : null,
    grantKind: isPaid ? grantKind : null,
    aboveHold: false,
  };
}

function leftOf({ content }: Posting, { left: { member, space, org } }: Posted): LimitLeft[] {
  const limits: LimitLeft[] = [];
  const add = (limit: LimitLeft['limit'], subject: string, leftMicro: typeof member): void => {
    if (leftMicro !== null) limits.push({ limit, subject, leftMicro });
  };
  add('member', content.member ?? '', member);
  add('space', content.space ?? '', space);
  add('org', '', org);
  return limits;
}
