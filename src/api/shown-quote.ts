import { z } from 'zod';
import { minorDigits, toDecimal, type Minor } from '../domain/values/money.ts';
import { compareFeatures, quoteFor } from '../domain/terms/price-table.ts';
import type { Plan, Terms } from '../domain/terms/terms.ts';
import { money, signedCredits } from './codecs.ts';

const seatsMost = 10_000;

/** `seats=1,5,25`: for how many seats prices are told. */
export const seatCounts = z
  .codec(
    z
      .string()
      .regex(/^[1-9]\d{0,4}(?:,[1-9]\d{0,4}){0,19}$/, {
        error: 'must be 1 to 20 whole numbers with commas between them',
      })
      .meta({ example: '1,5,25' }),
    z.array(z.int().max(seatsMost, { error: `must be at most ${seatsMost}` })),
    {
      decode: (text) => [...new Set(text.split(',').map(Number))].toSorted((a, b) => a - b),
      encode: (seats) => seats.join(','),
    },
  )
  .default([1, 5, 10, 25])
  .meta({ description: 'For how many seats prices are told' });

const saving = (what: string) =>
  z
    .string()
    .nullable()
    .meta({ description: `What ${what}, to a tenth`, example: '18.3' });

export const quoteShown = z
  .strictObject({
    seats: z.int().meta({ description: 'For so many seats' }),
    month: money.nullable().meta({ description: 'One month in all; null: not sold so' }),
    quarter: money.nullable().meta({ description: 'One quarter in all; null: not sold so' }),
    halfYear: money.nullable().meta({ description: 'One half-year in all; null: not sold so' }),
    year: money.nullable().meta({ description: 'One year in all; null: not sold so' }),
    quarterSavesPercent: saving('a quarter saves on three months'),
    halfYearSavesPercent: saving('a half-year saves on six months'),
    yearSavesPercent: saving('a year saves on twelve months'),
    included: signedCredits.meta({ description: 'Credits of each window' }),
    perCredit: z
      .strictObject({
        amount: z
          .string()
          .meta({ description: 'Decimal string in the main unit', example: '0.00838462' }),
        currency: z.string().meta({ description: 'ISO 4217 code in lower case' }),
      })
      .nullable()
      .meta({ description: 'What one of them costs by the month; null: nothing to divide' }),
  })
  .meta({ id: 'Quote' });

const inPercent = (permille: number | null): string | null =>
  permille === null ? null : toDecimal(BigInt(permille), 1);

/** A plan's prices at each quantity; without seats there is one. */
export const quotesShown = (
  plan: Plan,
  { currency }: Terms,
  seats: readonly number[],
): z.output<typeof quoteShown>[] =>
  (plan.seats.model === 'none' ? [1] : seats).map((count) => {
    const quote = quoteFor(plan, count);
    const { prices, savesPermille, creditMicroMinor: perCredit } = quote;
    const inMoney = (amountMinor: Minor | null) =>
      amountMinor === null ? null : { amountMinor, currency };
    return {
      ...{ seats: count, month: inMoney(prices.month), quarter: inMoney(prices.quarter) },
      ...{ halfYear: inMoney(prices.halfYear), year: inMoney(prices.year) },
      quarterSavesPercent: inPercent(savesPermille.quarter),
      halfYearSavesPercent: inPercent(savesPermille.halfYear),
      yearSavesPercent: inPercent(savesPermille.year),
      included: quote.includedMicro,
      perCredit:
        perCredit === null
          ? null
          : { amount: toDecimal(perCredit, minorDigits(currency) + creditDigits), currency },
    };
  });

/** A millionth of a minor unit is what one credit is told to. */
const creditDigits = 6;

export const comparisonShown = z
  .array(
    z.strictObject({
      feature: z.string().meta({ description: 'The feature' }),
      plans: z
        .record(z.string(), z.union([z.boolean(), z.string()]))
        .meta({ description: 'By plan: yes, no, or which' }),
    }),
  )
  .meta({ description: 'The plans side by side, a row for each feature' });

export const comparison = (plans: readonly Plan[]): z.output<typeof comparisonShown> =>
  compareFeatures(plans).map(({ feature, values }) => ({
    feature,
    plans: Object.fromEntries(plans.map(({ id }, index) => [id, values[index] ?? false])),
  }));
