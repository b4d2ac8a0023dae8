/** What stands on every object of ours at Stripe, so that it can be found and told from others'. */
export const tag = {
  product: 'tollgate_product',
  workspace: 'tollgate_workspace',
  /** On a payment: ours, and the key of the act that made it. */
  payment: 'tollgate_payment',
  key: 'tollgate_key',
  /** On a refund that was asked for here. */
  refund: 'tollgate_refund',
  /** On a mirrored invoice: ours, and its number. */
  invoice: 'tollgate_invoice',
  number: 'tollgate_number',
  /** On the draft that collects a workspace's lines for the next run. */
  draft: 'tollgate_draft',
} as const;

export type Tags = Readonly<Record<string, string>>;

type Tagged = { readonly metadata: Tags | null };

export const tagOf = (object: Tagged, name: string): string | null =>
  object.metadata?.[name] ?? null;

/** An expandable reference is an id or the object itself. */
export const idOf = (reference: string | { readonly id: string } | null): string | null =>
  typeof reference === 'object' ? (reference?.id ?? null) : reference;
