import { minor, minorDigits, toDecimal, type Minor } from '../domain/money.ts';
import type { Interval, ModelRate, Pack, Plan, Price, Terms, TopUpTerms } from '../domain/terms.ts';
import { inMinorUnits } from './amounts.ts';
import type { CatalogFile } from './schema.ts';
import type { Mistake, Path } from './source.ts';

type Report = (mistake: Mistake) => void;

/** The file's policies as the kernel reads them, and every amount that its currency cannot express. */
export function toTerms(file: CatalogFile): {
  readonly terms: Terms;
  readonly mistakes: readonly Mistake[];
} {
  const mistakes: Mistake[] = [];
  const report: Report = (mistake) => {
    mistakes.push(mistake);
  };
  const money = moneyReader(file.currency, report);
  const terms: Terms = {
    ...file,
    plans: file.plans.map((plan, index) => toPlan(plan, index, money)),
    topUps: toTopUps(file.topUps, money),
    invoices: {
      zeroAmount: file.invoices.zeroAmount,
      spreadMinutes: file.invoices.spreadMinutes,
      minimumChargeMinor: money(file.invoices.minimumCharge, ['invoices', 'minimumCharge']),
    },
    rates: {
      version: file.rates.version,
      models: Object.fromEntries(
        Object.entries(file.rates.models).map(([model, rate]) => [model, toRate(rate)]),
      ),
    },
  };
  return { terms, mistakes };
}

type MoneyReader = (text: string, path: Path) => Minor;

const moneyReader =
  (currency: string, report: Report): MoneyReader =>
  (text, path) => {
    const amount = inMinorUnits(text, currency);
    if (amount !== undefined) return amount;
    const smallest = toDecimal(1n, minorDigits(currency));
    report({ path, message: `found "${text}", expected whole steps of ${smallest} ${currency}` });
    return minor(0);
  };

function toPlan(plan: CatalogFile['plans'][number], index: number, money: MoneyReader): Plan {
  const { prices, included, trial, ...same } = plan;
  const priced = (['month', 'year'] as const).flatMap((interval): [Interval, Price][] => {
    const price = prices[interval];
    if (price === undefined) return [];
    const path = ['plans', index, 'prices', interval];
    const baseMinor = money(price.base, [...path, 'base']);
    return [[interval, { baseMinor, perSeatMinor: money(price.perSeat, [...path, 'perSeat']) }]];
  });
  return {
    ...same,
    prices: Object.fromEntries(priced),
    included: {
      baseMicro: included.base,
      perSeatMicro: included.perSeat,
      onSeatAdded: included.onSeatAdded,
    },
    trial: trial && { days: trial.days, creditsMicro: trial.credits, exits: trial.exits },
  };
}

function toTopUps(offer: CatalogFile['topUps'], money: MoneyReader): TopUpTerms {
  const toPack = (
    pack: { readonly price: string; readonly credits: Pack['creditsMicro'] },
    path: Path,
  ): Pack => ({
    creditsMicro: pack.credits,
    priceMinor: money(pack.price, ['topUps', ...path, 'price']),
  });
  return offer.offer === 'packs'
    ? {
        offer: 'packs',
        packs: offer.packs.map((pack, index) => toPack(pack, ['packs', index])),
      }
    : { offer: 'steps', step: toPack(offer.step, ['step']), min: offer.min, max: offer.max };
}

const toRate = (rate: CatalogFile['rates']['models'][string]): ModelRate => ({
  name: rate.name,
  perTokens: rate.perTokens,
  inputMicro: rate.input,
  cacheReadMicro: rate.cacheRead,
  cacheWriteMicro: rate.cacheWrite,
  outputMicro: rate.output,
});
