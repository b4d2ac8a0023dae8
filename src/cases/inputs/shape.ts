import { z } from 'zod';
import { withoutRemarks } from '../case-file.ts';
import { inexpressible } from '../unsupported.ts';

const figure = z.union([z.number(), z.string()]);
const count = z.number().int().nonnegative();

const price = z.strictObject({
  unit_amount: figure.optional(),
  quantity: count.optional(),
  interval: z.string().optional(),
  percent_off: figure.optional(),
  amount_off: figure.optional(),
});

const tier = z.strictObject({
  up_to: figure.nullable(),
  unit: figure.optional(),
  flat: figure.optional(),
});

/** Every input that a case of a calendar, a price or a payment may have. */
const inputsShape = z.strictObject({
  currency: z.string().nullable(),
  precision: count,
  rounding: z.string(),
  granularity: z.string(),
  zone: z.string(),
  interval: z.string(),
  // Time
  start: z.string(),
  start_local: z.string(),
  end: z.string(),
  end_inclusive: z.string(),
  target: z.string(),
  bill_day: z.number().int().min(1).max(31),
  next_billing_date: z.string(),
  billed_through: z.string(),
  anchor: z.string(),
  at: z.string(),
  which: z.string(),
  count: z.number().int().min(-10_000).max(10_000),
  period: z.string(),
  period_start: z.string(),
  period_end: z.string(),
  period_end_inclusive: z.string(),
  change_at: z.string(),
  period_start_unix: z.number(),
  period_end_unix: z.number(),
  change_at_unix: z.number(),
  days_in_period: count,
  days_remaining: count,
  days_used: count,
  trial_days: count,
  new_period_end: z.string(),
  new_year_days: count,
  fraction: z.string(),
  // Prices
  old: price.nullable(),
  new: price.nullable(),
  old_amount: figure.nullable(),
  new_amount: figure.nullable(),
  amount: figure,
  amounts: z.array(figure),
  unit_amount: figure,
  old_quantity: count,
  new_quantity: count,
  one_time: figure,
  anchor_reset: z.boolean(),
  prior_item: z.strictObject({ amount: figure, start: z.string(), end: z.string() }),
  prior_adjustment: figure,
  account_credit: figure,
  changes: z.array(z.strictObject({ at: z.string(), old: figure, new: figure })),
  sequence: z.array(count),
  prorated: z.boolean(),
  // Taxes and splits
  tax_rate: figure,
  lines: z.array(figure),
  tax_rates: z.array(figure),
  discount: figure,
  weights: z.array(figure),
  // Metered quantities
  model: z.string(),
  tiers: z.array(tier),
  unit: figure,
  package_size: figure,
  package_amount: figure,
  free_units: figure,
  quantity: figure,
  quantity_before: figure,
  minimum: figure,
  maximum: figure,
  // Debts by age
  condition: z.record(z.string(), figure),
  ages: z.array(figure.nullable()),
  thresholds_days: z.record(z.string(), z.number()),
  days_since_earliest_unpaid: z.array(z.number().nullable()),
});

const shape = inputsShape.partial();

export type Inputs = z.infer<typeof shape>;
export type PriceInput = z.infer<typeof price>;
export type TierInput = z.infer<typeof tier>;

/** The inputs of a case; one that is not known might change the answer, so it refuses the case. */
export function parseInputs(value: unknown): Inputs {
  const parsed = shape.safeParse(withoutRemarks(value));
  if (parsed.success) return withMoments(parsed.data);
  const [issue] = parsed.error.issues;
  throw inexpressible(`inputs: ${[...(issue?.path ?? []), issue?.message].join(' ')}`);
}

/** A moment that is given in seconds of Unix time only, as text. */
function withMoments(inputs: Inputs): Inputs {
  const moments = (['period_start', 'period_end', 'change_at'] as const).flatMap((name) => {
    const seconds = inputs[`${name}_unix`];
    if (inputs[name] !== undefined || seconds === undefined) return [];
    return [{ [name]: new Date(seconds * 1000).toISOString() }];
  });
  return Object.assign({}, inputs, ...moments) as Inputs; // only these three, as text
}
