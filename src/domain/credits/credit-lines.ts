import { inBurnOrder, type BurnableGrant } from './burn-down.ts';
import type { CreditAccount, UsagePart } from './credit-account.ts';
import { takeFrom } from './credit-movement.ts';
import { record } from './credit-usage.ts';
import { lesser, micro, minus, type MicroCredits } from '../values/money.ts';

/** A line of an invoice that credits may pay; an earmark names the kind of line it is for. */
export type PayableLine = {
  readonly id: string;
  readonly kind: string;
  readonly amountMicro: MicroCredits;
};

/** What credits paid of a line, grant by grant. */
export type LinePayment = { readonly line: PayableLine; readonly parts: readonly UsagePart[] };

/**
 * Pays an invoice's lines by credits: grant after grant in burn order, each the lines that it may pay
 * in their order. What the credits do not cover stays due.
 */
export function payLines(
  account: CreditAccount,
  lines: readonly PayableLine[],
): { readonly account: CreditAccount; readonly payments: readonly LinePayment[] } {
  const due = lines.map((line) => ({
    line,
    leftMicro: line.amountMicro,
    parts: [] as UsagePart[],
  }));
  for (const grant of inBurnOrder(living(account), account.policy.order)) {
    let remaining = grant.remainingMicro;
    for (const one of due) {
      if (grant.earmark !== null && grant.earmark !== one.line.kind) continue;
      const amountMicro = lesser(remaining, one.leftMicro);
      if (amountMicro === micro(0)) continue;
      one.parts.push({ source: grant.grantNo, amountMicro });
      one.leftMicro = minus(one.leftMicro, amountMicro);
      remaining = minus(remaining, amountMicro);
    }
  }
  const payments = due.map(({ line, parts }) => ({ line, parts }));
  return { account: payments.reduce(write, account), payments };
}

/** Grants that burn now, whatever they are earmarked for. */
const living = ({ grants, at }: CreditAccount): BurnableGrant[] =>
  grants.filter(
    ({ effectiveAt, expiresAt }) => effectiveAt <= at && (expiresAt === null || at < expiresAt),
  );

function write(account: CreditAccount, { line, parts }: LinePayment): CreditAccount {
  const taken = parts.flatMap(({ source, amountMicro }) =>
    typeof source === 'number' ? [{ grantNo: source, amountMicro }] : [],
  );
  const call = { id: line.id, feature: line.kind, amountMicro: line.amountMicro };
  return record(takeFrom(account, taken), call, parts).account;
}
