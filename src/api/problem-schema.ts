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
    message: z.string().optional().meta({ description: 'Of a denial: the same as `detail`' }),
    limits: z
      .array(
        z.object({
          limit: z.string().meta({ description: 'What fired: pool, gate, member, runs, tool, …' }),
          scope: z
            .string()
            .nullable()
            .optional()
            .meta({ description: 'Whose limit it is, where it is somebody’s or something’s' }),
          used: z
            .union([z.string(), z.int()])
            .optional()
            .meta({ description: 'What was used: credits as a string, calls as a number' }),
          cap: z
            .union([z.string(), z.int()])
            .optional()
            .meta({ description: 'The most, in the same unit' }),
          per: z.string().optional().meta({ description: 'The span in which calls are counted' }),
          resetsAt: z
            .string()
            .nullable()
            .optional()
            .meta({ description: 'When it will be full again; null: never by itself' }),
          code: z.string().optional().meta({ description: 'What closed a gate' }),
          closedAt: z.string().optional().meta({ description: 'Since when the gate is closed' }),
        }),
      )
      .optional()
      .meta({ description: 'Of a denial: every limit that fired' }),
    remedies: z
      .array(
        z.object({
          action: z.string().meta({ description: 'What would help' }),
          url: z.string().meta({ description: 'The route that does it' }),
        }),
      )
      .optional()
      .meta({ description: 'Of a denial: what would help, the quickest first' }),
  })
  .meta({ id: 'Problem', description: 'Problem details, RFC 9457' });
