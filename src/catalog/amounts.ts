import { z } from 'zod';
import {
  fromDecimal,
  micro,
  minor,
  minorDigits,
  type MicroCredits,
  type Minor,
} from '../domain/money.ts';

/** Credits as a decimal string with at most six digits after the point: `"8000"`, `"0.25"`. */
export const credits = z
  .string()
  .regex(/^\d{1,15}(\.\d{1,6})?$/, 'an amount of credits like "8000" or "0.25", in quotes')
  .transform((text): MicroCredits => micro(fromDecimal(text, 6) ?? 0n))
  .meta({ description: 'Credits: a decimal in quotes, at most six digits after the point' });

/** Money as a decimal string in the catalog's currency: `"49.00"`. */
export const money = z
  .string()
  .regex(/^\d{1,12}(\.\d{1,3})?$/, 'an amount of money like "49.00", in quotes')
  .meta({ description: "Money: a decimal in quotes, in the catalog's currency" });

/** Money in minor units; undefined if it is finer than the currency's smallest unit. */
export function inMinorUnits(text: string, currency: string): Minor | undefined {
  const units = fromDecimal(text, minorDigits(currency));
  return units === undefined ? undefined : minor(units);
}
