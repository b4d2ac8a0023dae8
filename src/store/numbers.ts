import type { Transaction } from './connect.ts';

/** Series of numbers: each per product, without gaps, because its row stays locked until the issue commits. */
const series = {
  invoice: { table: 'invoice_number', infix: '' },
  creditNote: { table: 'credit_note_number', infix: 'CN-' },
} as const;

/** `STU-000001`, `STU-CN-000001`: the next number of a product's series, given in this very transaction. */
export async function nextNumber(
  tx: Transaction,
  product: string,
  of: keyof typeof series,
): Promise<string> {
  const { table, infix } = series[of];
  const [row] = await tx<{ given: bigint }[]>`
    insert into ${tx(table)} as number (product_id, next_number) values (${product}, 2)
    on conflict (product_id) do update set next_number = number.next_number + 1
    returning next_number - 1 as given`;
  if (row === undefined) throw new Error(`no number was given for ${of}`);
  const prefix = product.slice(0, 3).toUpperCase();
  return `${prefix}-${infix}${row.given.toString().padStart(6, '0')}`;
}
