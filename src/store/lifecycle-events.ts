import type { LifecycleCommand } from '../domain/life/commands.ts';
import type { Contract } from '../domain/terms/contract.ts';
import type { Event, EventKind } from '../domain/life/lifecycle.ts';
import { micro, minor } from '../domain/values/money.ts';
import { fromPlain, type Plain } from '../domain/values/plain.ts';
import type { Spend } from '../domain/credits/spend.ts';
import type { Terms } from '../domain/terms/terms.ts';
import type { Waiting } from '../ports/lifecycle-store.ts';

/** Rows of the feed that the lifecycle takes in; all others only tell what was done. */
export const factKinds = [
  'memberInvited',
  'invitationWithdrawn',
  'memberAccepted',
  'memberRemoved',
  'ownershipTransferred',
  'paymentMethodAttached',
  'paymentMethodRemoved',
  'planPurchasePaid',
  'planPurchaseFailed',
  'toppedUp',
  'thresholdCrossed',
  'usageMetered',
  'spendCapChanged',
  'balanceFell',
  'spentCreditsFound',
  'autoTopUpFailed',
  'invoicePaid',
  'invoicePaymentFailed',
  'invoicePaymentPending',
  'disputeOpened',
  'disputeFundsWithdrawn',
  'disputeLost',
  'disputeWon',
  'refundBooked',
  'refundReturned',
] as const satisfies readonly EventKind['kind'][];

type FactKind = (typeof factKinds)[number];
type Fact = Extract<EventKind, { readonly kind: FactKind }>;

/** A fact's data beside its kind, as it stands in the feed. */
export type FactData<Kind extends FactKind> = Plain<
  Omit<Extract<Fact, { readonly kind: Kind }>, 'kind'>
>;

export type FactRow = {
  readonly seq: bigint;
  readonly kind: FactKind;
  readonly at: string;
  readonly data: object;
};

export function eventOfFact(row: FactRow, spend?: Spend): Waiting {
  // The row was written by `tellFact`, whose type ties the data to the kind.
  const fact = fromPlain<Fact>({ ...row.data, kind: row.kind } as Plain<Fact>);
  const known = fact.kind === 'balanceFell' && spend !== undefined ? { ...fact, spend } : fact;
  return { event: { ...known, at: row.at }, command: null, seq: Number(row.seq) };
}

type StoredCommand = {
  readonly id: string;
  readonly body: LifecycleCommand;
  /** The preview that it confirms; empty once that is older than half an hour. */
  readonly preview: { readonly at: string | null; readonly basis: string | null };
  /** Of the workspace, by name; asked of a plan change only. */
  readonly spacesWithoutOwner: readonly string[];
  readonly spend: Spend | undefined;
  /** The version that a move goes to; null: it is no move. */
  readonly terms: Plain<Terms> | null;
};

/** What a command asks of the lifecycle. Its id names the payment that it may need. */
export function eventOfCommand(stored: StoredCommand, at: string): Event {
  const { id, body, preview, spacesWithoutOwner } = stored;
  switch (body.kind) {
    case 'start':
      return { at, kind: 'started', plan: body.plan, interval: body.interval };
    case 'changePlan':
      return {
        at,
        kind: 'planChangeRequested',
        plan: body.plan,
        interval: body.interval,
        payment: id,
        returnTo: body.returnTo,
        preview: body.preview === null ? null : confirmed(preview, at),
        ...(spacesWithoutOwner.length === 0 ? {} : { spacesWithoutOwner }),
      };
    case 'cancelScheduledChange':
      return { at, kind: 'scheduledChangeCanceled' };
    case 'cancel':
      return { at, kind: 'cancelRequested', when: body.when };
    case 'reactivate':
      return { at, kind: 'reactivated' };
    case 'setSeats':
      return { at, kind: 'seatsRequested', purchased: body.purchased };
    case 'topUp':
      return topUpOf(id, body, stored.spend, at);
    case 'setAutoTopUp':
      return {
        at,
        kind: 'autoTopUpSet',
        rule: body.rule && {
          thresholdMicro: micro(body.rule.thresholdMicro),
          priceMinor: minor(body.rule.priceMinor),
        },
      };
    case 'moveTerms':
      return moveTo(body, stored.terms, at);
    case 'issueInvoice':
      return invoiceOf(id, body, at);
    case 'agreeContract':
      return contractOf(stored, body, at);
    case 'endContract':
      return { at, kind: 'contractEndRequested' };
    case 'setTimeZone':
      return { at, kind: 'timeZoneSet', timeZone: body.timeZone };
    case 'advanceClock':
      return { at, kind: 'clockAdvanced', to: body.to };
  }
}

function topUpOf(
  payment: string,
  { priceMinor, pay, returnTo }: Extract<LifecycleCommand, { readonly kind: 'topUp' }>,
  spend: Spend | undefined,
  at: string,
): Event {
  const wish = { payment, priceMinor: minor(priceMinor), pay, returnTo };
  return { at, kind: 'topUpRequested', ...wish, ...(spend === undefined ? {} : { spend }) };
}

const invoiceOf = (
  request: string,
  body: Extract<LifecycleCommand, { readonly kind: 'issueInvoice' }>,
  at: string,
): Event => ({
  ...{ at, kind: 'invoiceRequested', request, dueInDays: body.dueInDays },
  lines: body.lines.map((line) => ({ ...line, unitMinor: minor(line.unitMinor) })),
  note: { purchaseOrder: body.purchaseOrder, memo: body.memo },
});

const contractOf = (
  { id, preview }: StoredCommand,
  body: Extract<LifecycleCommand, { readonly kind: 'agreeContract' }>,
  at: string,
): Event => ({
  ...{ at, kind: 'contractAgreed', request: id },
  contract: fromPlain<Contract>(body.contract),
  preview: body.preview === null ? null : confirmed(preview, at),
});

/** A preview that is gone has no basis, so it is found stale. */
const confirmed = (
  preview: StoredCommand['preview'],
  at: string,
): { readonly at: string; readonly basis: string } => ({
  at: preview.at ?? at,
  basis: preview.basis ?? 'gone',
});

function moveTo(
  body: Extract<LifecycleCommand, { readonly kind: 'moveTerms' }>,
  terms: Plain<Terms> | null,
  at: string,
): Event {
  if (terms === null) throw new Error(`version ${body.version} was never published`);
  const { plan, when, seen: preview } = body;
  return { at, kind: 'termsChangeRequested', to: fromPlain<Terms>(terms), plan, when, preview };
}
