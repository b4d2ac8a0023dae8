import type { Alert } from '../domain/news/alert.ts';
import { minor, minorDigits, toDecimal, type Minor } from '../domain/values/money.ts';
import { intervals } from '../domain/terms/terms.ts';
import type {
  Interval,
  Pack,
  Plan,
  PlanLimits,
  Price,
  RefundOfExpired,
  RolloverTerms,
  Terms,
  TopUpOffer,
  TrialTerms,
  TopUpTerms,
} from '../domain/terms/terms.ts';
import { inMicroMinor, inMinorUnits } from './amounts.ts';
import type { PriceLists } from './price-list.ts';
import { toRateCard } from './rates-to-terms.ts';
import type { CatalogFile } from './schema.ts';
import type { Mistake, Path } from './source.ts';

type Report = (mistake: Mistake) => void;

/**
 * The file's policies as the kernel reads them, and every amount that its currency cannot express or its
 * price list does not have.
 */
export function toTerms(
  file: CatalogFile,
  lists: PriceLists,
): {
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
    credits: {
      ...file.credits,
      rollover: toRollover(file.credits.rollover),
      refundOfExpired: toRefundOfExpired(file.credits.refundOfExpired),
    },
    plans: file.plans.map((plan, index) => toPlan(plan, index, money, file.currency)),
    topUps: { ...toOffer(file.topUps, ['topUps'], money), ...toTopUpRules(file.topUps) },
    invoices: {
      zeroAmount: file.invoices.zeroAmount,
      spreadMinutes: file.invoices.spreadMinutes,
      minimumChargeMinor: money(file.invoices.minimumCharge, ['invoices', 'minimumCharge']),
    },
    alerts: file.alerts.map(toAlert),
    rates: toRateCard(file.rates, lists, report),
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

type FilePlan = CatalogFile['plans'][number];

function toPlan(plan: FilePlan, index: number, money: MoneyReader, currency: string): Plan {
  const { prices, included, trial, limits, topUps, ...same } = plan;
  const priced = intervals.flatMap((interval): [Interval, Price][] => {
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
      onSeatRemoved: included.onSeatRemoved,
    },
    trial: trial && toTrial(trial),
    overage: toOverage(plan.overage, currency),
    limits: toLimits(limits),
    topUps: topUps && toOffer(topUps, ['plans', index, 'topUps'], money),
  };
}

function toOverage(overage: FilePlan['overage'], currency: string): Plan['overage'] {
  if (overage === 'none') return null;
  return { upToMicro: overage.upTo, priceMicro: inMicroMinor(overage.price, currency) };
}
const toAlert = ({ at, ...same }: CatalogFile['alerts'][number]): Alert => ({
  ...same,
  at: 'percent' in at ? at : { amountMicro: at.amount },
});

const toTrial = ({ credits, ...same }: NonNullable<FilePlan['trial']>): TrialTerms => ({
  ...same,
  creditsMicro: credits ?? null,
});

/** A limit that the file does not name is none. */
const toLimits = (limits: FilePlan['limits']): PlanLimits => ({
  ownedOrgs: limits.ownedOrgs ?? null,
  joinedOrgs: limits.joinedOrgs ?? null,
  workspaces: limits.workspaces ?? null,
  projects: limits.projects ?? null,
  seatsAndInvitations: limits.seatsAndInvitations ?? null,
  runsPerWindow: limits.runsPerWindow ?? null,
  tools: limits.tools,
});

const toTopUpRules = ({
  refund,
  expiry,
  automatic,
}: CatalogFile['topUps']): Omit<TopUpTerms, keyof TopUpOffer> => ({
  refund,
  expiresAfterMonths: expiry === 'never' ? null : expiry.months,
  automatic: automatic === 'none' ? null : automatic,
});

/** `promo` alone: for 30 days. */
const toRefundOfExpired = (file: CatalogFile['credits']['refundOfExpired']): RefundOfExpired =>
  file === 'promo' ? { promoDays: 30 } : file;

function toRollover(file: CatalogFile['credits']['rollover']): RolloverTerms | null {
  if (file === 'none') return null;
  const { min: minMicro, max: maxMicro, percent, expiresAfterWindows } = file;
  return { minMicro, maxMicro, percent, expiresAfterWindows };
}

type FileOffer = NonNullable<FilePlan['topUps']>;

function toOffer(offer: FileOffer, path: Path, money: MoneyReader): TopUpOffer {
  const toPack = (
    pack: { readonly price: string; readonly credits: Pack['creditsMicro'] },
    at: Path,
  ): Pack => ({
    creditsMicro: pack.credits,
    priceMinor: money(pack.price, [...path, ...at, 'price']),
  });
  return offer.offer === 'packs'
    ? { offer: 'packs', packs: offer.packs.map((pack, index) => toPack(pack, ['packs', index])) }
    : { offer: 'steps', step: toPack(offer.step, ['step']), min: offer.min, max: offer.max };
}
