import type postgres from 'postgres';
import { expect } from 'vitest';
import { inBurnOrder } from '../../../src/domain/credits/burn-down.ts';
import {
  availableMicro,
  countedMicro,
  type AccountGrant,
  type CreditAccount,
  type Usage,
} from '../../../src/domain/credits/credit-account.ts';
import { beyondMicro, roomBeyond, spendOf } from '../../../src/domain/credits/credit-overage.ts';
import { minus, sum } from '../../../src/domain/values/money.ts';
import type { Balance } from '../../../src/ports/ledger-reports.ts';
import type { LedgerAccount, Receipt } from '../../../src/ports/ledger.ts';
import type { PromoInPlace } from '../../../src/ports/promo-in-place.ts';

/** Both have the same left, held and owed, below the cap too, and grant by grant in burn order. */
export function expectSameBalance(balance: Balance | undefined, model: CreditAccount): void {
  const held = model.holds.flatMap(({ parts }) => parts);
  const heldOn = (no: number) =>
    sum(held.filter(({ grantNo }) => grantNo === no).map(({ amountMicro }) => amountMicro));
  const live = model.grants.filter(({ status }) => status === 'live');
  const shown = inBurnOrder(live, model.policy.order).map(({ grantNo, remainingMicro }) => ({
    ...{ grantNo, remainingMicro, heldMicro: heldOn(grantNo) },
  }));
  const alive = balance?.grants.filter(({ grantNo }) =>
    live.some((grant) => grant.grantNo === grantNo),
  );
  const spendable = (one: { remainingMicro: bigint; heldMicro: bigint }): boolean =>
    one.remainingMicro > 0n || one.heldMicro > 0n;
  const isMetered = model.policy.settlement === 'creditThenInvoice';
  expect({
    ...{ availableMicro: balance?.availableMicro, debtMicro: balance?.debtMicro },
    overageMicro: balance?.overage?.usedMicro ?? null,
    roomMicro: balance?.overage?.roomMicro ?? null,
    spend: balance?.spend,
    caps: balance?.caps
      .map(
        ({ scope, subject, capMicro, usedMicro }) =>
          `${scope === 'org' ? 'org' : `${scope}:${subject}`} ${minus(capMicro, usedMicro)}`,
      )
      .toSorted(),
    grants: alive
      ?.map(({ grantNo, remainingMicro, heldMicro }) => ({ grantNo, remainingMicro, heldMicro }))
      .filter(spendable),
  }).toEqual({
    ...{ availableMicro: availableMicro(model, null), debtMicro: model.debtMicro },
    overageMicro: isMetered ? beyondMicro(model) : null,
    roomMicro: isMetered ? roomBeyond(model) : null,
    spend: spendOf(model),
    caps: model.policy.caps
      .map((cap) => `${cap.whose ?? 'org'} ${minus(cap.limitMicro, countedMicro(model, cap))}`)
      .toSorted(),
    grants: shown.filter(spendable),
  });
}

/** A refund gave the same promo credits in the place of grants that had ended. */
export function expectSamePromos({ promos }: Receipt, granted: readonly AccountGrant[]): void {
  const told = (
    one: Omit<PromoInPlace, 'inPlaceOf' | 'expiresAt'> & { expiresAt: string | null },
  ) => `${one.grantNo}: ${one.amountMicro} until ${one.expiresAt}`;
  expect(promos.map(told)).toEqual(granted.map(told));
}

/** What was burned, source after source: neighbouring entries of one source are one. */
const joined = (
  parts: readonly { readonly source: string; readonly micro: bigint }[],
): string[] => {
  const sources: { source: string; micro: bigint }[] = [];
  for (const part of parts.filter((each) => each.micro !== 0n)) {
    const last = sources.at(-1);
    if (last?.source === part.source) last.micro += part.micro;
    else sources.push({ ...part });
  }
  return sources.map((each) => `${each.source} ${each.micro}`);
};

export const burnsOf = (receipt: Receipt): string[] =>
  joined(
    receipt.entries
      .filter(({ target }) => target !== 'nothing')
      .map(({ grantNo, target, amountMicro }) => ({
        ...{ source: String(grantNo ?? target), micro: amountMicro },
      })),
  );

export const partsOf = (usage: Usage): string[] =>
  joined(
    usage.parts.map(({ source, amountMicro }) => ({
      ...{ source: String(source), micro: amountMicro },
    })),
  );

/** The same has become of every grant, ended ones too. */
export async function expectSameGrants(
  admin: postgres.Sql,
  { workspaceId }: LedgerAccount,
  model: CreditAccount,
): Promise<void> {
  const rows = await admin<BecameRow[]>`
    select remaining_micro as left, spent_micro as spent, repaid_micro as repaid,
      reversed_micro as reversed, transferred_micro as transferred, reversal_due_micro as due,
      owed_micro as owed, lost_micro as lost
    from grant_standing where workspace_id = ${workspaceId.toString()}
    order by grant_no`;
  expect(rows.map((row) => ({ ...row }))).toEqual(model.grants.map(becameOf));
}

type BecameRow = Readonly<
  Record<'left' | 'spent' | 'repaid' | 'reversed' | 'transferred' | 'due' | 'owed' | 'lost', string>
>;

const becameOf = (grant: AccountGrant): BecameRow => ({
  left: `${grant.remainingMicro + grant.expiredMicro}`,
  ...{ spent: `${grant.spentMicro}`, repaid: `${grant.repaidMicro}` },
  ...{ reversed: `${grant.reversedMicro}`, transferred: `${grant.transferredMicro}` },
  ...{ due: `${grant.dueMicro}`, owed: `${grant.owedMicro}`, lost: `${grant.lostMicro}` },
});
