import { decimalOf, microOf, showCount } from './amounts.ts';
import { holdAnswer, problemAnswer, receiptAnswer } from './answers.ts';
import type { ProblemAnswer, ReceiptAnswer } from './answers.ts';
import type { Journal } from './journal.ts';
import { returnTo, type Life } from './life.ts';
import { Narrator, type PassingRules } from './narrator.ts';
import type { Run, RunBody, UsageSource } from './usage.ts';

/** Who joins, as what, or leaves; and the credits that come or go with them. */
type Moves = {
  readonly join?: readonly string[];
  readonly role?: string;
  readonly leave?: readonly string[];
  readonly credits: string;
};

const atOnce = 6; // requests: enough to keep two cores busy, for each of four stories

/** What a story is made of. Each act is real, waits until it is done, and tells itself. */
export class Acts extends Narrator {
  private readonly usage: UsageSource;
  private lastCheckout: string | null = null;

  constructor(of: {
    readonly life: Life;
    readonly journal: Journal;
    readonly passing: PassingRules;
    readonly usage: UsageSource;
    readonly whose?: string;
  }) {
    super(of.life, of);
    this.usage = of.usage;
  }

  async opens(text: string, rules: string, body: object & { testClock: string }): Promise<void> {
    await this.life.change('PUT', '', body);
    this.usedUntil = body.testClock;
    await this.tells(text, rules, { change: await this.available() });
  }

  /** From now on these people work. */
  crew(...members: readonly [string, ...string[]]): void {
    this.usage.crew = members;
  }

  /** Sends the trace's next runs as debits; none may be refused. */
  async uses(count: number, text: string, rules: string): Promise<void> {
    const runs = this.usage.take(count);
    const dated = await this.date(runs);
    let spent = 0n;
    for (let start = 0; start < dated.length; start += atOnce) {
      const sent = dated
        .slice(start, start + atOnce)
        .map((body) => this.life.post('/debits', body, receiptAnswer));
      for (const receipt of await Promise.all(sent)) spent += microOf(receipt.credits);
    }
    await this.tells(`${text}: ${describeRuns(runs)}`, rules, { change: -spent });
  }

  /** Sends runs one after the other until one is refused; answers why. */
  async usesUntilRefused(text: string, rules: string): Promise<ProblemAnswer> {
    const before = await this.available();
    for (let runs = 0; ; runs += 1) {
      const answer = await this.life.ask('POST', '/debits', this.usage.next().body);
      if (answer.status === 200) continue;
      const told = `${text}: ${showCount(runs)} runs, then ${answer.status}`;
      await this.tells(told, rules, { change: (await this.available()) - before });
      return problemAnswer.parse(answer.body);
    }
  }

  /** One run that is told by itself; it may be called for in another workspace than pays for it. */
  runs(
    text: string,
    rules: string,
    of: { readonly at: Life; readonly body: RunBody },
  ): Promise<ReceiptAnswer> {
    return this.does(text, rules, () => of.at.post('/debits', of.body, receiptAnswer));
  }

  /** The customer's bank takes the last payment in Checkout back, and decides for the customer. */
  async disputes(text: string, rules: string): Promise<void> {
    const { lastCheckout } = this;
    if (lastCheckout === null) throw new Error('nothing was paid in Checkout');
    await this.does(text, rules, async () => {
      await this.life.takeBack(lastCheckout);
      await this.life.hear('disputeLost');
    });
  }

  /** Sets caps, or takes them away. */
  caps(text: string, rules: string, caps: readonly object[]): Promise<void> {
    return this.does(text, rules, () => this.life.put('/limits', { caps }));
  }

  /** The same story's acts in another workspace of the product. */
  of(workspace: string): Acts {
    const { journal, passing, usage } = this;
    const life = this.life.neighbour(workspace);
    return new Acts({ life, journal, passing, usage, whose: `${workspace}: ` });
  }

  /** The same run so many times. */
  repeats(count: number, text: string, rules: string, body: RunBody): Promise<void> {
    return this.does(text, rules, async () => {
      for (let sent = 0; sent < count; sent += 1) {
        await this.life.post('/debits', body, receiptAnswer);
      }
    });
  }

  /** One run that must be refused; answers why. */
  async refused(text: string, rules: string, body: RunBody): Promise<ProblemAnswer> {
    const answer = await this.life.ask('POST', '/debits', body);
    if (answer.status < 400) throw new Error(`"${text}" was to be refused and was not`);
    await this.says(text, rules);
    return problemAnswer.parse(answer.body);
  }

