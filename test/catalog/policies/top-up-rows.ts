import { addDays } from '../../../src/domain/values/calendar.ts';
import { micro, minor } from '../../../src/domain/values/money.ts';
import type { Terms } from '../../../src/domain/terms/terms.ts';
import { topUpEndsAt } from '../../../src/domain/credits/top-up.ts';
import { refundOf } from '../../../src/domain/credits/top-up-refund.ts';
import { ofKind } from '../../domain/support.ts';
import type { Flip } from './flip.ts';
import { opened, startPaid } from './lives.ts';

const offers = (terms: Terms) => {
  const { workspace } = startPaid(terms, 'pro');
  const priceMinor = minor(1_200);
  const wish = { payment: 'p', priceMinor, pay: 'savedMethod', returnTo: null } as const;
  const refusal = workspace.refuses(opened, { kind: 'topUpRequested', ...wish });
  return refusal.kind === 'notATopUp' ? refusal.choices : refusal.kind;
};

const buys = (terms: Terms) => {
  const { workspace } = startPaid(terms, 'pro');
  const priceMinor = minor(1_000);
  const wish = { payment: 'p', priceMinor, pay: 'savedMethod', returnTo: null } as const;
  const effects = workspace.happens(opened, { kind: 'topUpRequested', ...wish });
  return ofKind(effects, 'chargePurchase').map(({ purchase }) => purchase.description)[0];
};

const pack = (price: string, credits: string) => ({ price, credits });
const packs = (credits: string): Offer => ({ offer: 'packs', packs: [pack('10.00', credits)] });
const steps = (credits: string, price = '5.00'): Offer => ({
  ...{ offer: 'steps', step: pack(price, credits) },
  ...{ min: 1, max: 2 },
});

type Offer = Readonly<Record<string, unknown>>;

/** The fields of an offer one by one, so that what stands beside them stays. */
const under = (path: string, offer: Offer): Offer =>
  Object.fromEntries(
    ['offer', 'packs', 'step', 'min', 'max'].map((key) => [`${path}/${key}`, offer[key]]),
  );

/** The common offer, and one of a plan's own. */
const offerFlips = (
  [
    ['topUps', (offer: Offer) => under('topUps', offer)],
    ['plans[].topUps', (offer: Offer) => ({ 'plans/pro/topUps': offer })],
  ] as const
).flatMap(([leaf, patch]): Flip[] => [
  {
    leaves: [
      `${leaf}.offer`,
      `${leaf}.packs[].price`,
      `${leaf}.step.price`,
      `${leaf}.min`,
      `${leaf}.max`,
    ],
    product: 'studio',
    see: offers,
    cases: [
      [patch(packs('10')), '10.00 USD'],
      [patch({ offer: 'packs', packs: [pack('11.00', '10')] }), '11.00 USD'],
      [patch(steps('5')), '1 to 2 times 5.00 USD'],
      [patch(steps('5', '5.50')), '1 to 2 times 5.50 USD'],
      [patch({ ...steps('5', '6.00'), max: 3, min: 3 }), '3 to 3 times 6.00 USD'],
    ],
  },
  {
    leaves: [`${leaf}.packs[].credits`, `${leaf}.step.credits`],
    product: 'studio',
    see: buys,
    cases: [
      [patch(packs('10')), 'Top-up of 10 credits'],
      [patch(packs('11')), 'Top-up of 11 credits'],
      [patch(steps('6')), 'Top-up of 12 credits'],
      [patch(steps('7')), 'Top-up of 14 credits'],
    ],
  },
]);

