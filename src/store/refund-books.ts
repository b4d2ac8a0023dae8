import { micro, minor, minus, type MicroCredits, type Minor } from '../domain/values/money.ts';
import type { MoneyBackSeen } from '../ports/money-back.ts';
import type { Bought } from './bought.ts';
import type { Transaction } from './connect.ts';
import { issueCreditNote, voidCreditNote } from './credit-notes.ts';
import { tellFact } from './feed.ts';
import type { Place } from './money-back-place.ts';

type Refunded = {
  readonly seen: MoneyBackSeen;
  readonly bought: Bought;
  /** All that refunds take of the top-up now. */
  readonly claimMicro: MicroCredits;
};

type Row = {
  readonly id: bigint;
  readonly refunded_minor: bigint;
  readonly taken_micro: bigint;
};

/**
 * Brings the rows of a payment's refunds to what was refunded in all: a new state takes what it claims
 * beyond those before it; states above it are void, since the bank failed to pay a refund out. The same
 * state again changes nothing.
 */
export async function bookRefunded(
  tx: Transaction,
  place: Place,
  refunded: Refunded,
): Promise<void> {
  const { paymentIntent, refundedMinor } = refunded.seen;
  const live = await tx<Row[]>`
    select id, refunded_minor, taken_micro from refund
    where payment_intent = ${paymentIntent} and returned_at is null
    order by refunded_minor desc`;
  const failed = live.filter((row) => row.refunded_minor > refundedMinor);
  for (const row of failed) await returnRefund(tx, place, refunded, row);
  const rest = live.filter((row) => row.refunded_minor <= refundedMinor);
  const before = minor(rest[0]?.refunded_minor ?? 0n);
  if (before === refundedMinor) return;
  const takenMicro = rest.reduce((taken, row) => taken + row.taken_micro, 0n);
  await takeRefund(tx, place, refunded, {
    takenMicro: micro(refunded.claimMicro - takenMicro),
    backMinor: minus(refundedMinor, before),
  });
}

async function takeRefund(
  tx: Transaction,
  place: Place,
  refunded: Refunded,
  { takenMicro, backMinor }: { readonly takenMicro: MicroCredits; readonly backMinor: Minor },
): Promise<void> {
  const { of, workspaceId } = place;
  const { seen, bought } = refunded;
  const [row] = await tx<{ id: bigint }[]>`
    insert into refund (workspace_id, product_id, payment_intent, payment_id, invoice_id,
      refunded_minor, currency, taken_micro, booked_at)
    values (${workspaceId}, ${of.product}, ${seen.paymentIntent}, ${bought.payment},
      ${bought.invoice}, ${seen.refundedMinor}, ${seen.currency}, ${takenMicro},
      ledger_at(${workspaceId}))
    returning id`;
  if (row === undefined) throw new Error(`no refund of ${seen.paymentIntent} was written`);
  const { paidInvoice } = bought;
  const creditNote =
    paidInvoice === null
      ? null
      : await issueCreditNote(tx, place, { refund: row.id, invoiceKey: paidInvoice, backMinor });
  const told = { backMinor: backMinor.toString(), paidInvoice, creditNote };
  const data = { ...factsOf(refunded, takenMicro), ...told };
  await tellFact(tx, workspaceId, { kind: 'refundBooked', data });
}

async function returnRefund(
  tx: Transaction,
  place: Place,
  refunded: Refunded,
  row: Row,
): Promise<void> {
  await tx`update refund set returned_at = ledger_at(${place.workspaceId}) where id = ${row.id}`;
  await voidCreditNote(tx, place, row.id);
  const data = factsOf(refunded, micro(row.taken_micro));
  await tellFact(tx, place.workspaceId, { kind: 'refundReturned', data });
}

const factsOf = ({ seen, bought }: Refunded, creditsMicro: MicroCredits) =>
  ({
    payment: bought.payment,
    invoice: bought.invoice,
    refundedMinor: seen.refundedMinor.toString(),
    creditsMicro: creditsMicro.toString(),
    mustAct: 'nobody',
  }) as const;
