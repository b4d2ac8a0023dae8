import { z } from 'zod';
import { withoutRemarks } from '../case-file.ts';
import { inexpressible } from '../unsupported.ts';

const figure = z.union([z.number(), z.string()]);
const named = { id: z.string().optional() };
const timed = { at: z.string().optional() };

const grantTerms = {
  amount: figure,
  ...timed,
  effective: z.string().optional(),
  expires: z.string().nullish(),
  priority: z.number().int().nullish(),
  recur: z.string().optional(),
  anchor: z.string().optional(),
  rolls: z.boolean().optional(),
  maxRollover: figure.optional(),
  minRollover: figure.optional(),
  rollover_max: figure.optional(),
  rollover_min: figure.optional(),
  only: z.string().nullish(),
  feature: z.string().nullish(),
  kind: z.string().optional(),
};

const line = z.strictObject({ kind: z.string(), amount: figure, tax: figure.optional() });

/** What may happen once; each word is one operation on the account. */
const simpleStep = z.discriminatedUnion('op', [
  z.strictObject({ op: z.literal('grant'), ...named, ...grantTerms }),
  z.strictObject({
    op: z.literal('grant_many'),
    ...named,
    ...grantTerms,
    count: z.number().int().min(1).max(1_000_000),
  }),
  z.strictObject({
    op: z.literal('use'),
    ...named,
    ...timed,
    amount: figure,
    feature: z.string().nullish(),
    kind: z.string().optional(),
  }),
  z.strictObject({ op: z.literal('query'), ...timed, feature: z.string().nullish() }),
  z.strictObject({ op: z.literal('void'), ...named, ...timed, amount: figure.optional() }),
  z.strictObject({ op: z.literal('reset'), ...timed }),
  z.strictObject({ op: z.literal('auto_reset'), ...timed, anchor: z.string() }),
  z.strictObject({ op: z.enum(['correct', 'refund']), id: z.string(), ...timed, amount: figure }),
  z.strictObject({
    op: z.literal('hold'),
    id: z.string(),
    ...timed,
    amount: figure,
    feature: z.string().nullish(),
    expires: z.string().optional(),
  }),
  z.strictObject({ op: z.literal('settle'), id: z.string(), ...timed, amount: figure }),
  z.strictObject({ op: z.enum(['release', 'expire_hold']), id: z.string(), ...timed }),
  z.strictObject({ op: z.literal('lose_hold_record'), ...named, ...timed }),
  z.strictObject({
    op: z.literal('upgrade'),
    ...named,
    ...timed,
    amount: figure,
    replaces: z.string().optional(),
  }),
  z.strictObject({ op: z.literal('wait'), ...timed }),
  z.strictObject({
    op: z.literal('invoice'),
    ...named,
    ...timed,
    lines: z.array(line).min(1),
    total: figure.optional(),
  }),
]);

const parallelStep = z.strictObject({
  op: z.literal('parallel'),
  ...timed,
  n: z.number().int().min(1).max(10_000),
  step: simpleStep,
});

export type SimpleStep = z.infer<typeof simpleStep>;
export type Step = SimpleStep | z.infer<typeof parallelStep>;
export type GrantStep = Extract<SimpleStep, { readonly op: 'grant' | 'grant_many' }>;

/** A step, or a reason why its words cannot be mapped. */
export function parseStep(value: unknown): Step {
  const parsed = z.union([parallelStep, simpleStep]).safeParse(withoutRemarks(value));
  if (parsed.success) return parsed.data;
  const op = z.looseObject({ op: z.string() }).safeParse(value).data?.op;
  const shown = JSON.stringify(value);
  throw inexpressible(op === undefined ? `a step is prose: ${shown}` : `a step "${op}": ${shown}`);
}
