import { z } from 'zod';
import { uuid } from './codecs.ts';

/** A whole number in a query, which is text. */
const wholeNumber = (pattern: RegExp, message: string) =>
  z.codec(z.string().regex(pattern, { error: message }), z.int(), {
    decode: Number,
    encode: String,
  });

export const pageSize = wholeNumber(
  /^(?:[1-9]\d?|[1-4]\d\d|500)$/,
  'must be a whole number from 1 to 500',
)
  .default(100)
  .meta({ description: 'How many at most, from 1 to 500' });

/** The query of a list that is told page by page, newest first, by ids of this kind. */
export const pageOf = <Id extends z.ZodType>(id: Id) => ({
  before: id.optional().meta({ description: 'The last id of the page before' }),
  limit: pageSize,
});

/** The same where ids are UUIDs, as nearly everywhere. */
export const page = pageOf(uuid);

/** What a page's answer says of the next one. */
export const nextPageOf = <Id extends z.ZodType>(id: Id) =>
  id.nullable().meta({ description: 'Ask with this for the next page; null: there is none' });

export const nextPage = nextPageOf(uuid);

/** A page, and where the next one begins; one more row than fits tells whether there is one. */
export async function readPage<Row extends { readonly id: string }>(
  asked: { readonly before?: string | undefined; readonly limit: number },
  read: (page: {
    readonly before: string | null;
    readonly limit: number;
  }) => Promise<readonly Row[]>,
): Promise<{ readonly rows: readonly Row[]; readonly before: string | null }> {
  const { before = null, limit } = asked;
  const found = await read({ before, limit: limit + 1 });
  const rows = found.slice(0, limit);
  return { rows, before: found.length > limit ? (rows.at(-1)?.id ?? null) : null };
}
