import { fromDecimal, micro, times, type MicroCredits } from '../domain/money.ts';
import { nearest } from '../domain/nearest.ts';
import {
  type Rate,
  type RateCard,
  type RateSource,
  type TokenBucket,
  type TokenRate,
  type UnitRate,
} from '../domain/rate-card.ts';
import type { PriceList, PriceLists } from './price-list.ts';
import type { CatalogFile } from './schema.ts';
import type { Mistake, Path } from './source.ts';

type Report = (mistake: Mistake) => void;
type FileRates = CatalogFile['rates'];
type FileRate = FileRates['items'][string];
type CostRate = Extract<FileRate, { readonly unit: 'tokensAtCost' }>;

/** The file's rate card with every figure in it: what stands at a provider's cost is computed here. */
export function toRateCard(file: FileRates, lists: PriceLists, report: Report): RateCard {
  const list = file.source.kind === 'fixed' ? undefined : lists(file.source.priceList);
  const source = toSource(file.source, list, report);
  const items = Object.entries(file.items).flatMap(([name, rate]): [string, Rate][] => {
    if (rate.unit === 'tokens') return [[name, toTokenRate(rate)]];
    if (rate.unit === 'tokensAtCost') {
      const found = rateAtCost(rate, { list, source }, ['rates', 'items', name, 'model'], report);
      return found === undefined ? [] : [[name, found]];
    }
    return [[name, toUnitRate(rate)]];
  });
  return { version: file.version, source, items: Object.fromEntries(items) };
}

const fixed: RateSource = { kind: 'fixed' };

function toSource(
  source: FileRates['source'],
  list: PriceList | undefined,
  report: Report,
): RateSource {
  if (source.kind === 'fixed') return fixed;
  if (list !== undefined) return { ...source, asOf: list.asOf, currency: list.currency };
  const message = `found "${source.priceList}", expected a list that lies in prices/`;
  report({ path: ['rates', 'source', 'priceList'], message });
  return fixed;
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
const dated = <Figures, Read>(
  { changes }: { readonly changes?: readonly (Figures & { readonly from: string })[] },
  read: (of: Figures) => Read,
) =>
  changes === undefined
    ? {}
    : { changes: changes.map((one) => ({ from: `${one.from}T00:00:00.000Z`, ...read(one) })) };

/**
 * A provider's prices and the markup on them, exactly [4.33]: instead of rounding a marked-up price, the
 * batch of tokens that it is for is made so big that nothing is left to round. A bucket that the list does
 * not price costs what input costs.
 */
function rateAtCost(
  rate: CostRate,
  from: { readonly list: PriceList | undefined; readonly source: RateSource },
  path: Path,
  report: Report,
): TokenRate | undefined {
  const { list, source } = from;
  if (source.kind === 'fixed' || list === undefined) {
    const message = 'stands at cost, expected the source costPlus with a price list';
    report({ path, message });
    return undefined;
  }
  const prices = Object.hasOwn(list.models, rate.model) ? list.models[rate.model] : undefined;
  if (prices === undefined) {
    const guess = nearest(rate.model, Object.keys(list.models));
    const hint = guess === null ? '' : `; did you mean ${guess}?`;
    const message = `found "${rate.model}", expected a model of ${source.priceList}${hint}`;
    report({ path, message });
    return undefined;
  }
  const percent = 100 + source.markupPercent;
  const shared = greatestDivisor(100, percent);
  const costs = (bucket: TokenBucket): MicroCredits =>
    times(inMicro(prices[bucket] ?? prices.input), percent / shared);
  const { name, modality } = rate;
  return {
    ...{ unit: 'tokens', name, modality, perTokens: list.perTokens * (100 / shared) },
    inputMicro: costs('input'),
    cacheReadMicro: costs('cacheRead'),
    cacheWriteMicro: costs('cacheWrite'),
    outputMicro: costs('output'),
  };
}

const greatestDivisor = (a: number, b: number): number => (b === 0 ? a : greatestDivisor(b, a % b));

/** The list's pattern allows six digits, as many as a credit has. */
function inMicro(decimal: string): MicroCredits {
  const amount = fromDecimal(decimal, 6);
  if (amount === undefined) throw new Error(`"${decimal}" is finer than a millionth`);
  return micro(amount);
}
