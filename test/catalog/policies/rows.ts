import { changeFlips } from './change-rows.ts';
import { dunningFlips, invoiceFlips } from './collect-rows.ts';
import { creditFlips } from './credit-rows.ts';
import { denialFlips } from './denial-rows.ts';
import type { Flip } from './flip.ts';
import { meteringFlips } from './metering-rows.ts';
import { methodFlips } from './method-rows.ts';
import { planFlips } from './plan-rows.ts';
import { rateFlips } from './rate-rows.ts';
import { roleFlips } from './role-rows.ts';
import { seatFlips, trialFlips } from './seat-rows.ts';
import { topUpFlips } from './top-up-rows.ts';

/** Every policy that a pure function reads, by what it is about. */
export const flips: readonly Flip[] = [
  ...planFlips,
  ...seatFlips,
  ...trialFlips,
  ...changeFlips,
  ...dunningFlips,
  ...invoiceFlips,
  ...creditFlips,
  ...topUpFlips,
  ...meteringFlips,
  ...methodFlips,
  ...roleFlips,
  ...denialFlips,
  ...rateFlips,
];
