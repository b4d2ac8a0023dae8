/**
 * How values travel over HTTP: credits and money as decimal strings, times as RFC 3339. The only place where
 * the API turns amounts into integers and back.
 */
import { z } from 'zod';
import { isTimeZone, type Instant } from '../domain/values/calendar.ts';
import {
  fromDecimal,
  micro,
  minor,
  minorDigits,
  toDecimal,
  type MicroCredits,
  type Minor,
} from '../domain/values/money.ts';

const creditDigits = 6;

const isBigint = (value: unknown): boolean => typeof value === 'bigint';

/** The pattern was met, so that anything else is a defect. */
function decimal(text: string, digits: number): bigint {
  const value = fromDecimal(text, digits);
  if (value === undefined) throw new Error(`"${text}" is no decimal of ${digits} digits`);
  return value;
}

const creditCodec = (text: z.ZodString) =>
  z.codec(text.meta({ example: '12.500000' }), z.custom<MicroCredits>(isBigint), {
    decode: (told) => micro(decimal(told, creditDigits)),
    encode: (amount) => toDecimal(amount, creditDigits),
  });

/** The name of a time zone, never an offset. */
export const timeZone = z
  .string()
  .max(64)
  .refine(isTimeZone, { error: 'must be a time zone, such as "Europe/Paris"' });

/** Credits as asked for: never negative. */
export const credits = creditCodec(
  z.string().regex(/^\d{1,9}(?:\.\d{1,6})?$/, {
    error: 'must be a decimal string with at most 6 digits after the point, such as "12.5"',
  }),
);

/** Credits as told: signed, and of any size, because an answer must be able to say what is. */
export const signedCredits = creditCodec(z.string());

export type Money = { readonly amountMinor: Minor; readonly currency: string };

const isMoney = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'amountMinor' in value && 'currency' in value;

const moneyCodec = (amountText: z.ZodString) =>
  z.codec(
    z.strictObject({
      amount: amountText.meta({
        description: 'Decimal string in the main unit of the currency',
        example: '12.50',
      }),
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
export const price = moneyCodec(
  z.string().regex(/^\d{1,12}(?:\.\d{1,3})?$/, {
    error: 'must be a decimal string, such as "12.50"',
  }),
);
/** Money as told: signed, and of any size. */
export const money = moneyCodec(z.string());

const instantCodec = (text: z.ZodType<string, string>) =>
  z.codec(
    text.meta({ format: 'date-time', example: '2026-01-31T12:00:00.000Z' }),
    z.custom<Instant>((value) => typeof value === 'string'),
    {
      decode: (told) => new Date(told).toISOString(),
      encode: (at) => at,
    },
  );

/** A year of our reckoning, looked at in UTC: an offset may move a time into another year. */
const isWithinReach = (text: string): boolean => {
  const at = Date.parse(text);
  return at >= Date.UTC(2000, 0, 1) && at < Date.UTC(2101, 0, 1);
};

/** An instant as asked for: any RFC 3339 time with an offset; kept in UTC with milliseconds. */
export const givenInstant = instantCodec(
  z.iso
    .datetime({
      offset: true,
      error: 'must be an RFC 3339 time with an offset, such as "2026-01-31T12:00:00.000Z"',
    })
    .refine(isWithinReach, { error: 'must lie between the years 2000 and 2100 in UTC' })
    .regex(/^[^.]+(?:\.\d{1,3}(?!\d).*)?$/, { error: 'must have at most milliseconds' }),
);

/** An instant as told: whatever lies ahead of one that was asked for can be said. */
export const instant = instantCodec(z.string());

const countCodec = (text: z.ZodString) =>
  z.codec(text.meta({ example: '1200' }), z.custom<bigint>(isBigint), {
    decode: (told) => BigInt(told),
    encode: (value) => value.toString(),
  });

/** A count as asked for, as a string of digits: it may be beyond what JSON's numbers keep. */
export const givenCount = countCodec(
  z.string().regex(/^\d{1,18}$/, { error: 'must be a whole number as a string, such as "1200"' }),
);

/** A count as told, likewise. */
export const count = countCodec(z.string());

/** A product's own name for a workspace, a member, a Space, a run. */
export const externalId = z
  .string()
  .regex(/^[A-Za-z0-9._:-]{1,64}$/, {
    error: 'must be 1 to 64 of the letters A-Z a-z 0-9 . _ : -',
  })
  .meta({ example: 'acme' });

/** One line of real characters only: no control characters, and no half of a surrogate pair. */
export const oneLine = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, { error: 'must be one line without control characters' });

/** An address for mail, as long as the standard allows. */
export const email = z.email({ error: 'must be an email address' }).max(254);

/** A name that people gave. */
export const shortText = oneLine(200);

/** A page that a person comes back to, as a browser would write it: Stripe takes no other spelling. */
export const returnTo = z
  .string()
  .regex(/^\P{Cc}*$/u, { error: 'must be without control characters' })
  .check(
    z.url({ protocol: /^https?$/, normalize: true, error: 'must be an http or https address' }),
  )
  .max(2000)
  .meta({ description: 'Where the person comes back to after Checkout', format: 'uri' });

export const uuid = z
  .string()
  .regex(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, { error: 'must be a UUID' })
  .meta({ format: 'uuid' });
