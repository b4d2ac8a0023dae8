import { isBefore, type Instant } from '../domain/values/calendar.ts';
import { nearest } from '../domain/values/nearest.ts';
import { tokenBuckets, type EstimatedUse, type Rate } from '../domain/terms/rate-card.ts';
import type { Terms } from '../domain/terms/terms.ts';
import type { Mistake, Path } from './source.ts';

/** A card that prices something, in the catalog's own money, and estimates that it can price. */
export function checkRates(terms: Terms): Mistake[] {
  return [...checkCard(terms), ...checkChanges(terms), ...checkEstimates(terms)];
}

/** Figures of a rate follow each other: each day is later than the one before. */
function checkChanges({ rates }: Terms): Mistake[] {
  const { source, items } = rates;
  // What stands at cost changes with its source, whose days are checked once.
  if (source.kind === 'costPlus' && source.changes !== undefined) {
    const mistakes = checkDays(source.changes, ['rates', 'source']);
    if (mistakes.length > 0) return mistakes;
  }
  return Object.entries(items).flatMap(([name, { changes = [] }]) =>
    checkDays(changes, ['rates', 'items', name]),
  );
}

const checkDays = (changes: readonly { readonly from: Instant }[], path: Path): Mistake[] =>
  changes.flatMap(({ from }, index): Mistake[] => {
    const before = changes[index - 1];
    if (before === undefined || isBefore(before.from, from)) return [];
    const message = `found ${dayOf(from)}, expected a day after ${dayOf(before.from)}`;
    return [{ path: [...path, 'changes', index, 'from'], message }];
  });

const dayOf = (at: Instant): string => at.slice(0, 10);

function checkCard({ rates, credits }: Terms): Mistake[] {
  const mistakes: Mistake[] = [];
  if (Object.keys(rates.items).length === 0) {
    mistakes.push({ path: ['rates', 'items'], message: 'is empty, expected at least one rate' });
  }
  const { source } = rates;
  if (source.kind === 'fixed') return mistakes;
  const { unit } = credits;
  if (unit.kind !== 'money' || unit.currency !== source.currency) {
    const message = `is in ${source.currency}, expected credits in that money to take costs over`;
    mistakes.push({ path: ['rates', 'source', 'priceList'], message });
  }
  return mistakes;
}

function checkEstimates({ rates, estimates }: Terms): Mistake[] {
  return Object.entries(estimates).flatMap(([tool, { uses }]) =>
    uses.flatMap((use, index): Mistake[] => {
      const path = ['estimates', tool, 'uses', index];
      const rate = Object.hasOwn(rates.items, use.rate) ? rates.items[use.rate] : undefined;
      if (rate !== undefined) return checkUse(use, rate, path);
      const guess = nearest(use.rate, Object.keys(rates.items));
      const hint = guess === null ? '' : `; did you mean ${guess}?`;
      const message = `found "${use.rate}", expected a rate of the card${hint}`;
      return [{ path: [...path, 'rate'], message }];
    }),
  );
}

function checkUse({ low, high }: EstimatedUse, rate: Rate, path: Path): Mistake[] {
  const ofTokens = rate.unit === 'tokens';
  const wrong = Object.entries({ low, high }).filter(
    ([, used]) => (typeof used === 'object') !== ofTokens,
  );
  if (wrong.length > 0) {
    const expected = ofTokens ? 'tokens, like { input: 1000 }' : `a number of ${rate.unit}s`;
    return wrong.map(([name]) => ({ path: [...path, name], message: `expected ${expected}` }));
  }
  const falls =
    typeof low === 'number' || typeof high === 'number'
      ? low > high
      : tokenBuckets.some((bucket) => (low[bucket] ?? 0) > (high[bucket] ?? 0));
  return falls ? [{ path: [...path, 'high'], message: 'is less than low, expected more' }] : [];
}
