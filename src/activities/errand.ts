import type { Instant } from '../domain/values/calendar.ts';
import type { OutsideEffect } from '../domain/life/outside-effect.ts';
import type { Account, Books } from '../ports/books.ts';
import type { LifecycleDesk } from '../ports/lifecycle-desk.ts';
import type { Mailer } from '../ports/mail.ts';
import type { NoticeBooks } from '../ports/notices.ts';
import type { Payments } from '../ports/payments.ts';
import type { WorkspaceRef } from '../ports/workspace-ref.ts';

export type OutsidePorts = {
  readonly books: Books;
  readonly payments: Payments;
  readonly desk: LifecycleDesk;
  readonly notices: NoticeBooks;
  readonly mailer: Mailer;
  /** Where people reach the API. */
  readonly publicUrl: string;
};

/** One task on its way: the ports, whose it is, and the key that makes it happen once. */
export type Errand = OutsidePorts & {
  readonly of: WorkspaceRef;
  readonly task: string;
  readonly key: string;
  /** The workspace's instant at which it was asked for. */
  readonly at: Instant;
};

export type EffectOf<Kind extends OutsideEffect['kind']> = Extract<
  OutsideEffect,
  { readonly kind: Kind }
>;

/** The workspace's customer, made on first use; a test clock's instant is told before anything else. */
export async function customerOf(
  errand: Errand,
): Promise<{ readonly account: Account; readonly customer: string }> {
  const { books, payments, of } = errand;
  const account = await books.account(of);
  const known = account.customer;
  const customer =
    known ??
    (await payments.ensureCustomer(account.details, `${of.product}/${of.workspace}/customer`));
  if (known === null) await books.setCustomer(of, customer);
  if (account.testClock) await payments.tellClock(customer, account.at);
  return { account, customer };
}
