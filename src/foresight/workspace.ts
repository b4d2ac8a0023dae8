import type { Instant } from '../domain/values/calendar.ts';
import { termsUnder } from '../domain/terms/contract.ts';
import { purchaseInvoiceKey } from '../domain/invoices/invoice.ts';
import { nextDeadline } from '../domain/deadlines.ts';
import { describeEvent } from '../domain/describe.ts';
import type { Effect, Event, InvoiceDraft, Lifecycle, Purchase } from '../domain/life/lifecycle.ts';
import type { Deadline } from '../domain/deadline.ts';
import { micro, minor, plus, sum, type MicroCredits, type Minor } from '../domain/values/money.ts';
import { newLifecycle } from '../domain/life/new-lifecycle.ts';
import { explainRefusal, type Refusal } from '../domain/life/refusal.ts';
import type { GivenBack, SpentCreditsFact } from '../domain/life/spent-credits-fact.ts';
import { planIdOf } from '../domain/life/stepping.ts';
import { step } from '../domain/step.ts';
import { planOf, topUpsOf, type Interval, type Plan, type Terms } from '../domain/terms/terms.ts';
import { topUpEndsAt } from '../domain/credits/top-up.ts';
import { Bank, type Answer, type Card } from './bank.ts';
import { Books, type CreditNews, type Denial } from './books.ts';
import { priceUse } from './price-use.ts';
import type { TimelineEntry } from './timeline.ts';
import type { Use } from './usage-row.ts';

export type Opening = {
  readonly workspace: string;
  readonly timeZone: string;
  readonly at: Instant;
  readonly plan: string;
  readonly interval: Interval;
  readonly card: Card;
  /** Seats bought up front, where the plan sells them. */
  readonly seats: number;
  /** Buys the smallest top-up whenever a call would be refused for want of credits. */
  readonly topsUp: boolean;
};

/** Where a checkout page would lead back to; nobody goes there. */
const returnTo = 'https://simulated.invalid/';
/** A call that no number of small top-ups covers is refused in the end. */
const topUpsPerCallMost = 100;

/**
 * A workspace that lives in memory by the same `step` as in production. Its ledger are `Books`, its bank
 * answers at once, and time passes when it is told.
 */
export class SimulatedWorkspace {
  readonly books: Books;
  readonly #terms: Terms;
  readonly #bank: Bank;
  readonly #topsUp: boolean;
  readonly #tell: (entry: TimelineEntry) => void;
  #life: Lifecycle;
  #next: Deadline | null = null;
  #windowStart: Instant = '';
  #runs = 0;
  #runsMost: number | null = null;
  #payments = 0;
  #toldDenials = new Set<string>();
  readonly #spent: SpentCreditsFact[] = [];
  readonly denials = new Map<string, number>();
  calls = 0;
  invoices = 0;
  deniedMicro = micro(0);
  invoicedMinor = minor(0);
  paidMinor = minor(0);

