import type { Instant } from '../domain/values/calendar.ts';
import { fromDecimal, micro, times, type MicroCredits } from '../domain/values/money.ts';
import { nearest } from '../domain/values/nearest.ts';
import {
  type Rate,
  type RateCard,
  type RateSource,
  type TokenBucket,
  type TokenRate,
  type UnitRate,
} from '../domain/terms/rate-card.ts';
import type { PriceList, PriceLists } from './price-list.ts';
import type { CatalogFile } from './schema.ts';
import type { Mistake, Path } from './source.ts';

type Report = (mistake: Mistake) => void;
type FileRates = CatalogFile['rates'];
type FileRate = FileRates['items'][string];
type CostRate = Extract<FileRate, { readonly unit: 'tokensAtCost' }>;

/** The file's rate card with every figure in it: what stands at a provider's cost is computed here. */
export function toRateCard(file: FileRates, lists: PriceLists, report: Report): RateCard {
  const atCost = readLists(file.source, lists, report);
  const items = Object.entries(file.items).flatMap(([name, rate]): [string, Rate][] => {
    if (rate.unit === 'tokens') return [[name, toTokenRate(rate)]];
    if (rate.unit === 'tokensAtCost') {
      const found = rateAtCost(rate, atCost, ['rates', 'items', name, 'model'], report);
      return found === undefined ? [] : [[name, found]];
    }
    return [[name, toUnitRate(rate)]];
  });
  return { version: file.version, source: toSource(atCost), items: Object.fromEntries(items) };
}

type CostPlus = Extract<FileRates['source'], { readonly kind: 'costPlus' }>;

/** A provider's list with the markup on it, as it stands in one span of days. */
type Priced = Pick<CostPlus, 'priceList' | 'markupPercent'> & { readonly list: PriceList };

/** What models cost at first, and from days on; null: the product sets its rates itself, or a list is missing. */
type AtCost = {
  readonly first: Priced;
  readonly changes: readonly (Priced & { readonly from: Instant })[];
} | null;

function readLists(source: FileRates['source'], lists: PriceLists, report: Report): AtCost {
  if (source.kind === 'fixed') return null;
  const path: Path = ['rates', 'source'];
  const first = readPriced(source, lists, path, report);
  if (first === null) return null;
  const changes = (source.changes ?? []).flatMap((change, index) => {
    const at: Path = [...path, 'changes', index];
    const priced = readPriced(change, lists, at, report);
    if (priced === null) return [];
    const { currency } = priced.list;
    if (currency !== first.list.currency) {
      const message = `is in ${currency}, expected a list in ${first.list.currency} like the first`;
      report({ path: [...at, 'priceList'], message });
    }
    return [{ ...priced, from: midnight(change.from) }];
  });
  return { first, changes };
}

function readPriced(
  { priceList, markupPercent }: Pick<CostPlus, 'priceList' | 'markupPercent'>,
  lists: PriceLists,
  path: Path,
  report: Report,
): Priced | null {
  const list = lists(priceList);
  if (list !== undefined) return { priceList, markupPercent, list };
  const message = `found "${priceList}", expected a list that lies in prices/`;
  report({ path: [...path, 'priceList'], message });
  return null;
}

function toSource(atCost: AtCost): RateSource {
  if (atCost === null) return { kind: 'fixed' };
  const { first, changes } = atCost;
  const { priceList, markupPercent, list } = first;
  return {
    ...{ kind: 'costPlus', markupPercent, priceList, asOf: list.asOf, currency: list.currency },
    ...(changes.length === 0
      ? {}
      : { changes: changes.map(({ list: { asOf }, ...change }) => ({ ...change, asOf })) }),
  };
}

type FileTokens = Extract<FileRate, { readonly unit: 'tokens' }>;

function toTokenRate(rate: FileTokens): TokenRate {
  const { unit, name, modality, perTokens } = rate;
  return { unit, name, modality, perTokens, ...tokenFigures(rate), ...dated(rate, tokenFigures) };
}

const tokenFigures = (of: Record<TokenBucket, MicroCredits>) => ({
  inputMicro: of.input,
  cacheReadMicro: of.cacheRead,
  cacheWriteMicro: of.cacheWrite,
  outputMicro: of.output,
});

