import type Stripe from 'stripe';
import { invalidRequest } from '../http/refusal.ts';
import { idOf, type World } from '../world.ts';
import { wireDecimal } from './decimals.ts';
import { showLines } from './invoice-lines.ts';
import { createPrice, createProduct } from './prices.ts';

/** What a line costs: a fixed amount, an existing price, or a price written inline. */
export interface LineCost {
  readonly amount?: number | undefined;
  readonly currency?: string | undefined;
  readonly quantity?: number | undefined;
  readonly pricing?: { readonly price?: string | undefined } | undefined;
  readonly price_data?:
    | {
        readonly currency?: string | undefined;
        readonly product?: string | undefined;
        readonly product_data?: { readonly name: string } | undefined;
        readonly unit_amount: number;
      }
    | undefined;
}

export interface NewItem {
  readonly customer: string;
  readonly invoice: string | null;
  readonly cost: LineCost;
  readonly description: string | null;
  readonly discountable: boolean;
  readonly metadata: Record<string, string>;
  readonly period: { readonly start: number; readonly end: number } | undefined;
}

interface Priced {
  readonly amount: number;
  readonly currency: string | undefined;
  readonly pricing: Stripe.InvoiceItem.Pricing;
}

/** Works out the amount of a line; exactly one of the three ways must be used. */
function priceOf(world: World, cost: LineCost): Priced {
  const quantity = cost.quantity ?? 1;
  const ways = [cost.amount, cost.pricing, cost.price_data].filter((way) => way !== undefined);
  if (ways.length !== 1) {
    throw invalidRequest('Pass exactly one of: amount, pricing, price_data.', {
      code: ways.length === 0 ? 'parameter_missing' : 'parameters_exclusive',
      param: 'amount',
    });
  }
  if (cost.amount !== undefined) {
    if (cost.quantity !== undefined) {
      throw invalidRequest('You may only specify one of these parameters: amount, quantity.', {
        code: 'parameters_exclusive',
        param: 'quantity',
      });
    }
    const pricing = {
      type: 'price_details',
      unit_amount_decimal: wireDecimal(cost.amount),
    } as const;
    return { amount: cost.amount, currency: cost.currency, pricing };
  }
  const price = cost.price_data
    ? inlinePrice(world, cost.price_data, cost.currency)
    : world.need('prices', cost.pricing?.price ?? '', 'pricing[price]');
  const unit = price.unit_amount ?? 0;
  const details = { price: price.id, product: idOf(price.product) ?? '' };
  return {
    amount: unit * quantity,
    currency: price.currency,
    pricing: {
      type: 'price_details',
      price_details: details,
      unit_amount_decimal: wireDecimal(unit),
    },
  };
}

function inlinePrice(
  world: World,
  data: NonNullable<LineCost['price_data']>,
  currency: string | undefined,
): Stripe.Price {
  const named = data.product && world.need('products', data.product, 'price_data[product]');
  if (!named && data.product_data === undefined) {
    throw invalidRequest('Missing required param: price_data[product].', {
      code: 'parameter_missing',
      param: 'price_data[product]',
    });
  }
  const product =
    named ||
    createProduct(world, { name: data.product_data?.name ?? '', description: null, metadata: {} });
  return createPrice(world, {
    currency: data.currency ?? currency ?? 'usd',
    product: product.id,
    unitAmount: data.unit_amount,
    metadata: {},
    active: false,
  });
}

/** Adds an item to a draft, or, without an invoice, leaves it pending. */
export function addItem(world: World, wanted: NewItem): Stripe.InvoiceItem {
  const invoice = wanted.invoice === null ? undefined : needDraft(world, wanted.invoice);
  if (invoice !== undefined && idOf(invoice.customer) !== wanted.customer) {
    throw invalidRequest(`The invoice ${invoice.id} belongs to another customer.`, {
      param: 'invoice',
    });
  }
  const priced = priceOf(world, wanted.cost);
  const currency = priced.currency ?? invoice?.currency;
  if (currency === undefined || (invoice && invoice.currency !== currency)) {
    const wants = invoice === undefined ? 'a currency' : `the currency ${invoice.currency}`;
    throw invalidRequest(`An item of this invoice needs ${wants}.`, { param: 'currency' });
  }
  const now = world.now(wanted.customer);
  const quantity = wanted.cost.quantity ?? 1;
  const item: Stripe.InvoiceItem = {
    id: world.ids.draw('ii'),
    object: 'invoiceitem',
    amount: priced.amount,
    currency,
    customer: wanted.customer,
    customer_account: null,
    date: now,
    description: wanted.description,
    discountable: wanted.discountable,
    discounts: [],
    invoice: invoice?.id ?? null,
    livemode: false,
    metadata: wanted.metadata,
    net_amount: priced.amount,
    parent: null,
    period: wanted.period ?? { start: now, end: now },
    pricing: priced.pricing,
    proration: false,
    quantity,
    quantity_decimal: wireDecimal(quantity),
    tax_rates: [],
    test_clock: null,
  };
  world.tables.invoiceItems.set(item.id, item);
  world.emit('invoiceitem.created', item);
  if (invoice !== undefined) showLines(world, invoice);
  return item;
}

export interface ItemChange {
  readonly amount?: number | undefined;
  readonly description?: string | null | undefined;
  readonly metadata?: Record<string, string> | undefined;
  readonly period?: { readonly start: number; readonly end: number } | undefined;
  readonly quantity?: number | undefined;
}

export function changeItem(world: World, item: Stripe.InvoiceItem, change: ItemChange): void {
  const invoice = item.invoice === null ? undefined : needDraft(world, idOf(item.invoice) ?? '');
  if (change.quantity !== undefined) {
    if (item.pricing?.price_details === undefined) {
      throw invalidRequest('Only an item with a price has a quantity.', { param: 'quantity' });
    }
    item.amount = Number(item.pricing.unit_amount_decimal) * change.quantity;
    item.quantity = change.quantity;
    item.quantity_decimal = wireDecimal(change.quantity);
  }
  if (change.amount !== undefined) {
    item.amount = change.amount;
    item.quantity = 1;
    item.quantity_decimal = wireDecimal(1);
    item.pricing = { type: 'price_details', unit_amount_decimal: wireDecimal(change.amount) };
  }
  item.net_amount = item.amount;
  if (change.description !== undefined) item.description = change.description;
  if (change.metadata !== undefined) item.metadata = change.metadata;
  if (change.period !== undefined) item.period = change.period;
  if (invoice !== undefined) showLines(world, invoice);
}

export function removeItem(world: World, item: Stripe.InvoiceItem): void {
  const invoice = item.invoice === null ? undefined : needDraft(world, idOf(item.invoice) ?? '');
  world.tables.invoiceItems.delete(item.id);
  world.tables.invoiceLines.delete(item.id);
  world.emit('invoiceitem.deleted', item);
  if (invoice !== undefined) showLines(world, invoice);
}

/** A draft, which alone can be edited. */
export function needDraft(world: World, id: string): Stripe.Invoice {
  const invoice = world.need('invoices', id, 'invoice');
  if (invoice.status === 'draft') return invoice;
  throw invalidRequest(
    `This invoice is no longer editable, because its status is ${invoice.status ?? 'unknown'}.`,
    { code: 'invoice_not_editable', param: 'invoice' },
  );
}
