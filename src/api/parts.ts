import type { Outcome } from '../domain/values/outcome.ts';
import type { Viewer } from '../domain/terms/roles.ts';
import type { Terms } from '../domain/terms/terms.ts';
import type { Books } from '../ports/books.ts';
import type { CreditNotePrinter } from '../ports/credit-notes.ts';
import type { ApiKeys, Caller, Catalogs, Directory, StripeHint } from '../ports/directory.ts';
import type { InvoicePrinter } from '../ports/invoice-pdf.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { LifecycleDesk } from '../ports/lifecycle-desk.ts';
import type { Log } from '../ports/log.ts';
import type { Payments } from '../ports/payments.ts';
import type { Tracing } from '../ports/tracing.ts';

/** All that the API stands on; `server.ts` puts it together. */
export type ApiParts = {
  readonly directory: Directory;
  readonly catalogs: Catalogs;
  readonly keys: ApiKeys;
  readonly ledger: Ledger;
  readonly tracing: Tracing;
  readonly books: Books;
  readonly desk: LifecycleDesk;
  readonly payments: Payments;
  readonly printInvoice: InvoicePrinter;
  readonly printCreditNote: CreditNotePrinter;
  /** Believes a webhook only if its raw bytes are signed with one of the secrets. */
  readonly verifyWebhook: (
    rawBody: Buffer,
    signature: string,
  ) => Outcome<StripeHint, { readonly kind: 'badSignature' | 'badBody' }>;
  /** Whether those answer that the API can do without for a while. */
  readonly health: {
    readonly temporal: () => Promise<boolean>;
    readonly stripe: () => Promise<boolean>;
  };
  readonly log: Log;
  /** Where products and people reach the API from outside. */
  readonly publicUrl: string;
  readonly requestsPerMinute: number;
};

/**
 * For whom the product asks: a member, who sees and does what the catalog's matrix lets them [3.15], or
 * null: the product itself, which sees and does everything.
 */
export type Sight = { readonly viewer: Viewer; readonly terms: Terms } | null;

/** A call before it is known for whom it is made. */
export type UnseenCall = Omit<Call, 'sight'>;

/** What a handler is given beside its request. */
export type Call = {
  readonly parts: ApiParts;
  readonly caller: Caller;
  /** The idempotency key; a POST always has one. */
  readonly key: string | null;
  readonly sight: Sight;
};
