import type { EventKind, InvoiceDraft, Purchase } from '../domain/life/lifecycle.ts';
import type { Minor } from '../domain/values/money.ts';

/** What a simulated customer pays with. */
export type Card = 'works' | 'declines' | 'none';

export type Answer = {
  readonly result: 'paid' | 'declined';
  readonly of: string;
  readonly amountMinor: Minor;
  /** What the workspace is told. */
  readonly event: EventKind;
};

/** Who pays invoices and purchases at once, or refuses them at once, by the card of the moment. */
export class Bank {
  card: Card;
  readonly #open = new Map<string, InvoiceDraft>();

  constructor(card: Card) {
    this.card = card;
  }

  remember(invoice: InvoiceDraft): void {
    if (invoice.status === 'open') this.#open.set(invoice.key, invoice);
  }

  /** Tries to collect an invoice; what is paid cannot be collected again. */
  collect(key: string): Answer {
    const invoice = this.#open.get(key);
    if (invoice === undefined) throw new Error(`${key} is not an open invoice`);
    const { totalMinor: amountMinor } = invoice;
    if (this.card !== 'works') {
      const event = { kind: 'invoicePaymentFailed', invoice: key, hard: false } as const;
      return { result: 'declined', of: key, amountMinor, event };
    }
    return this.#paid(invoice);
  }

  #paid({ key, reason, period, totalMinor: amountMinor }: InvoiceDraft): Answer {
    this.#open.delete(key);
    const event = { kind: 'invoicePaid', invoice: key, reason, periodEnd: period.end } as const;
    return { result: 'paid', of: key, amountMinor, event };
  }

  /** An invoice that was sent is paid by transfer at once, card or no card; who declines pays nothing. */
  transfer(key: string): readonly Answer[] {
    const invoice = this.#open.get(key);
    if (invoice === undefined) throw new Error(`${key} is not an open invoice`);
    return this.card === 'declines' ? [] : [this.#paid(invoice)];
  }

  /** Lets the customer buy something; what is bought comes with the payment. */
  sell({ payment, purpose, totalMinor }: Purchase): Answer {
    const money = { of: payment, amountMinor: totalMinor };
    if (this.card !== 'works') {
      return { ...money, result: 'declined', event: { kind: 'planPurchaseFailed', payment } };
    }
    const event: EventKind =
      purpose.kind === 'topUp'
        ? { kind: 'toppedUp', payment, creditsMicro: purpose.creditsMicro }
        : { kind: 'planPurchasePaid', payment, totalMinor };
    return { ...money, result: 'paid', event };
  }
}
