import * as fc from 'fast-check';
import type { Contract } from '../../src/domain/terms/contract.ts';
import { monthsOf } from '../../src/domain/values/interval.ts';
import { micro, minor } from '../../src/domain/values/money.ts';
import { intervals } from '../../src/domain/terms/terms.ts';

type Figures = {
  /** The least that its base may cost for one interval, in minor units. */
  readonly leastMinor: number;
  readonly follows: fc.Arbitrary<Contract['follows']>;
};

/** A contract for the plan that is sold by contract, with figures of its own. */
export const randomContract = ({ leastMinor, follows }: Figures): fc.Arbitrary<Contract> =>
  fc
    .record({
      interval: fc.constantFrom(...intervals),
      base: fc.integer({ min: leastMinor, max: 1_000_000 }),
      perSeat: fc.integer({ min: 0, max: 10_000 }),
      credits: fc.integer({ min: 0, max: 100_000 }),
      perSeatCredits: fc.integer({ min: 0, max: 500 }),
      terms: fc.integer({ min: 1, max: 4 }),
      netDays: fc.constantFrom(0, 1, 30, 120),
      follows,
    })
    .map(({ interval, terms, base, perSeat, credits, perSeatCredits, ...agreed }) => ({
      ...agreed,
      ...{ plan: 'enterprise', interval, purchaseOrder: null },
      price: { baseMinor: minor(base), perSeatMinor: minor(perSeat) },
      included: {
        baseMicro: micro(credits * 1_000_000),
        perSeatMicro: micro(perSeatCredits * 1_000_000),
      },
      months: terms * monthsOf(interval),
    }));
