import { z } from 'zod';
import { ok } from '../../domain/values/outcome.ts';
import { email, externalId } from '../codecs.ts';
import { none, route, type Route } from '../route.ts';

const path = '/api/users/{user}';
const params = z.strictObject({
  user: externalId.meta({ description: "The product's id of the user" }),
});

const contact = z
  .strictObject({
    email: email
      .nullable()
      .meta({ description: 'Where they are told what concerns them; null: nowhere' }),
  })
  .meta({ id: 'UserContact' });

const put = route({
  method: 'put',
  path,
  summary: 'Say where a user is told what concerns them: warnings for their role, their own cap.',
  tag: 'Members',
  scopes: ['manage'],
  needs: 'product',
  params,
  query: none,
  body: contact,
  responses: { 200: contact },
  problems: [],
  carryOut: async ({ params: { user }, body }, call) => {
    await call.parts.directory.setContact({ product: call.caller.product, user }, body);
    return ok({ status: 200, value: body });
  },
});

const read = route({
  method: 'get',
  path,
  summary: 'Where a user is told what concerns them.',
  tag: 'Members',
  scopes: ['manage'],
  needs: 'product',
  params,
  query: none,
  body: null,
  responses: { 200: contact },
  problems: [],
  carryOut: async ({ params: { user } }, call) => {
    const { product } = call.caller;
    return ok({ status: 200, value: await call.parts.directory.contact({ product, user }) });
  },
});

export const userRoutes: readonly Route[] = [put, read];
