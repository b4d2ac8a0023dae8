import type { Minor } from '../domain/money.ts';
import type { Interval, ModelRate, Pack, Plan, Price, Terms, TopUpTerms } from '../domain/terms.ts';
import { inMinorUnits } from './amounts.ts';
import type { CatalogFile } from './schema.ts';

/** A mistake that only the whole file shows, at the place where it is to be mended. */
export type CrossMistake = {
  readonly path: readonly (string | number)[];
  readonly message: string;
};

type Report = (mistake: CrossMistake) => void;

/** The file's policies as the kernel reads them, with every mistake that one field alone cannot show. */
export function toTerms(file: CatalogFile): {
  readonly terms: Terms;
  readonly mistakes: readonly CrossMistake[];
} {
  const mistakes: CrossMistake[] = [];
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
  crossCheck(terms, report);
  return { terms, mistakes };
}

type MoneyReader = (text: string, path: readonly (string | number)[]) => Minor;

const moneyReader =
  (currency: string, report: Report): MoneyReader =>
  (text, path) => {
    const amount = inMinorUnits(text, currency);
    if (amount !== undefined) return amount;
    report({ path, message: `"${text}" is finer than the smallest unit of ${currency}` });
    return inMinorUnits('0', currency) ?? unreadable();
  };

const unreadable = (): never => {
  throw new Error('zero is an amount of every currency');
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
    path: readonly (string | number)[],
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

function crossCheck(terms: Terms, report: Report): void {
  for (const [index, plan] of terms.plans.entries()) {
    const at = (...path: (string | number)[]) => ['plans', index, ...path];
    const earlier = terms.plans.slice(0, index);
    if (earlier.some(({ id }) => id === plan.id)) {
      report({ path: at('id'), message: `there is a plan "${plan.id}" already` });
    }
    if (earlier.some(({ rank }) => rank === plan.rank)) {
      report({ path: at('rank'), message: `another plan has rank ${plan.rank} already` });
    }
    if (plan.selfServe && Object.keys(plan.prices).length === 0) {
      report({ path: at('prices'), message: 'a plan that is not sold by contract needs a price' });
    }
    if (plan.trial !== null && !plan.requiresPaymentMethod) {
      report({ path: at('trial'), message: 'a plan that asks for no payment method has no trial' });
    }
  }
  const { charge, requiresCheckout } = terms.planChange.upgrade;
  if (requiresCheckout && charge === 'nextInvoice') {
    const path = ['planChange', 'upgrade', 'charge'];
    report({ path, message: 'Checkout takes money now, so the charge cannot wait: expected now' });
  }
  const { topUps } = terms;
  if (topUps.offer === 'steps' && topUps.max < topUps.min) {
    report({ path: ['topUps', 'max'], message: `expected at least ${topUps.min}` });
  }
  if (terms.gates['ai'] === undefined) {
    report({ path: ['gates'], message: 'expected a gate "ai": what closes AI usage' });
  }
}
