import { micro, type MicroCredits } from '../domain/values/money.ts';
import type { GrantKind } from '../domain/terms/terms.ts';
import type { LedgerAccount } from '../ports/ledger.ts';
import { fromPlain, type Plain } from '../domain/values/plain.ts';
import type { PaidGrant, PastBalance, Tracing } from '../ports/tracing.ts';
import { topUpKey } from './bought.ts';
import { inProduct, type Sql, type Transaction } from './connect.ts';
import { readInvoiceLines } from './invoice-lines.ts';
import { entryOf, type EntryRecord } from './ledger-reads.ts';

/** Ways from money to entries of the ledger, on Postgres. */
export function tracing(sql: Sql): Tracing {
  return {
    invoiceOfPayment: (account, payment) =>
      inProduct(sql, account.product, (tx) => readInvoiceOfPayment(tx, account, payment)),
    paidGrants: (account, invoice) =>
      inProduct(sql, account.product, (tx) => readPaidGrants(tx, account, invoice)),
    balanceAt: async (account, asOf) => {
      await inProduct(
        sql,
        account.product,
        (tx) => tx`select ledger_sum_up(${account.workspaceId})`,
      );
      return inProduct(sql, account.product, (tx) => readBalanceAt(tx, account, asOf));
    },
    costs: (account, page) =>
      inProduct(sql, account.product, async (tx) => {
        const { from, to, seen, after, limit } = page;
        const rows = await tx<EntryRecord[]>`
          select * from ledger_costs(${account.workspaceId}, ${from}, ${to}, ${seen.member},
            ${[...seen.hiddenGrants]}::int[], ${after?.id ?? null}, ${after?.ordinal ?? null},
            ${limit})`;
        return rows.map(entryOf);
      }),
  };
}

async function readInvoiceOfPayment(
  tx: Transaction,
  { workspaceId }: LedgerAccount,
  payment: string,
): Promise<string | undefined> {
  const [row] = await tx<{ id: string }[]>`
    select i.id from invoice i
    left join payment p
      on p.workspace_id = i.workspace_id and i.business_key = 'purchase:' || p.id
    where i.workspace_id = ${workspaceId} and (
      p.id::text = ${payment} or p.stripe_payment_intent = ${payment}
      or p.stripe_session = ${payment} or i.stripe_invoice = ${payment})`;
  return row?.id;
}

type GrantRow = {
  readonly grant_no: number;
  readonly kind: GrantKind;
  readonly source_key: string;
  readonly earmark: string | null;
  readonly amount_micro: bigint;
  readonly remaining_micro: bigint;
  readonly held_micro: bigint;
  readonly effective_at: string;
  readonly expires_at: string | null;
  readonly booked: Readonly<Record<string, string>>;
};

/** A purchase paid for its own grant; any other charge for the plan's credits that began within it. */
async function readPaidGrants(
  tx: Transaction,
  { workspaceId }: LedgerAccount,
  invoice: string,
): Promise<readonly PaidGrant[] | undefined> {
  const [found] = await tx<{ business_key: string }[]>`
    select business_key from invoice where id = ${invoice} and workspace_id = ${workspaceId}`;
  if (found === undefined) return undefined;
  const lines = await readInvoiceLines(tx, invoice);
  const charged = lines.filter(({ amountMinor }) => amountMinor > 0n).map(({ period }) => period);
  const sourceKey = topUpKey(found.business_key.replace(/^purchase:/, ''));
  const rows = await tx<GrantRow[]>`
    select * from ledger_paid_grants(${workspaceId}, ${sourceKey},
      ${charged.map(({ start }) => start)}::text[]::timestamptz[],
      ${charged.map(({ end }) => end)}::text[]::timestamptz[])`;
  return rows.map(grantOf);
}

const grantOf = (row: GrantRow): PaidGrant => ({
  grantNo: row.grant_no,
  kind: row.kind,
  sourceKey: row.source_key,
  earmark: row.earmark,
  amountMicro: micro(row.amount_micro),
  remainingMicro: micro(row.remaining_micro),
  heldMicro: micro(row.held_micro),
  effectiveAt: row.effective_at,
  expiresAt: row.expires_at,
  booked: bookedOf(row.booked),
});

/** Sums by the kind of their entries. */
const bookedOf = (sums: Readonly<Record<string, string>>): PaidGrant['booked'] =>
  Object.fromEntries(
    Object.entries(sums).map(([kind, text]): [string, MicroCredits] => [kind, micro(text)]),
  );

type PastRow = Omit<PastBalance, 'grants'> & {
  readonly grants: readonly (Omit<PaidGrant, 'booked'> & {
    readonly booked: Readonly<Record<string, string>>;
  })[];
};

async function readBalanceAt(
  tx: Transaction,
  { workspaceId }: LedgerAccount,
  asOf: string,
): Promise<PastBalance | undefined> {
  const [row] = await tx<{ balance: Plain<PastRow> | null }[]>`
    select ledger_balance_at(${workspaceId}, ${asOf}) as balance`;
  if (!row?.balance) return undefined;
  const { grants, ...totals } = fromPlain<PastRow>(row.balance);
  return {
    ...totals,
    grants: grants.map((grant) => ({ ...grant, booked: bookedOf(grant.booked) })),
  };
}
