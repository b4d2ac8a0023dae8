import type { Instant } from '../values/calendar.ts';
import { lesser, micro, minus, type MicroCredits } from '../values/money.ts';
import type { BurnComparator, GrantKind } from '../terms/terms.ts';

/** A grant as burn-down sees it. */
export type BurnableGrant = {
  /** The workspace's first grant is 1: what decides when all comparators are equal. */
  readonly grantNo: number;
  readonly kind: GrantKind;
  readonly remainingMicro: MicroCredits;
  readonly priority: number;
  /** `null`: usable for everything. */
  readonly earmark: string | null;
  readonly effectiveAt: Instant;
  /** `null`: never. */
  readonly expiresAt: Instant | null;
};

export type Burn = { readonly grantNo: number; readonly amountMicro: MicroCredits };

/**
 * What decides which of two grants burns first. A catalog chooses among `BurnComparator`; the others
 * are what further orders in the field are made of.
 */
export type GrantComparator =
  | BurnComparator
  /** The one with more left. */
  | 'largest'
  /** The one that was granted first, whenever it begins. */
  | 'grantedFirst'
  | { readonly reversed: GrantComparator };

/** Grants that a call may burn at an instant: live, with something left, and unearmarked or its earmark. */
export const burnable = (
  grants: readonly BurnableGrant[],
  call: { readonly at: Instant; readonly earmark: string | null },
): BurnableGrant[] =>
  grants.filter(
    (grant) =>
      grant.remainingMicro > 0n &&
      grant.effectiveAt <= call.at &&
      (grant.expiresAt === null || call.at < grant.expiresAt) &&
      (grant.earmark === null || grant.earmark === call.earmark),
  );

/** Grants in the order in which they burn: comparator by comparator, the older grant where all are equal. */
export const inBurnOrder = (
  grants: readonly BurnableGrant[],
  order: readonly GrantComparator[],
): BurnableGrant[] =>
  [...grants].sort((a, b) => {
    for (const comparator of order) {
      const difference = compareBy(comparator, a, b);
      if (difference !== 0) return difference;
    }
    return a.grantNo - b.grantNo;
  });

/** Burns an amount down the grants in order; `shortMicro` is what they could not pay. */
export function burnDown(
  grants: readonly BurnableGrant[],
  order: readonly GrantComparator[],
  amountMicro: MicroCredits,
): { readonly burns: readonly Burn[]; readonly shortMicro: MicroCredits } {
  const burns: Burn[] = [];
  let left = amountMicro;
  for (const grant of inBurnOrder(grants, order)) {
    if (left === 0n) break;
    const part = lesser(left, grant.remainingMicro);
    if (part === micro(0)) continue;
    burns.push({ grantNo: grant.grantNo, amountMicro: part });
    left = minus(left, part);
  }
  return { burns, shortMicro: left };
}

function compareBy(comparator: GrantComparator, a: BurnableGrant, b: BurnableGrant): number {
  if (typeof comparator === 'object') {
    if ('reversed' in comparator) return -compareBy(comparator.reversed, a, b);
    return rankIn(comparator.kind, a.kind) - rankIn(comparator.kind, b.kind);
  }
  switch (comparator) {
    case 'earmarkedFirst':
      return Number(a.earmark === null) - Number(b.earmark === null);
    case 'priority':
      return a.priority - b.priority;
    case 'expiresSoonest':
      return byText(a.expiresAt ?? endOfTime, b.expiresAt ?? endOfTime);
    case 'oldest':
      return byText(a.effectiveAt, b.effectiveAt);
    case 'largest':
      return byAmount(b.remainingMicro, a.remainingMicro);
    case 'grantedFirst':
      return a.grantNo - b.grantNo;
  }
}

/** After every instant in text order: what never expires burns last. */
const endOfTime = '~';

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const byAmount = (a: MicroCredits, b: MicroCredits): number => (a < b ? -1 : a > b ? 1 : 0);

/** Kinds that an order does not name come after those it names. */
const rankIn = (kinds: readonly GrantKind[], kind: GrantKind): number => {
  const rank = kinds.indexOf(kind);
  return rank === -1 ? kinds.length : rank;
};
