/** Where somebody is to be found by post; the country by its two letters of ISO 3166. */
export type PostalAddress = {
  readonly line1: string;
  readonly line2: string | null;
  readonly city: string;
  /** State, province, county: where the country has them. */
  readonly region: string | null;
  readonly postalCode: string | null;
  readonly country: string;
};

/** Whom an invoice is for: copied when it is issued, so that what is told later changes none [2.40 2.41]. */
export type BilledTo = {
  readonly name: string | null;
  readonly address: PostalAddress | null;
  readonly email: string | null;
  readonly taxId: string | null;
};

/** Whom a workspace's future invoices are for, and who else gets what the billing address gets. */
export type BillingDetails = BilledTo & { readonly copies: readonly string[] };
