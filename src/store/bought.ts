import { purchaseInvoiceKey } from '../domain/invoices/invoice.ts';
import type { Purchase } from '../domain/life/lifecycle.ts';
import type { MicroCredits, Minor } from '../domain/values/money.ts';
import { fromPlain, type Plain } from '../domain/values/plain.ts';
import type { Terms } from '../domain/terms/terms.ts';
import type { MoneyBackSeen } from '../ports/money-back.ts';
import type { Transaction } from './connect.ts';

/** What a payment of this workspace's bought: a purchase, or an invoice's settlement. */
export type Bought = {
  readonly payment: string | null;
  readonly invoice: string | null;
  /** The invoice that was paid by it, a purchase's own included, by its key; null: none is issued. */
  readonly paidInvoice: string | null;
  /** The grant whose money it is; null where no credits were bought. */
  readonly topUp: TopUpBought | null;
};

export type TopUpBought = {
  readonly sourceKey: string;
  readonly paidMinor: Minor;
  readonly creditsMicro: MicroCredits;
  /** What is made of credits that were spent before their money went back. */
  readonly spentBecomes: Terms['disputes']['spentCredits'];
};

/** The business fact behind the grant of a top-up. */
export const topUpKey = (payment: string): string => `topUp:${payment}`;

/** Undefined: the money bought nothing of ours. */
export async function readBought(
  tx: Transaction,
  workspaceId: bigint,
  seen: MoneyBackSeen,
): Promise<Bought | undefined> {
  if (seen.payment !== null) return readPurchase(tx, workspaceId, seen.payment);
  if (seen.stripeInvoice === null) return undefined;
  const [invoice] = await tx<{ id: string; business_key: string }[]>`
    select id, business_key from invoice
    where workspace_id = ${workspaceId} and stripe_invoice = ${seen.stripeInvoice}`;
  return (
    invoice && {
      ...{ payment: null, invoice: invoice.id, paidInvoice: invoice.business_key, topUp: null },
    }
  );
}

async function readPurchase(
  tx: Transaction,
  workspaceId: bigint,
  payment: string,
): Promise<Bought | undefined> {
  type Row = {
    readonly id: string;
    readonly purchase: Plain<Purchase>;
    readonly booked: boolean;
    readonly spent_becomes: TopUpBought['spentBecomes'];
  };
  const [row] = await tx<Row[]>`
    select p.id, p.purchase, p.state = 'succeeded' as booked,
      t.terms -> 'disputes' ->> 'spentCredits' as spent_becomes
    from payment p
    join workspace w on w.id = p.workspace_id
    join plan_term t on t.product_id = w.product_id and t.version = w.terms_version
    where p.id::text = ${payment} and p.workspace_id = ${workspaceId}`;
  if (row === undefined) return undefined;
  const { id, booked, spent_becomes: spentBecomes } = row;
  const { purpose, totalMinor: paidMinor } = fromPlain<Purchase>(row.purchase);
  const paidInvoice = booked ? purchaseInvoiceKey(id) : null;
  const money = { payment: id, invoice: null, paidInvoice } as const;
  if (purpose.kind !== 'topUp' || !booked) return { ...money, topUp: null };
  const { creditsMicro } = purpose;
  const topUp = { sourceKey: topUpKey(id), paidMinor, creditsMicro, spentBecomes };
  return { ...money, topUp };
}