  constructor(terms: Terms, opening: Opening, tell: (entry: TimelineEntry) => void) {
    const { workspace, timeZone, at, card } = opening;
    const { product, currency, version: termsVersion } = terms;
    const identity = { product, workspace, owner: 'owner', timeZone, currency, termsVersion, at };
    this.#terms = terms;
    this.#tell = tell;
    this.#topsUp = opening.topsUp;
    this.#bank = new Bank(card);
    // As if they had been chosen together with the plan; a change later is an event.
    const fresh = newLifecycle({ ...identity, clock: 'real' });
    this.#life = { ...fresh, purchasedSeats: opening.seats };
    this.books = new Books(terms.credits.burnOrder, (news) => this.#tellCredits(news));
    if (card !== 'none') this.take({ kind: 'paymentMethodAttached', at });
    this.take({ kind: 'started', plan: opening.plan, interval: opening.interval, at });
  }

  /** What happens next by time alone. */
  get next(): Deadline | null {
    return this.#next;
  }

  get #plan(): Plan | null {
    const id = planIdOf(this.#life.subscription);
    const terms = termsUnder(this.#life.contract?.agreed, this.#terms);
    return id === null ? null : planOf(terms, id);
  }

  /** The customer has this card from now on. */
  changeCard(card: Card, at: Instant): void {
    const had = this.#bank.card;
    this.#bank.card = card;
    if (card === 'none') this.take({ kind: 'paymentMethodRemoved', at });
    else if (had !== card) this.take({ kind: 'paymentMethodAttached', at });
  }

  /** A payment's id, never used before. */
  nextPayment(): string {
    this.#payments += 1;
    return `payment-${this.#payments}`;
  }

  /** Lives through every deadline until this instant, each at its own. */
  liveUntil(at: Instant): void {
    while (this.#next !== null && this.#next.at <= at) {
      const { kind: deadline, at: due } = this.#next;
      this.take({ kind: 'deadlineReached', deadline, at: due });
    }
  }

  /** Takes an event in and performs what it asks for; answers why it was refused. */
  take(event: Event): Refusal | null {
    const outcome = step(this.#life, event, this.#terms);
    if (!outcome.ok) {
      const why = explainRefusal(outcome.refusal);
      this.#tell({ at: event.at, kind: 'refused', what: describeEvent(event), why });
      return outcome.refusal;
    }
    const { state, effects } = outcome.value;
    this.#life = state;
    this.#next = nextDeadline(state);
    this.#runsMost = this.#plan?.limits.runsPerWindow ?? null;
    this.books.advance(state.at);
    this.#tell({ at: state.at, kind: 'event', what: describeEvent(event) });
    for (const effect of effects) this.#perform(effect, state.at);
    for (const effect of effects) this.#settle(effect);
    for (const spent of this.#spent.splice(0)) this.take({ ...spent, at: state.at });
    return null;
  }

  /** Charges a call at this instant, or answers what refused it. */
  use(at: Instant, use: Use): Denial | null {
    const priced = priceUse(this.#terms.rates, use, at);
    const denial = priced === null ? 'unpriced' : this.#charge(at, priced);
    if (denial === null) {
      this.calls += 1;
      this.#runs += 1;
      return null;
    }
    this.denials.set(denial, (this.denials.get(denial) ?? 0) + 1);
    this.deniedMicro = plus(this.deniedMicro, priced ?? micro(0));
    if (!this.#toldDenials.has(denial)) {
      this.#toldDenials.add(denial);
      this.#tell({ at, kind: 'denied', by: denial });
    }
    return denial;
  }

  #charge(at: Instant, amountMicro: MicroCredits): Denial | null {
    if (this.#runsMost !== null && this.#runs >= this.#runsMost) return 'runs';
    const denial = this.books.debit(at, amountMicro);
    const isShort = denial === 'outOfCredits' || denial === 'overage';
    if (!isShort || !this.#topsUp) return denial;
    return this.#topUpFor(at, amountMicro) ? this.books.debit(at, amountMicro) : denial;
  }

  /** Buys the smallest top-up until the call is covered. */
  #topUpFor(at: Instant, amountMicro: MicroCredits): boolean {
    const priceMinor = smallestPrice(this.#terms, this.#plan);
    for (let bought = 0; bought < topUpsPerCallMost; bought += 1) {
      if (this.books.availableMicro(at) >= amountMicro) return true;
      const before = this.paidMinor;
      const wish = { payment: this.nextPayment(), priceMinor, pay: 'savedMethod' } as const;
      this.take({ kind: 'topUpRequested', ...wish, returnTo, at });
      if (this.paidMinor === before) return false;
    }
    return false;
  }

  #perform(effect: Effect, at: Instant): void {
    const { books } = this;
    switch (effect.kind) {
      case 'grantCredits':
        return books.grant(effect);
      case 'voidIncluded':
        return this.#noteSpent(
          effect.ifSpent,
          books.void(at, 'voided', (key) => key.startsWith(effect.sourcePrefix)),
        );
      case 'clawBackIncluded':
        return this.#noteSpent(effect.ifSpent, books.clawBack(at, effect));
      case 'returnClawedBack':
        return books.returnClawedBack(effect);
      case 'forfeitTopUps':
        books.void(at, 'forfeited', (_, kind) => kind === 'topUp');
        return;
      case 'placeOrder':
        books.place(effect);
        return books.advance(at);
      case 'cancelOrder':
        return books.place(null);
      case 'setGate':
        return books.setGate(effect.gate);
      case 'setOverage':
        return books.meter.set(at, effect.overage);
      case 'openWindow':
        return this.#openWindow(effect.start);
      case 'issueInvoice':
        this.#bank.remember(effect.invoice);
        return this.#noteInvoice(effect.invoice, at);
      case 'announce':
        return this.#tell({ at, kind: 'announced', what: effect.what, data: effect.data });
      case 'startPersonalPlan': {
        const data = { workspace: effect.workspace, plan: effect.plan, interval: effect.interval };
        return this.#tell({ at, kind: 'announced', what: 'personalPlanStarts', data });
      }
      case 'collectInvoice':
      case 'openCheckout':
      case 'chargePurchase':
      case 'readMeter':
      case 'creditAccount':
      case 'sendInvoice':
      case 'mirrorUpcoming':
      case 'expireCheckout':
      case 'watchBalance':
      case 'notify':
        return; // the bank's, once everything is on the books; nobody outside is told anything
    }
  }

  /** What is spent of credits that were to be taken back is told once the step is on the books. */
  #noteSpent(back: GivenBack | undefined, takenMicro: MicroCredits): void {
    if (back === undefined || takenMicro >= back.wantedMicro) return;
    this.#spent.push({ ...back, kind: 'spentCreditsFound', takenMicro });
  }

  /** What asks for money is answered at once. */
  #settle(effect: Effect): void {
    if (effect.kind === 'readMeter') this.#readMeter(effect);
    if (effect.kind === 'collectInvoice') this.#pay(this.#bank.collect(effect.invoice));
    if (effect.kind === 'sendInvoice')
      for (const answer of this.#bank.transfer(effect.invoice)) this.#pay(answer);
    if (effect.kind === 'openCheckout' || effect.kind === 'chargePurchase') {
      const answer = this.#bank.sell(effect.purchase);
      if (answer.result === 'paid') this.#bookPurchase(effect.purchase);
      this.#pay(answer);
    }
  }

  /** The meter's lines come as a fact, as the ledger tells them. */
  #readMeter({ reading, until }: Extract<Effect, { readonly kind: 'readMeter' }>): void {
    const { at } = this.#life;
    const lines = this.books.meter.read(at, until);
    this.take({ kind: 'usageMetered', reading, lines, at });
  }

  #pay({ result, of, amountMinor, event }: Answer): void {
    const { at } = this.#life;
    if (result === 'paid') this.paidMinor = plus(this.paidMinor, amountMinor);
    this.#tell({ at, kind: 'payment', result, of, amountMinor });
    this.take({ ...event, at });
  }

  #noteInvoice(invoice: InvoiceDraft, at: Instant): void {
    this.invoices += 1;
    this.invoicedMinor = plus(this.invoicedMinor, invoice.subtotalMinor);
    this.#tell({ at, kind: 'invoice', invoice });
  }