/** The balance fell: what is bought, and what a second fall of the same day buys. */
const automatic = (terms: Terms) => {
  const { workspace } = startPaid(terms, 'pro');
  const rule = { thresholdMicro: micro(5_000_000), priceMinor: minor(1_000) };
  const set = { kind: 'autoTopUpSet', rule } as const;
  if (terms.topUps.automatic === null) return workspace.refuses(opened, set).kind;
  workspace.happens(opened, set);
  return ['first', 'second'].map((payment) => {
    const fell = { availableMicro: micro(1_000_000), debtMicro: micro(0), payment };
    const effects = workspace.happens(opened, { kind: 'balanceFell', ...fell });
    const creditsMicro = micro(10_000_000);
    workspace.happens(opened, { kind: 'toppedUp', payment, creditsMicro });
    return ofKind(effects, 'chargePurchase').length;
  });
};

/** What of an untouched top-up a customer, and an operator, gets back on the next day. */
const refunds = (terms: Terms) => {
  const bought = {
    boughtAt: opened,
    ...{ paidMinor: minor(1_000), creditsMicro: micro(10_000_000) },
    ...{ unspentMicro: micro(10_000_000), refundedMinor: minor(0) },
    ...{ isDisputed: false, isRefunding: false },
  };
  const asked = { at: addDays(opened, 1, 'UTC'), timeZone: 'UTC' };
  return [false, true].map((byOperator) => {
    const quoted = refundOf(terms.topUps.refund, bought, { ...asked, byOperator });
    return quoted.ok ? quoted.value.amountMinor : quoted.refusal.kind;
  });
};

export const topUpFlips: readonly Flip[] = [
  ...offerFlips,
  {
    leaves: ['topUps.automatic', 'topUps.automatic.timesADay'],
    product: 'studio',
    see: automatic,
    cases: [
      [{ 'topUps/automatic': 'none' }, 'autoTopUpNotOffered'],
      [{ 'topUps/automatic': { timesADay: 1 } }, [1, 0]],
      [{ 'topUps/automatic': { timesADay: 2 } }, [1, 1]],
    ],
  },
  {
    leaves: ['topUps.refund', 'topUps.refund.unusedWithinDays'],
    product: 'studio',
    see: refunds,
    cases: [
      [{ 'topUps/refund': 'none' }, ['refundNotOffered', 'refundNotOffered']],
      [{ 'topUps/refund': 'manual' }, ['refundByOperator', 1_000n]],
      [{ 'topUps/refund': { unusedWithinDays: 1 } }, ['refundTooLate', 'refundTooLate']],
      [{ 'topUps/refund': { unusedWithinDays: 2 } }, [1_000n, 1_000n]],
    ],
  },
  {
    leaves: ['topUps.expiry', 'topUps.expiry.months'],
    product: 'studio',
    see: (terms) => topUpEndsAt(terms, '2026-01-31T00:00:00.000Z', 'UTC'),
    cases: [
      [{ 'topUps/expiry': 'never' }, null],
      [{ 'topUps/expiry': { months: 1 } }, '2026-02-28T00:00:00.000Z'],
      [{ 'topUps/expiry': { months: 12 } }, '2027-01-31T00:00:00.000Z'],
    ],
  },
  {
    leaves: ['plans[].topUps'],
    product: 'tools',
    see: (terms) => {
      const priceMinor = minor(100);
      const { workspace } = startPaid(terms, 'business');
      const wish = { payment: 'p', priceMinor, pay: 'savedMethod', returnTo: null } as const;
      const refusal = workspace.refuses(opened, { kind: 'topUpRequested', ...wish });
      return refusal.kind === 'notATopUp' ? refusal.choices : refusal.kind;
    },
    cases: [
      [{ 'plans/business/topUps': steps('1000', '80.00') }, '1 to 2 times 80.00 USD'],
      [{ 'plans/business/topUps': null }, '5 to 200 times 1.00 USD'],
    ],
  },
  {
    leaves: ['currency'],
    product: 'studio',
    see: offers,
    cases: [
      [under('topUps', packs('10')), '10.00 USD'],
      [
        {
          ...under('topUps', packs('10')),
          currency: 'eur',
          'credits/unit/currency': 'eur',
        },
        '10.00 EUR',
      ],
    ],
  },
];
