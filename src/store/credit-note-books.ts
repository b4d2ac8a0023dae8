import type { Books } from '../ports/books.ts';
import { inProduct, type Sql } from './connect.ts';

/** Credit notes, for those who know only their ids. */
export const creditNoteBooks = (sql: Sql): Pick<Books, 'workspaceOfCreditNote'> => ({
  workspaceOfCreditNote: (product, id) =>
    inProduct(sql, product, async (tx) => {
      const [row] = await tx<{ workspace: string }[]>`
        select w.external_id as workspace from credit_note n
        join workspace w on w.id = n.workspace_id where n.id = ${id}`;
      return row && { product, workspace: row.workspace };
    }),
});
