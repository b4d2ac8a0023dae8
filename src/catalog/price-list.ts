import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

/** US dollars for a million tokens, as the provider's list says it. */
const dollars = z.string().regex(/^\d{1,6}(\.\d{1,6})?$/);

const listSchema = z.strictObject({
  asOf: z.iso.date(),
  currency: z.string(),
  perTokens: z.int().min(1),
  models: z.record(
    z.string(),
    z.strictObject({
      input: dollars,
      output: dollars,
      cacheRead: dollars.optional(),
      cacheWrite: dollars.optional(),
    }),
  ),
});

/** What a provider asks for tokens, by `provider/model`; decimals in the list's currency. */
export type PriceList = z.output<typeof listSchema>;

/** Reads a list by its name; `undefined` if there is none. Throws where the file is no price list. */
export type PriceLists = (name: string) => PriceList | undefined;

/** The lists that lie in `prices/` beside a catalog. */
export const priceListsBeside =
  (catalogFile: string): PriceLists =>
  (name) => {
    const file = path.join(path.dirname(catalogFile), 'prices', `${name}.json`);
    if (!existsSync(file)) return undefined;
    const read = listSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    if (read.success) return read.data;
    throw new Error(`${file} is no price list:\n${z.prettifyError(read.error)}`);
  };
