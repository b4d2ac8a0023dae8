import type Stripe from 'stripe';
import type { PostalAddress } from '../ports/billing-details.ts';
import type { CustomerDetails, PaymentMethod } from '../ports/payments.ts';
import { digest, stepKey, type StripeAccess } from './access.ts';
import { idOf, tag, tagOf, type Tags } from './metadata.ts';

/** A customer as the money's side knows it. */
export type Payer = {
  readonly customer: string;
  /** Whose customer it is: goes on everything made for it. */
  readonly tags: Tags;
  readonly defaultMethod: string | null;
};

/**
 * The customer is made from its names alone, so that a retry asks for the same; whom it is billed to, which
 * may have changed meanwhile, is set after.
 */
export async function ensureCustomer(
  access: StripeAccess,
  of: CustomerDetails,
  key: string,
): Promise<string> {
  const metadata = { [tag.product]: of.product, [tag.workspace]: of.workspace };
  const customer = await access.act(key, (stripe, once) =>
    stripe.customers.create({ metadata }, once),
  );
  const told = [of.name, of.address, of.email, of.taxId];
  const details = stepKey(key, 'details', digest(JSON.stringify(told)));
  await updateCustomer(access, customer.id, of, details);
  return customer.id;
}

/**
 * The tax id stands at the foot of Stripe's invoices as it was given. It is not registered as one of
 * Stripe's typed tax ids: those need the country's scheme, and tax is decided here, not there.
 */
export async function updateCustomer(
  access: StripeAccess,
  customer: string,
  details: CustomerDetails,
  key: string,
): Promise<void> {
  const { name, address, email, taxId } = details;
  await access.act(key, (stripe, once) =>
    stripe.customers.update(
      customer,
      {
        name: name ?? '',
        address: address === null ? '' : stripeAddress(address),
        email: email ?? '',
        metadata: { [tag.product]: details.product, [tag.workspace]: details.workspace },
        invoice_settings: { footer: taxId === null ? '' : `Tax ID: ${taxId}` },
      },
      once,
    ),
  );
}

/** An empty part takes away what stood there. */
const stripeAddress = (of: PostalAddress): Stripe.AddressParam => ({
  line1: of.line1,
  line2: of.line2 ?? '',
  city: of.city,
  state: of.region ?? '',
  postal_code: of.postalCode ?? '',
  country: of.country,
});

export async function seePayer(access: StripeAccess, customer: string): Promise<Payer> {
  const seen = await access.ask((stripe) => stripe.customers.retrieve(customer));
  if (seen.deleted === true) {
    throw new Error(`Stripe customer ${customer} was deleted; restore its workspace's customer`);
  }
  const product = tagOf(seen, tag.product);
  const workspace = tagOf(seen, tag.workspace);
  if (product === null || workspace === null) {
    throw new Error(`Stripe customer ${customer} carries no ${tag.workspace}: it is not ours`);
  }
  return {
    customer,
    tags: { [tag.product]: product, [tag.workspace]: workspace },
    defaultMethod: idOf(seen.invoice_settings.default_payment_method),
  };
}

/**
 * The method that is charged: the wanted one while it is on file; else the chosen one, or the newest as
 * long as none was chosen.
 */
export async function methodToCharge(
  access: StripeAccess,
  payer: Payer,
  wanted: string | null,
): Promise<string | null> {
  if (wanted === null && payer.defaultMethod !== null) return payer.defaultMethod;
  const onFile = await paymentMethods(access, payer.customer);
  if (onFile.some(({ id }) => id === wanted)) return wanted;
  return payer.defaultMethod ?? onFile[0]?.id ?? null;
}

export async function useByDefault(
  access: StripeAccess,
  customer: string,
  method: string,
  key: string,
): Promise<void> {
  const invoice_settings = { default_payment_method: method };
  await access.act(key, (stripe, once) =>
    stripe.customers.update(customer, { invoice_settings }, once),
  );
}

const methodsMax = 100;

/** Newest first. Wallets and the like, which our Checkout does not offer, are not shown. */
export async function paymentMethods(
  access: StripeAccess,
  customer: string,
): Promise<readonly PaymentMethod[]> {
  const page = await access.ask((stripe) =>
    stripe.paymentMethods.list({ customer, limit: methodsMax }),
  );
  return page.data.map(shownMethod).filter((method) => method !== null);
}

function shownMethod(method: Stripe.PaymentMethod): PaymentMethod | null {
  const { id, card } = method;
  if (card !== undefined) {
    const { brand, last4 } = card;
    return { id, kind: 'card', brand, last4, fingerprint: card.fingerprint ?? null };
  }
  const account =
    method.us_bank_account ??
    method.sepa_debit ??
    method.bacs_debit ??
    method.au_becs_debit ??
    method.acss_debit;
  if (account === undefined) return null;
  return {
    id,
    kind: 'bankAccount',
    brand: 'bank_name' in account ? (account.bank_name ?? method.type) : method.type,
    last4: account.last4 ?? '',
    fingerprint: account.fingerprint ?? null,
  };
}
