/**
 * How values travel over HTTP: credits and money as decimal strings, times as RFC 3339. The only place where
 * the API turns amounts into integers and back.
 */
import { z } from 'zod';
import type { Instant } from '../domain/calendar.ts';
import {
  fromDecimal,
  micro,
  minor,
  minorDigits,
  toDecimal,
  type MicroCredits,
  type Minor,
} from '../domain/money.ts';

const creditDigits = 6;

const isBigint = (value: unknown): boolean => typeof value === 'bigint';

const creditCodec = (pattern: RegExp, message: string) =>
  z.codec(
    z.string().regex(pattern, { error: message }).meta({ example: '12.500000' }),
    z.custom<MicroCredits>(isBigint),
    {
      decode: (text) => micro(decimal(text, creditDigits)),
      encode: (amount) => toDecimal(amount, creditDigits),
    },
  );

/** The pattern was met, so that anything else is a defect. */
function decimal(text: string, digits: number): bigint {
  const value = fromDecimal(text, digits);
  if (value === undefined) throw new Error(`"${text}" is no decimal of ${digits} digits`);
  return value;
}

/** Credits as asked for: never negative. */
export const credits = creditCodec(
  /^\d{1,9}(?:\.\d{1,6})?$/,
  'must be a decimal string with at most 6 digits after the point, such as "12.5"',
);

/** Credits as told: signed. */
export const signedCredits = creditCodec(
  /^-?\d{1,12}(?:\.\d{1,6})?$/,
  'must be a signed decimal string with at most 6 digits after the point',
);

export type Money = { readonly amountMinor: Minor; readonly currency: string };

const isMoney = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'amountMinor' in value && 'currency' in value;

const moneyCodec = (pattern: RegExp) =>
  z.codec(
    z.strictObject({
      amount: z
        .string()
        .regex(pattern, { error: 'must be a decimal string, such as "12.50"' })
        .meta({ description: 'Decimal string in the main unit of the currency', example: '12.50' }),
      currency: z
        .string()
        .regex(/^[a-z]{3}$/, { error: 'must be a currency code in lower case, such as "usd"' })
        .meta({ description: 'ISO 4217 code in lower case', example: 'usd' }),
    }),
    z.custom<Money>(isMoney),
    {
      decode: ({ amount, currency }, context) => {
        const digits = minorDigits(currency);
        const value = fromDecimal(amount, digits);
        if (value !== undefined) return { amountMinor: minor(value), currency };
        context.issues.push({
          code: 'custom',
          input: amount,
          path: ['amount'],
          message: `must have at most ${digits} digits after the point in ${currency}`,
        });
        return z.NEVER;
      },
      encode: ({ amountMinor, currency }) => ({
        amount: toDecimal(amountMinor, minorDigits(currency)),
        currency,
      }),
    },
  );

/** Money as offered: never negative. */
export const price = moneyCodec(/^\d{1,12}(?:\.\d{1,3})?$/);
/** Money as told: signed. */
export const money = moneyCodec(/^-?\d{1,12}(?:\.\d{1,3})?$/);

/** Any RFC 3339 time with an offset; kept in UTC with milliseconds. */
export const instant = z.codec(
  z.iso
    .datetime({
      offset: true,
      error: 'must be an RFC 3339 time with an offset, such as "2026-01-31T12:00:00.000Z"',
    })
    .regex(/^2[01]\d\d-/, { error: 'must lie between the years 2000 and 2199' })
    .regex(/^[^.]+(?:\.\d{1,3}(?!\d).*)?$/, { error: 'must have at most milliseconds' })
    .meta({ format: 'date-time', example: '2026-01-31T12:00:00.000Z' }),
  z.custom<Instant>((value) => typeof value === 'string'),
  {
    decode: (text) => new Date(text).toISOString(),
    encode: (at) => at,
  },
);

/** A count that may be beyond what JSON's numbers keep, as a string of digits. */
export const count = z.codec(
  z
    .string()
    .regex(/^\d{1,18}$/, { error: 'must be a whole number as a string, such as "1200"' })
    .meta({ example: '1200' }),
  z.custom<bigint>(isBigint),
  { decode: (text) => BigInt(text), encode: (value) => value.toString() },
);

/** A product's own name for a workspace, a member, a Space, a run. */
export const externalId = z
  .string()
  .regex(/^[A-Za-z0-9._:-]{1,64}$/, {
    error: 'must be 1 to 64 of the letters A-Z a-z 0-9 . _ : -',
  })
  .meta({ example: 'acme' });

/** A name that people gave: one line, of real characters only. */
export const shortText = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, { error: 'must be one line without control characters' });

/** A page that a person comes back to. */
export const returnTo = z
  .url({ protocol: /^https?$/, error: 'must be an http or https address' })
  .max(2000)
  .meta({ description: 'Where the person comes back to after Checkout', format: 'uri' });

export const uuid = z
  .string()
  .regex(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, { error: 'must be a UUID' })
  .meta({ format: 'uuid' });