  /** A purchase is granted and invoiced when its money is booked, as the booking does it. */
  #bookPurchase({ payment, purpose, lines, totalMinor }: Purchase): void {
    const { at } = this.#life;
    const invoice = {
      ...({ key: purchaseInvoiceKey(payment), reason: 'purchase', issuedAt: at, lines } as const),
      period: { start: at, end: at },
      subtotalMinor: sum(lines.map(({ amountMinor }): Minor => amountMinor)),
      appliedMinor: minor(0),
      ...({ totalMinor, status: 'paid' } as const),
    };
    this.#noteInvoice(invoice, at);
    if (purpose.kind !== 'topUp') return;
    const { creditsMicro: amountMicro } = purpose;
    const sourceKey = `topUp:${payment}`;
    const expiresAt = topUpEndsAt(this.#terms, at, this.#life.timeZone);
    this.books.grant({ grantKind: 'topUp', amountMicro, sourceKey, effectiveAt: at, expiresAt });
  }

  /** Runs and first denials count by the window, which an upgrade within it does not begin anew. */
  #openWindow(start: Instant): void {
    if (start === this.#windowStart) return;
    this.#windowStart = start;
    this.books.meter.openWindow();
    this.#runs = 0;
    this.#toldDenials = new Set();
  }

  #tellCredits(news: CreditNews): void {
    const at = news.kind === 'granted' ? news.effectiveAt : news.at;
    this.#tell({ at, kind: 'credits', news });
  }
}

function smallestPrice(terms: Terms, plan: Plan | null): Minor {
  const offer = topUpsOf(terms, plan);
  if (offer.offer === 'steps') return minor(offer.step.priceMinor * BigInt(offer.min));
  return offer.packs.map(({ priceMinor }) => priceMinor).reduce((a, b) => (a < b ? a : b));
}
