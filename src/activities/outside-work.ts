import { ApplicationFailure, heartbeat, log } from '@temporalio/activity';
import { bookPayment } from '../booking/book-payment.ts';
import { bookCheckout, bookInbox } from '../booking/book.ts';
import type { OutsideEffect } from '../domain/life/outside-effect.ts';
import { fromPlain } from '../domain/values/plain.ts';
import { explainRefusal, type Refusal } from '../domain/life/refusal.ts';
import type { Task } from '../ports/lifecycle-store.ts';
import { MailUnavailable } from '../ports/mail.ts';
import { PaymentsRefused, PaymentsUnavailable } from '../ports/payments.ts';
import type { OutsideWork } from '../ports/outside-work.ts';
import { collectInvoice } from './collect-invoice.ts';
import { customerOf, type EffectOf, type Errand, type OutsidePorts } from './errand.ts';
import { refundTopUp, refuseTopUpRefund } from './refund-top-up.ts';
import { markPaid, sendInvoice } from './send-invoice.ts';
import { sendNotice } from './send-notice.ts';

const heartbeatMs = 1_000;

/** Work in the outside world. Safe to run again: every call carries the task's key, every booking its own. */
export function outsideWork(ports: OutsidePorts): OutsideWork {
  return {
    perform: async (of, plainTask) => {
      const { id, key, at, effect } = fromPlain<Task>(plainTask);
      const errand: Errand = {
        ...ports,
        of,
        task: id,
        at,
        key: `${of.product}/${of.workspace}/${key}`,
      };
      await translated(() => runOrGiveUp(errand, effect));
      await ports.books.taskDone(of, id);
      log.info('told the outside world', { key: errand.key });
    },
    bookInbox: (of) => translated(() => bookInbox(ports, of)),
  };
}

/** Translates once, so that Temporal's UI tells a provider that is away from a defect of ours. */
async function translated(work: () => Promise<void>): Promise<void> {
  const alive = setInterval(() => heartbeat(), heartbeatMs);
  try {
    await work();
  } catch (error) {
    const isAway = error instanceof PaymentsUnavailable || error instanceof MailUnavailable;
    throw ApplicationFailure.create({
      message: error instanceof Error ? error.message : String(error),
      type: isAway ? error.name : 'Defect',
      ...(error instanceof Error ? { cause: error } : {}),
    });
  } finally {
    clearInterval(alive);
  }
}

/** What the provider will never do ends here: it would hold up every task behind it for ever. */
async function runOrGiveUp(errand: Errand, effect: OutsideEffect): Promise<void> {
  try {
    await run(errand, effect);
  } catch (error) {
    if (!(error instanceof PaymentsRefused)) throw error;
    log.warn('the payment provider refused a task for good', { key: errand.key, error });
    await giveUp(errand, effect, error.message);
  }
}

/** Who waits for a purchase is told; of everything else an alert tells the product's operators. */
async function giveUp(errand: Errand, effect: OutsideEffect, why: string): Promise<void> {
  const { books, of, task, key } = errand;
  if (effect.kind === 'chargePurchase' || effect.kind === 'openCheckout') {
    const { payment } = effect.purchase;
    return refusePurchase(errand, payment, { kind: 'paymentsRefused', why });
  }
  if (effect.kind === 'refundTopUp') return refuseTopUpRefund(errand, effect.refund, why);
  await books.alert(of, 'paymentsRefused', { task: effect.kind, key, why });
  if (effect.kind === 'collectInvoice') {
    // A later try may find the cause put right; the customer's method is not to blame.
    await books.bookTryFailed(of, { task, invoice: effect.invoice, hard: false });
  }
}

async function run(errand: Errand, effect: OutsideEffect): Promise<void> {
  switch (effect.kind) {
    case 'collectInvoice':
      return collectInvoice(errand, effect);
    case 'sendInvoice':
      return sendInvoice(errand, effect);
    case 'markPaid':
      return markPaid(errand, effect);
    case 'chargePurchase':
      return chargePurchase(errand, effect);
    case 'openCheckout':
      return openCheckout(errand, effect);
    case 'expireCheckout':
      return expireCheckout(errand, effect);
    case 'mirrorUpcoming':
      return mirrorUpcoming(errand, effect);
    case 'refundTopUp':
      return refundTopUp(errand, effect);
    case 'startPersonalPlan':
      return startPersonalPlan(errand, effect);
    case 'notify':
      return sendNotice(errand, effect);
  }
}

