import { z } from 'zod';
import {
  fromDecimal,
  micro,
  microMinor,
  minor,
  minorDigits,
  type MicroCredits,
  type MicroMinor,
  type Minor,
} from '../domain/values/money.ts';

const creditDigits = 6;

/** Credits as a decimal string with at most six digits after the point: `"8000"`, `"0.25"`. */
export const credits = z
  .string()
  .regex(/^\d{1,12}(\.\d{1,6})?$/)
  .meta({ description: 'an amount of credits in quotes, like "8000" or "0.25"' })
  .transform((text): MicroCredits => {
    const amount = fromDecimal(text, creditDigits);
    if (amount === undefined) throw new Error(`the pattern let "${text}" pass`);
    return micro(amount);
  });

/** Money as a decimal string in the catalog's currency: `"49.00"`. */
export const money = z
  .string()
  .regex(/^\d{1,12}(\.\d{1,3})?$/)
  .meta({ description: 'an amount of money in quotes, like "49.00"' });

/** The price of one credit, finer than money that is paid: `"0.0125"`. */
export const creditPrice = z
  .string()
  .regex(/^\d{1,6}(\.\d{1,6})?$/)
  .meta({ description: 'the price of one credit in quotes, like "0.0125"' });

/** A price of one credit in millionths of the currency's minor unit. */
export function inMicroMinor(text: string, currency: string): MicroMinor {
  const price = fromDecimal(text, creditDigits + minorDigits(currency));
  if (price === undefined) throw new Error(`the pattern let "${text}" pass`);
  return microMinor(price);
}

/** Money in minor units; undefined if it is finer than the currency's smallest unit. */
export function inMinorUnits(text: string, currency: string): Minor | undefined {
  const units = fromDecimal(text, minorDigits(currency));
  return units === undefined ? undefined : minor(units);
}
