import { z } from 'zod';
import { email } from './codecs.ts';

const copiesMost = 10;

/** What stands on an invoice: without the blanks around it, and never blank. */
const oneLine = (most: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(most)
    // Control characters would break an invoice's lines.
    .refine((value) => !/[\p{Cc}\p{Cs}]/u.test(value), {
      error: 'must be without control characters',
    });

const regions = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
/** Codes that the standard reserves for outside of it name regions as well, but no country. */
const isCountry = (code: string): boolean =>
  /^[A-Z]{2}$/.test(code) && regions.of(code) !== undefined && !['EU', 'UN', 'ZZ'].includes(code);

const address = z
  .strictObject({
    line1: oneLine(200).meta({ description: 'Street and number' }),
    line2: oneLine(200).nullable().default(null).meta({ description: 'Floor, flat, care of' }),
    city: oneLine(100).meta({ description: 'Town or city' }),
    region: oneLine(100)
      .nullable()
      .default(null)
      .meta({ description: 'State, province or county, where the country has them' }),
    postalCode: oneLine(20)
      .nullable()
      .default(null)
      .meta({ description: 'As it is written there; null where there is none' }),
    country: z
      .string()
      .refine(isCountry, { error: 'must be a country by its two capital letters, such as "PL"' })
      .meta({ description: 'By its two letters of ISO 3166' }),
  })
  .meta({ id: 'PostalAddress' });

const addressShown = z.strictObject({
  line1: z.string().meta({ description: 'Street and number' }),
  line2: z.string().nullable().meta({ description: 'Floor, flat, care of' }),
  city: z.string().meta({ description: 'Town or city' }),
  region: z.string().nullable().meta({ description: 'State, province or county' }),
  postalCode: z.string().nullable().meta({ description: 'As it is written there' }),
  country: z.string().meta({ description: 'By its two letters of ISO 3166' }),
});

/** Whom invoices are to be for, as asked for. */
export const newBillingDetails = z
  .strictObject({
    email: email.nullable().meta({ description: 'Where invoices are sent; null: nowhere' }),
    copies: z
      .array(email)
      .max(copiesMost)
      .refine((all) => new Set(all).size === all.length, { error: 'must name each address once' })
      .default([])
      .meta({ description: 'Who else gets what this address gets; needs an email' }),
    name: oneLine(200)
      .nullable()
      .default(null)
      .meta({ description: 'Whom invoices are for; null: the workspace alone is named' }),
    address: address.nullable().default(null).meta({ description: 'Their address; null: none' }),
    taxId: oneLine(40).nullable().meta({ description: 'The tax id on invoices; null: none' }),
  })
  .check(({ value, issues }) => {
    if (value.email !== null || value.copies.length === 0) return;
    const message = 'is missing: copies go where it goes';
    issues.push({ code: 'custom', input: value, path: ['email'], message });
  })
  .meta({ id: 'NewBillingDetails' });

/** Whom an invoice is for, as it says. */
export const billedToShown = z.strictObject({
  name: z.string().nullable().meta({ description: 'Whom it is for' }),
  address: addressShown.nullable().meta({ description: 'Their address' }),
  email: z.string().nullable().meta({ description: 'Where it goes' }),
  taxId: z.string().nullable().meta({ description: 'The tax id on it' }),
});

export const billingDetailsShown = billedToShown
  .extend({
    copies: z.array(z.string()).meta({ description: 'Who else gets what the email gets' }),
  })
  .meta({ id: 'BillingDetails' });
