import type { Books, InboxEvent } from '../ports/books.ts';
import type { WorkspaceRef } from '../ports/workspace-ref.ts';
import { inProduct, type Sql } from './connect.ts';
import { noteRing } from './feed.ts';

/** Events of the provider that name no customer, until it is found out whose they are. */
export function strayBooks(sql: Sql): Pick<Books, 'strayEvents' | 'adoptEvent'> {
  return {
    strayEvents: async () => {
      const rows = await sql<{ id: string; type: string; object_id: string }[]>`
        select id, type, object_id from stripe_event
        where customer is null and handled_at is null
        order by received_at, id limit 100`;
      return rows.map(({ id, type, object_id }): InboxEvent => ({ id, type, objectId: object_id }));
    },
    adoptEvent: (id, customer) => adoptEvent(sql, id, customer),
  };
}

/** Undefined if the customer is no workspace of ours. */
async function adoptEvent(
  sql: Sql,
  id: string,
  customer: string,
): Promise<WorkspaceRef | undefined> {
  const [owner] = await sql<{ product_id: string; external_id: string }[]>`
    select product_id, external_id from workspace_of_customer(${customer})`;
  if (owner === undefined) return undefined;
  const of = { product: owner.product_id, workspace: owner.external_id };
  await inProduct(sql, of.product, async (tx) => {
    await tx`update stripe_event set customer = ${customer} where id = ${id}`;
    const [row] = await tx<{ id: bigint }[]>`
      select id from workspace
      where product_id = ${of.product} and external_id = ${of.workspace}`;
    if (row !== undefined) await noteRing(tx, row.id);
  });
  return of;
}
