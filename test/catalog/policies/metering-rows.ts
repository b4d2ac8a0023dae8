import { micro, toDecimal } from '../../../src/domain/values/money.ts';
import { meteredLine } from '../../../src/domain/credits/metering.ts';
import type { Terms } from '../../../src/domain/terms/terms.ts';
import { ofKind } from '../../domain/support.ts';
import type { Flip } from './flip.ts';
import { startPaid } from './lives.ts';

/** What the ledger is told may go beyond the credits, and what 1.5 credits of it are on an invoice. */
const beyond = (terms: Terms) => {
  const [told] = ofKind(startPaid(terms, 'pro').effects, 'setOverage');
  const overage = told?.overage;
  if (!overage) return 'nothing';
  const span = { start: '2026-01-01T00:00:00.000Z', end: '2026-02-01T00:00:00.000Z' };
  const used = { kind: 'usage', quantityMicro: micro(1_500_000), ...span } as const;
  const line = meteredLine({ ...used, priceMicro: overage.priceMicro }, terms);
  return `${toDecimal(overage.upToMicro, 6)}; ${line.description}; ${line.amountMinor} cents`;
};

export const meteringFlips: readonly Flip[] = [
  {
    leaves: ['settlement', 'plans[].overage', 'plans[].overage.upTo', 'plans[].overage.price'],
    product: 'agents',
    see: beyond,
    cases: [
      [{ settlement: 'creditOnly', 'plans/pro/overage': 'none' }, 'nothing'],
      [
        { settlement: 'creditThenInvoice', 'plans/pro/overage': { upTo: '5', price: '1.00' } },
        '5.000000; Metered usage: 1.5 credits at 1.00 USD; 150 cents',
      ],
      [
        { 'plans/pro/overage': { upTo: '7', price: '0.0125' } },
        '7.000000; Metered usage: 1.5 credits at 0.0125 USD; 2 cents',
      ],
    ],
  },
];
