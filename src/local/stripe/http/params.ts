import { z } from 'zod';
import type { FormTree } from './form.ts';
import { StripeRefusal } from './refusal.ts';

/**
 * The parameters of a route, as zod reads them from a decoded form, where every leaf is text.
 * Amounts are plain integers here, as in Stripe's own JSON; Tollgate's brands end at the adapter.
 */
export const text = z.string().min(1);
/** A text that an empty string clears. */
export const clearable = z.string().transform((value) => (value === '' ? null : value));
export const integer = z
  .string()
  .regex(/^-?\d{1,15}$/, 'Invalid integer')
  .transform(Number);
export const natural = integer.refine((value) => value >= 0, 'This value must be at least 0.');
export const flag = z.enum(['true', 'false']).transform((value) => value === 'true');
export const currency = z
  .string()
  .regex(/^[a-zA-Z]{3}$/, 'Invalid currency')
  .transform((value) => value.toLowerCase());
export const metadata = z.union([z.literal(''), z.record(z.string(), z.string())]);
export const address = z.strictObject({
  city: clearable.optional(),
  country: clearable.optional(),
  line1: clearable.optional(),
  line2: clearable.optional(),
  postal_code: clearable.optional(),
  state: clearable.optional(),
});
const range = z.strictObject({
  gt: natural.optional(),
  gte: natural.optional(),
  lt: natural.optional(),
  lte: natural.optional(),
});
export const created = z.union([natural, range]);
export const page = {
  limit: integer.refine((value) => value >= 1 && value <= 100, 'Limit is 1 to 100.').optional(),
  starting_after: text.optional(),
  ending_before: text.optional(),
};

export type CreatedParam = z.output<typeof created>;
export interface PageParams {
  readonly limit?: number | undefined;
  readonly starting_after?: string | undefined;
  readonly ending_before?: string | undefined;
}

/** Reads the parameters or throws Stripe's refusal of the first that is wrong. */
export function readParams<Shape extends z.ZodType>(shape: Shape, form: FormTree): z.output<Shape> {
  const read = shape.safeParse(form, { reportInput: true });
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw issue === undefined ? read.error : refusalOf(deepest(issue));
}

/** The issue inside a union that got furthest into the value: it names the real mistake. */
function deepest(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== 'invalid_union') return issue;
  const inner = issue.errors
    .flat()
    .map((each) => deepest({ ...each, path: [...issue.path, ...each.path] }))
    .sort((a, b) => b.path.length - a.path.length);
  return inner.find((each) => each.code === 'unrecognized_keys') ?? inner[0] ?? issue;
}

function refusalOf(issue: z.core.$ZodIssue): StripeRefusal {
  if (issue.code === 'unrecognized_keys') {
    const param = paramName([...issue.path, ...issue.keys.slice(0, 1)]);
    return refuse('parameter_unknown', param, `Received unknown parameter: ${param}`);
  }
  const param = paramName(issue.path);
  if (issue.input === undefined) {
    return refuse('parameter_missing', param, `Missing required param: ${param}.`);
  }
  if (issue.input === '') {
    const message = `You passed an empty string for '${param}'. Remove it or give it a value.`;
    return refuse('parameter_invalid_empty', param, message);
  }
  const code = issue.message === 'Invalid integer' ? 'parameter_invalid_integer' : undefined;
  return refuse(code, param, `Invalid ${param}: ${issue.message}`);
}

const refuse = (code: string | undefined, param: string, message: string): StripeRefusal =>
  new StripeRefusal(
    400,
    { type: 'invalid_request_error', ...(code === undefined ? {} : { code }), message, param },
    { beforeExecution: true },
  );

const paramName = (path: readonly PropertyKey[]): string =>
  path.map((step, index) => (index === 0 ? String(step) : `[${String(step)}]`)).join('');
