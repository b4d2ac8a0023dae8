import { divide, minor, plus, sum, type Minor } from '../values/money.ts';

/** What an invoice charged: its lines' amounts in their order, and what was applied of the account's credit. */
export type Charged = { readonly lineMinors: readonly Minor[]; readonly appliedMinor: Minor };

/**
 * What a refund gives back of each line of the invoice that its money had paid, in proportion to what is `left` of
 * them after the refunds before it. The parts sum exactly to the refund, none is more than what is left of its
 * line, and all refunds of a whole invoice give each line back to the cent, however they divide it. Minor units;
 * throws for more than is left. [3.28]
 */
export function giveBackLines(left: Charged, backMinor: Minor): Charged {
  const amounts = [...left.lineMinors, left.appliedMinor];
  const all = sum(amounts);
  if (backMinor <= 0n || backMinor > all) throw new RangeError(`${backMinor} of ${all}`);
  const exact = amounts.map((amount) => amount * backMinor);
  const parts = exact.map((share) => floor(share, all));
  const restOf = (index: number): bigint => (exact[index] ?? 0n) - (parts[index] ?? 0n) * all;
  const byRest = amounts
    .map((_, index) => index)
    .toSorted((a, b) => Number(restOf(b) > restOf(a)) - Number(restOf(b) < restOf(a)) || a - b);
  const missing = Number(backMinor - sum(parts));
  const raised = new Set(byRest.slice(0, missing));
  const back = parts.map((part, index) => (raised.has(index) ? plus(part, minor(1)) : part));
  return { lineMinors: back.slice(0, -1), appliedMinor: back.at(-1) ?? minor(0) };
}

/** Down to the next whole unit, also of what is negative: a line may give back what another had charged. */
const floor = (numerator: bigint, denominator: bigint): Minor =>
  minor(divide(numerator, denominator, numerator < 0n ? 'up' : 'down'));
