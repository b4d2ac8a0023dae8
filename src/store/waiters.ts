import type { Waiters } from '../ports/waiters.ts';
import type { WorkspaceRef } from '../ports/workspace-ref.ts';
import type { Sql } from './connect.ts';

type Row = { readonly product_id: string; readonly external_id: string };

const refOf = (row: Row): WorkspaceRef => ({
  product: row.product_id,
  workspace: row.external_id,
});

export function waiters(sql: Sql): Waiters {
  return {
    living: async () => {
      const rows = await sql<Row[]>`select product_id, external_id from workspaces_living()`;
      return rows.map(refOf);
    },
    waiting: async (olderThanSeconds) => {
      const rows = await sql<Row[]>`
        select product_id, external_id
        from workspaces_waiting(make_interval(secs => ${olderThanSeconds}))`;
      return rows.map(refOf);
    },
  };
}