/** Charges the saved method for a purchase; what was bought is given only once the money came [1.10]. */
async function chargePurchase(errand: Errand, effect: EffectOf<'chargePurchase'>): Promise<void> {
  const { books, payments, of, key } = errand;
  const { purchase } = effect;
  const row = await books.payment(of, purchase.payment);
  if (row === undefined || row.state !== 'requested') return;
  const { account, customer } = await customerOf(errand);
  const result = await payments.charge({
    customer,
    method: effect.method ?? null,
    payment: purchase.payment,
    line: { description: purchase.description, amountMinor: purchase.totalMinor },
    currency: account.currency,
    key,
  });
  switch (result.kind) {
    case 'succeeded':
      return bookPayment(errand, of, result.paymentIntent);
    case 'pending':
      // A bank debit: the row stays open, and the webhook books it when it settles.
      if (row.command === null) return books.paymentOpened(of, row.id, null);
      return books.settleCommand(of, row.command, { kind: 'done', checkoutUrl: null });
    case 'declined': {
      const { code, hard } = result;
      return refusePurchase(errand, purchase.payment, { kind: 'paymentDeclined', code }, hard);
    }
    case 'authenticationRequired':
      return refusePurchase(errand, purchase.payment, { kind: 'authenticationRequired' });
    case 'noPaymentMethod':
      return refusePurchase(errand, purchase.payment, { kind: 'paymentMethodRequired' });
  }
}

/** `hard`: no other try of the same kind would help; where a person is needed, that is so. */
async function refusePurchase(
  errand: Errand,
  payment: string,
  refusal: Refusal,
  hard = true,
): Promise<void> {
  const { books, of } = errand;
  const code = refusal.kind === 'paymentDeclined' ? refusal.code : refusal.kind;
  await books.closePurchase(of, payment, 'failed', { code, hard });
  const row = await books.payment(of, payment);
  if (row === undefined || row.command === null) return;
  const message = explainRefusal(refusal);
  await books.settleCommand(of, row.command, { kind: 'refused', code: refusal.kind, message });
}

async function openCheckout(errand: Errand, effect: EffectOf<'openCheckout'>): Promise<void> {
  const { books, payments, of, key } = errand;
  const { purchase, returnTo, kinds } = effect;
  const row = await books.payment(of, purchase.payment);
  if (row === undefined || row.command === null) return;
  const { account, customer } = await customerOf(errand);
  const { session, url } = await payments.openCheckout({
    customer,
    kinds,
    payment: purchase.payment,
    line: { description: purchase.description, amountMinor: purchase.totalMinor },
    currency: account.currency,
    returnTo,
    key,
  });
  await books.paymentOpened(of, purchase.payment, session);
  await books.settleCommand(of, row.command, { kind: 'done', checkoutUrl: url });
}

/** One open Checkout per workspace. One that was paid in the last moment is booked, never lost. */
async function expireCheckout(errand: Errand, effect: EffectOf<'expireCheckout'>): Promise<void> {
  const { books, payments, of, key } = errand;
  const row = await books.payment(of, effect.payment);
  if (row === undefined || row.session === null) return;
  await payments.expireCheckout(row.session, key);
  await bookCheckout(errand, row.session);
  await books.closePurchase(of, effect.payment, 'expired');
}

/** Shows the lines of the next invoice as one draft, on the day they came to be [2.15]. */
async function mirrorUpcoming(errand: Errand, effect: EffectOf<'mirrorUpcoming'>): Promise<void> {
  const { books, payments, of, key } = errand;
  const { account, customer } = await customerOf(errand);
  const draft = await payments.draftInvoice({
    customer,
    draft: account.draft,
    lines: effect.lines,
    currency: account.currency,
    key,
  });
  await books.draftMirrored(of, draft);
}

async function startPersonalPlan(
  errand: Errand,
  effect: EffectOf<'startPersonalPlan'>,
): Promise<void> {
  const { books, desk, of, key } = errand;
  await books.startPersonalPlan(of, effect, key);
  await desk.ring({ product: of.product, workspace: effect.workspace });
}
