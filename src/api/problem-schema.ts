import { z } from 'zod';

/** A problem as it is sent: RFC 9457's members and ours. */
export const problemSchema = z
  .object({
    type: z.string().meta({ description: 'The page that tells of the code' }),
    title: z.string().meta({ description: 'The code in a few words' }),
    status: z.int().meta({ description: 'The HTTP status' }),
    detail: z.string().meta({ description: 'What happened, and what to do about it' }),
    code: z.string().meta({ description: 'Stable: decide by it, never by the words' }),
    pointers: z
      .array(
        z.object({
          in: z
            .enum(['body', 'path', 'query', 'header'])
            .meta({ description: 'Where the field was sent' }),
          pointer: z.string().meta({ description: 'JSON pointer to the field' }),
          message: z.string().meta({ description: 'What it must be' }),
        }),
      )
      .optional()
      .meta({ description: 'Every field that is wrong' }),
  })
  .meta({ id: 'Problem', description: 'Problem details, RFC 9457' });
