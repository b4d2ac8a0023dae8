import type Stripe from 'stripe';
import type { World } from '../world.ts';
import { wireDecimal } from './decimals.ts';

export function createProduct(
  world: World,
  wanted: {
    readonly name: string;
    readonly description: string | null;
    readonly metadata: Record<string, string>;
  },
): Stripe.Product {
  const created = world.now();
  const product: Stripe.Product = {
    id: world.ids.draw('prod', 14),
    object: 'product',
    active: true,
    created,
    default_price: null,
    description: wanted.description,
    images: [],
    livemode: false,
    marketing_features: [],
    metadata: wanted.metadata,
    name: wanted.name,
    package_dimensions: null,
    shippable: null,
    statement_descriptor: null,
    tax_code: null,
    tax_details: null,
    type: 'service',
    unit_label: null,
    updated: created,
    url: null,
  };
  world.tables.products.set(product.id, product);
  return product;
}

export function createPrice(
  world: World,
  wanted: {
    readonly currency: string;
    readonly product: string;
    readonly unitAmount: number;
    readonly metadata: Record<string, string>;
    /** Prices written inline in a request are made inactive, as at Stripe. */
    readonly active: boolean;
  },
): Stripe.Price {
  const price: Stripe.Price = {
    id: world.ids.draw('price'),
    object: 'price',
    active: wanted.active,
    billing_scheme: 'per_unit',
    created: world.now(),
    currency: wanted.currency,
    custom_unit_amount: null,
    livemode: false,
    lookup_key: null,
    metadata: wanted.metadata,
    nickname: null,
    product: wanted.product,
    recurring: null,
    tax_behavior: 'unspecified',
    tiers_mode: null,
    transform_quantity: null,
    type: 'one_time',
    unit_amount: wanted.unitAmount,
    unit_amount_decimal: wireDecimal(wanted.unitAmount),
  };
  world.tables.prices.set(price.id, price);
  return price;
}