function toUnitRate(rate: Exclude<FileRate, CostRate | FileTokens>): UnitRate {
  const { unit, name, modality, perUnits } = rate;
  return { unit, name, modality, perUnits, ...unitFigures(rate), ...dated(rate, unitFigures) };
}

const unitFigures = (of: { readonly credits: MicroCredits }) => ({ creditsMicro: of.credits });

/** A day's figures count from its midnight in UTC on. */
const midnight = (day: string): Instant => `${day}T00:00:00.000Z`;

const dated = <Figures, Read>(
  { changes }: { readonly changes?: readonly (Figures & { readonly from: string })[] },
  read: (of: Figures) => Read,
) =>
  changes === undefined
    ? {}
    : { changes: changes.map((one) => ({ from: midnight(one.from), ...read(one) })) };

/**
 * Providers' prices and the markup on them, exactly [4.33]: instead of rounding a marked-up price, the
 * batch of tokens that it is for is made so big that nothing is left to round, in no span of days. A bucket that a
 * list does not price costs what input costs.
 */
function rateAtCost(
  rate: CostRate,
  atCost: AtCost,
  path: Path,
  report: Report,
): TokenRate | undefined {
  if (atCost === null) {
    const message = 'stands at cost, expected the source costPlus with a price list';
    report({ path, message });
    return undefined;
  }
  const first = costOf(rate, atCost.first, path, report);
  const changes = atCost.changes.flatMap((change) => {
    const cost = costOf(rate, change, path, report);
    return cost === undefined ? [] : [{ from: change.from, cost }];
  });
  if (first === undefined || changes.length < atCost.changes.length) return undefined;
  const perTokens = changes.reduce(
    (batch, { cost }) => leastMultiple(batch, cost.perTokens),
    first.perTokens,
  );
  const figuresOf = (cost: Cost) => tokenFigures(scaled(cost, perTokens / cost.perTokens));
  const { name, modality } = rate;
  return {
    ...{ unit: 'tokens', name, modality, perTokens, ...figuresOf(first) },
    ...(changes.length === 0
      ? {}
      : { changes: changes.map(({ from, cost }) => ({ from, ...figuresOf(cost) })) }),
  };
}

/** What a batch of tokens costs, each bucket by itself. */
type Cost = { readonly perTokens: number } & Readonly<Record<TokenBucket, MicroCredits>>;

function costOf(
  { model }: CostRate,
  { list, priceList, markupPercent }: Priced,
  path: Path,
  report: Report,
): Cost | undefined {
  const prices = Object.hasOwn(list.models, model) ? list.models[model] : undefined;
  if (prices === undefined) {
    const guess = nearest(model, Object.keys(list.models));
    const hint = guess === null ? '' : `; did you mean ${guess}?`;
    report({ path, message: `found "${model}", expected a model of ${priceList}${hint}` });
    return undefined;
  }
  const percent = 100 + markupPercent;
  const shared = greatestDivisor(100, percent);
  const costs = (bucket: TokenBucket): MicroCredits =>
    times(inMicro(prices[bucket] ?? prices.input), percent / shared);
  return {
    perTokens: list.perTokens * (100 / shared),
    ...{ input: costs('input'), output: costs('output') },
    ...{ cacheRead: costs('cacheRead'), cacheWrite: costs('cacheWrite') },
  };
}

const scaled = (cost: Cost, by: number): Record<TokenBucket, MicroCredits> => ({
  ...{ input: times(cost.input, by), output: times(cost.output, by) },
  ...{ cacheRead: times(cost.cacheRead, by), cacheWrite: times(cost.cacheWrite, by) },
});

const greatestDivisor = (a: number, b: number): number => (b === 0 ? a : greatestDivisor(b, a % b));

const leastMultiple = (a: number, b: number): number => (a / greatestDivisor(a, b)) * b;

/** The list's pattern allows six digits, as many as a credit has. */
function inMicro(decimal: string): MicroCredits {
  const amount = fromDecimal(decimal, 6);
  if (amount === undefined) throw new Error(`"${decimal}" is finer than a millionth`);
  return micro(amount);
}
