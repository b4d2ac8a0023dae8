import type { Contact } from '../ports/directory.ts';
import { inProduct, type Sql } from './connect.ts';

type User = { readonly product: string; readonly user: string };

/** Says where a user is told what concerns them; the user is made on first use. */
export async function setContact(sql: Sql, of: User, contact: Contact): Promise<void> {
  await inProduct(
    sql,
    of.product,
    (tx) => tx`insert into app_user (product_id, external_id, email)
      values (${of.product}, ${of.user}, ${contact.email})
      on conflict (product_id, external_id) do update set email = excluded.email`,
  );
}

/** Who was never heard of has told no address. */
export const readContact = (sql: Sql, of: User): Promise<Contact> =>
  inProduct(sql, of.product, async (tx) => {
    const [row] = await tx<{ email: string | null }[]>`
      select email from app_user where product_id = ${of.product} and external_id = ${of.user}`;
    return { email: row?.email ?? null };
  });
