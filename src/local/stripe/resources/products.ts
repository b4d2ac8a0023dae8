import { z } from 'zod';
import { newestFirst } from '../http/lists.ts';
import { currency, flag, metadata, natural, page, text } from '../http/params.ts';
import { route } from '../http/router.ts';
import { createPrice, createProduct } from '../objects/prices.ts';
import { idOf, mergeMetadata } from '../world.ts';

export const productRoutes = [
  route(
    'POST',
    '/v1/products',
    z.strictObject({
      description: text.optional(),
      metadata: metadata.optional(),
      name: text,
    }),
    ({ world, params }) => {
      const product = createProduct(world, {
        name: params.name,
        description: params.description ?? null,
        metadata: mergeMetadata({}, params.metadata),
      });
      world.emit('product.created', product);
      return product;
    },
  ),
  route(
    'GET',
    '/v1/products',
    z.strictObject({ ...page, active: flag.optional() }),
    ({ world, params }) => {
      const rows = [...world.tables.products.values()].filter(
        (product) => params.active === undefined || product.active === params.active,
      );
      return newestFirst(rows, { url: '/v1/products', params });
    },
  ),
  route('GET', '/v1/products/:id', z.strictObject({}), ({ world, ids: [id = ''] }) =>
    world.need('products', id),
  ),
  route(
    'POST',
    '/v1/prices',
    z.strictObject({
      currency,
      metadata: metadata.optional(),
      product: text,
      unit_amount: natural,
    }),
    ({ world, params }) => {
      const price = createPrice(world, {
        currency: params.currency,
        product: world.need('products', params.product, 'product').id,
        unitAmount: params.unit_amount,
        metadata: mergeMetadata({}, params.metadata),
        active: true,
      });
      world.emit('price.created', price);
      return price;
    },
  ),
  route(
    'GET',
    '/v1/prices',
    z.strictObject({ ...page, active: flag.optional(), product: text.optional() }),
    ({ world, params }) => {
      const rows = [...world.tables.prices.values()].filter(
        (price) =>
          (params.active === undefined || price.active === params.active) &&
          (params.product === undefined || idOf(price.product) === params.product),
      );
      return newestFirst(rows, { url: '/v1/prices', params });
    },
  ),
  route('GET', '/v1/prices/:id', z.strictObject({}), ({ world, ids: [id = ''] }) =>
    world.need('prices', id),
  ),
];
