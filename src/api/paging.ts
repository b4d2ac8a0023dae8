import { z } from 'zod';

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
