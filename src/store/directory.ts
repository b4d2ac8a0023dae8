import type { Lifecycle } from '../domain/life/lifecycle.ts';
import { fromPlain, type Plain } from '../domain/values/plain.ts';
import type { Directory, StoredHint, WorkspaceRecord } from '../ports/directory.ts';
import type { PaymentMethod } from '../ports/payments.ts';
import type { WorkspaceRef } from '../ports/workspace-ref.ts';
import { billedToOf, setBillingDetails, type BillingRow } from './billing-rows.ts';
import { inProduct, type Sql } from './connect.ts';
import { readContact, setContact } from './contacts.ts';
import { readCharges } from './charges.ts';
import { creditNotes } from './credit-note-reads.ts';
import { createWorkspace, readCommand, storePreview, submitCommand } from './directory-commands.ts';
import { memberReader, putMember, readMembers, removeMember } from './directory-members.ts';
import { closeResource, putResource, readResources, setCaps } from './directory-resources.ts';
import { noteRing } from './feed.ts';
import { keepAnswer, keptAnswer } from './kept-answers.ts';
import { makeGrant, voidOperatorGrant } from './operator-grants.ts';
import { transferSpace, transferWorkspace } from './ownership.ts';
import { readTogether } from './read-together.ts';
import { rememberedWorkspaces, type RememberedWorkspaces } from './remembered-workspaces.ts';
import { termsMoves } from './terms-moves.ts';
import { topUps } from './top-ups.ts';
import { recordPaid } from './paid-elsewhere.ts';
import { readEvents, readInvoice, readInvoices } from './reports.ts';

/** Who and what a product has, on Postgres. */
export function directory(sql: Sql): Directory {
  const remembered = rememberedWorkspaces();
  return {
    workspace: workspaceReader(sql, remembered),
    remembered: remembered.recall,
    rememberMember: remembered.rememberMember,
    createWorkspace: (of, fresh, start) => createWorkspace(sql, of, fresh, start),
    submitCommand: (account, sent) => submitCommand(sql, account, sent),
    command: (account, id) => readCommand(sql, account, id),
    storePreview: (account, preview) => storePreview(sql, account, preview),
    member: memberReader(sql),
    members: (account) => readMembers(sql, account),
    putMember: (account, change) => putMember(sql, account, change),
    removeMember: (account, member) => removeMember(sql, account, member),
    resources: (account) => readResources(sql, account),
    putResource: (account, resource, livesMost) => putResource(sql, account, resource, livesMost),
    closeResource: (account, resource) => closeResource(sql, account, resource),
    setCaps: (account, caps) => setCaps(sql, account, caps),
    setBillingDetails: (account, details) => setBillingDetails(sql, account, details),
    setContact: (of, contact) => setContact(sql, of, contact),
    contact: (of) => readContact(sql, of),
    invoices: (account, page) => readInvoices(sql, account, page),
    invoice: (account, id) => readInvoice(sql, account, { id }),
    invoiceOfKey: (account, key) => readInvoice(sql, account, { key }),
    recordPaid: (account, paid) => recordPaid(sql, account, paid),
    events: (product, page) => readEvents(sql, product, page),
    storeStripeEvent: (hint) => storeStripeEvent(sql, hint),
    grant: (account, sent) => makeGrant(sql, account, sent),
    voidGrant: (account, voided) => voidOperatorGrant(sql, account, voided),
    ...topUps(sql),
    ...creditNotes(sql),
    ...termsMoves(sql),
    charges: (account, page) => readCharges(sql, account, page),
    answered: (account, sent) =>
      inProduct(sql, account.product, (tx) => keptAnswer(tx, account, sent)),
    keepAnswer: (account, sent) =>
      inProduct(sql, account.product, (tx) => keepAnswer(tx, account, sent)),
    transferWorkspace: (account, to) => transferWorkspace(sql, account, to),
    transferSpace: (account, to) => transferSpace(sql, account, to),
    isReady: () => isReady(sql),
  };
}

type Row = BillingRow & {
  readonly name: string;
  readonly id: bigint;
  readonly lane: number;
  readonly personal: boolean;
  readonly owner: string;
  readonly currency: string;
  readonly time_zone: string;
  readonly terms_version: number;
  readonly test_clock: boolean;
  readonly at: string;
  readonly clock_at: string | null;
  readonly roster: number;
  readonly lifecycle: Plain<Lifecycle>;
  readonly payment_method: PaymentMethod | null;
  readonly billing_copies: readonly string[];
  readonly disputes_open: number;
};

