import { micro, type MicroCredits } from '../domain/values/money.ts';
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
import { needOf, type Posting } from './ledger-posting.ts';

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
  const { replayed = false, crossed: _none, ...data } = told;
  const refusal = kind === 'denied' ? { kind, ...data, replayed } : { kind, ...data };
  return refusal as Plain<LedgerRefusal>; // the functions' refusals are the port's, by name
}

/** A line of the fast path's answer, by the number of its operation. */
export type Posted = {
  readonly op: number;
  readonly id: string;
  readonly at: string;
  readonly balanceMicro: MicroCredits;
  readonly grantNo: number;
  readonly grantKind: GrantKind;
  readonly expiresAt: string;
  readonly left: readonly [member: string, space: string, org: string];
};

/** Reads `ledger.post`'s lines; null is none. */
export const readPosted = (text: string | null): Posted[] =>
  text === null ? [] : text.split('\n').map(readLine);

function readLine(line: string): Posted {
  const [op, id, at, balance, grantNo, kind, expiresAt, member, space, org] = line.split('|');
  return {
    op: Number(op) - 1,
    id: id ?? '',
    at: instantOf(at),
    balanceMicro: micro(BigInt(balance ?? '')),
    grantNo: Number(grantNo),
    grantKind: kind as GrantKind, // the column's check allows no other
    expiresAt: expiresAt === '' ? '' : instantOf(expiresAt),
    left: [member ?? '', space ?? '', org ?? ''],
  };
}

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

const instantOf = (ms: string | undefined): string => new Date(Number(ms)).toISOString();

/** The receipt of an operation that the fast path has written. */
export function receiptOf(posting: Posting, posted: Posted): Receipt | HoldReceipt {
  const { at, id, expiresAt, balanceMicro: balanceAfterMicro } = posted;
  const amountMicro = needOf(posting);
  const limitsLeft = posting.kind === 'settle' ? [] : leftOf(posting, posted);
  if (posting.kind === 'hold') {
    return {
      holdId: id,
      at,
      amountMicro,
      expiresAt,
      balanceAfterMicro,
      limitsLeft,
      countsLeft: [],
      replayed: false,
      crossed: [],
    };
  }
  const { termsVersion, rateVersion } = posting.content;
  if (termsVersion === undefined || rateVersion === undefined) throw new Error('an unrated run');
  return {
    id,
    at,
    termsVersion,
    rateVersion,
    occurredAt: at,
    entries: (posting.content.lines ?? []).map((line, ordinal) => entryOf(line, ordinal, posted)),
    amountMicro,
    balanceAfterMicro,
    aboveHold: false,
    holdExpired: false,
    limitsLeft,
    countsLeft: [],
    promos: [],
    replayed: false,
    crossed: [],
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

function leftOf({ content }: Posting, { left: [member, space, org] }: Posted): LimitLeft[] {
  const limits: LimitLeft[] = [];
  const add = (limit: LimitLeft['limit'], subject: string, left: string): void => {
    if (left !== '') limits.push({ limit, subject, leftMicro: micro(BigInt(left)) });
  };
  add('member', content.member ?? '', member);
  add('space', content.space ?? '', space);
  add('org', '', org);
  return limits;
}