  /** Sets credits aside for a run; answers the hold. */
  holds(text: string, rules: string, body: RunBody): Promise<string> {
    return this.does(text, rules, async () => {
      const { id } = await this.life.post('/holds', body, holdAnswer);
      return id;
    });
  }

  settles(
    text: string,
    rules: string,
    of: { readonly hold: string; readonly lines: RunBody['lines'] },
  ): Promise<ReceiptAnswer> {
    const path = `/holds/${of.hold}/settle`;
    return this.does(text, rules, () => this.life.post(path, { lines: of.lines }, receiptAnswer));
  }

  /** Adds a card on Stripe's page; the workspace then has the status. */
  addsCard(text: string, rules: string, card: { does: string; becomes: string }): Promise<void> {
    return this.does(text, rules, async () => {
      await this.life.addCard(card.does);
      await this.life.becomes(card.becomes);
    });
  }

  /** Buys credits, by the card on file or on Stripe's page. */
  async topsUp(
    text: string,
    rules: string,
    of: { readonly price: string; readonly pay: 'checkout' | 'savedMethod' },
  ): Promise<void> {
    const before = await this.available();
    const price = { amount: of.price, currency: 'usd' };
    const body = { price, pay: of.pay, ...(of.pay === 'checkout' ? { returnTo } : {}) };
    const page = await this.life.change('POST', '/top-ups', body);
    if (page !== null) this.lastCheckout = await this.life.pay(page, 'works');
    // The receipt is part of the act.
    await this.collected();
    const invoice = (await this.life.invoices()).at(-1);
    if (invoice?.reason !== 'purchase') throw new Error('a top-up made no receipt');
    this.told.set(invoice.id, invoice.status);
    const change = (await this.available()) - before;
    const receipt = `${text} (receipt ${invoice.number})`;
    await this.tells(receipt, rules, { change, money: invoice.total.amount });
  }

  /** Members accept their invitations (or leave): waits for the credits that come (or go) with them. */
  async members(text: string, rules: string, of: Moves): Promise<void> {
    await this.does(text, rules, async () => {
      const goal = (await this.available()) + microOf(of.credits);
      const seated = (await this.life.show()).seats?.used;
      const accepted = { role: of.role ?? 'member', state: 'accepted' };
      for (const member of of.join ?? []) await this.life.put(`/members/${member}`, accepted);
      for (const member of of.leave ?? []) await this.life.remove(`/members/${member}`);
      await this.life.until(`${decimalOf(goal)} credits`, async () =>
        (await this.available()) === goal ? goal : undefined,
      );
      if (seated === undefined) return;
      const used = seated + (of.join ?? []).length - (of.leave ?? []).length;
      await this.life.until(`${used} seats in use`, async () =>
        (await this.life.show()).seats?.used === used ? used : undefined,
      );
    });
  }

  /** People who were asked and have not come yet. */
  invites(text: string, rules: string, members: readonly string[]): Promise<void> {
    return this.does(text, rules, async () => {
      for (const member of members) {
        await this.life.put(`/members/${member}`, { role: 'member', state: 'invited' });
      }
    });
  }

  /** Buys or gives up seats, where they are bought up front. */
  seats(text: string, rules: string, purchased: number): Promise<void> {
    return this.does(text, rules, async () => {
      await this.life.change('PUT', '/seats', { purchased });
    });
  }

  /** Changes the plan as a person does: sees the preview, confirms it, and pays if that is asked for. */
  changesPlan(text: string, rules: string, plan: string): Promise<void> {
    return this.does(text, rules, async () => {
      const page = await this.life.change('POST', '/plan-change', { plan, returnTo });
      if (page === null) return;
      await this.life.pay(page, 'works');
      await this.life.until(`the plan ${plan}`, async () => {
        const shown = await this.life.show();
        return shown.plan?.id === plan && shown.status === 'active' ? shown : undefined;
      });
    });
  }

  /** Spreads runs evenly over the time since the last ones. */
  private async date(runs: readonly Run[]): Promise<readonly object[]> {
    const { at } = await this.life.balance();
    const from = Date.parse(this.usedUntil);
    const span = Date.parse(at) - from;
    this.usedUntil = at;
    return runs.map(({ body }, index) => {
      const occurredAt = new Date(from + Math.floor((span * (index + 1)) / (runs.length + 1)));
      return { ...body, occurredAt: occurredAt.toISOString() };
    });
  }
}

function describeRuns(runs: readonly Run[]): string {
  const calls = runs.reduce((sum, run) => sum + run.calls, 0);
  const tokens = runs.reduce((sum, run) => sum + run.tokens, 0);
  const millions = (tokens / 1_000_000).toFixed(1);
  return `${showCount(runs.length)} runs, ${showCount(calls)} calls, ${millions} M tokens`;
}
