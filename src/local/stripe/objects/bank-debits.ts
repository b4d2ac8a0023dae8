import type Stripe from 'stripe';
import { idOf, type World } from '../world.ts';
import { settleDebit } from './checkout.ts';
import { settleInvoice } from './invoices.ts';
import { bankAccountOf } from './payment-methods.ts';
import { endDebit } from './payments.ts';

/** The bank answers a debit now: it is paid, or fails with what the account does. */
export function answerDebit(world: World, id: string): Stripe.PaymentIntent {
  const intent = world.need('paymentIntents', id);
  const account = bankAccountOf(world, idOf(intent.payment_method) ?? '');
  if (account === undefined) throw new Error(`${id} debits no bank account`);
  const attempt = endDebit(world, intent, account.onDebit);
  settleInvoice(world, intent, attempt);
  settleDebit(world, id, attempt.kind === 'paid');
  return intent;
}

/** Every debit whose days are over by the clock of its customer. */
export function answerDueDebits(world: World): void {
  for (const { intent: id, dueAt } of world.tables.bankDebits.values()) {
    const { customer } = world.need('paymentIntents', id);
    if (dueAt <= world.now(idOf(customer))) answerDebit(world, id);
  }
}