/** Reads workspaces of a product together; one that is asked for twice at a time is read once. */
function workspaceReader(sql: Sql, remembered: RememberedWorkspaces): Directory['workspace'] {
  const readers = new Map<string, (name: string) => Promise<WorkspaceRecord | undefined>>();
  return async ({ product, workspace }) => {
    const reader =
      readers.get(product) ?? readTogether((names) => readWorkspaces(sql, product, names));
    readers.set(product, reader);
    const record = await reader(workspace);
    if (record !== undefined) remembered.remember(record);
    return record;
  };
}

function readWorkspaces(
  sql: Sql,
  product: string,
  names: readonly string[],
): Promise<(WorkspaceRecord | undefined)[]> {
  return inProduct(sql, product, async (tx) => {
    const rows = await tx<Row[]>`
      select w.external_id as name, w.id, w.lane, w.personal, u.external_id as owner, w.currency,
        w.time_zone, w.terms_version, w.test_clock, ledger_at(w.id) as at, w.clock_at, w.lifecycle,
        w.roster, w.payment_method, w.billing_name, w.billing_address, w.billing_email,
        w.billing_copies, w.tax_id, (
          select count(*)::int from dispute d
          where d.workspace_id = w.id and d.state in ('open', 'withdrawn')) as disputes_open
      from workspace w join app_user u on u.id = w.owner_id
      where w.product_id = ${product} and w.external_id = any(${[...new Set(names)]}::text[])`;
    const found = new Map(
      rows.map((row) => [row.name, recordOf({ product, workspace: row.name }, row)]),
    );
    return names.map((name) => found.get(name));
  });
}

const recordOf = (of: WorkspaceRef, row: Row): WorkspaceRecord => ({
  of,
  account: { product: of.product, workspaceId: row.id, lane: row.lane },
  personal: row.personal,
  owner: row.owner,
  currency: row.currency,
  timeZone: row.time_zone,
  termsVersion: row.terms_version,
  testClock: row.test_clock,
  at: row.at,
  clockAt: row.clock_at,
  lifecycle: fromPlain<Lifecycle>(row.lifecycle),
  roster: row.roster,
  paymentMethod: row.payment_method,
  billing: { ...billedToOf(row), copies: row.billing_copies },
  disputesOpen: row.disputes_open,
});

/**
 * Stores a hint; what concerns no books is stored as looked into already, and rings nobody. The
 * hint itself belongs to no product yet; whose it is follows from its customer. Delivered again
 * while it still waits, it is rung for again: the first delivery may have ended between its row
 * and its ring.
 */
async function storeStripeEvent(sql: Sql, hint: StoredHint): Promise<WorkspaceRef | undefined> {
  await sql`insert into stripe_event (id, type, customer, object_id, handled_at)
    values (${hint.id}, ${hint.type}, ${hint.customer}, ${hint.objectId},
      ${hint.concernsBooks ? null : sql`clock_timestamp()`})
    on conflict (id) do nothing`;
  const waiting = await sql`select 1 from stripe_event
    where id = ${hint.id} and handled_at is null`;
  if (hint.customer === null || waiting.length === 0) return undefined;
  const [owner] = await sql<{ product_id: string; external_id: string }[]>`
    select product_id, external_id from workspace_of_customer(${hint.customer})`;
  if (owner === undefined) return undefined;
  const of = { product: owner.product_id, workspace: owner.external_id };
  return inProduct(sql, of.product, async (tx) => {
    const [row] = await tx<{ id: bigint }[]>`
      select id from workspace
      where product_id = ${of.product} and external_id = ${of.workspace}`;
    return row !== undefined && (await noteRing(tx, row.id)) ? of : undefined;
  });
}

/** The newest tables and functions are asked for: without them the migrations have not been run. */
async function isReady(sql: Sql): Promise<boolean> {
  const [row] = await sql<{ ready: boolean }[]>`
    select to_regclass('feed_cursor') is not null and to_regclass('credit_note') is not null
      and to_regprocedure('ledger_paid_grants(bigint, text, timestamptz[], timestamptz[])') is not null
      as ready`;
  return row?.ready ?? false;
}
