import { microOf, showCredits } from './amounts.ts';
import type { InvoiceAnswer } from './answers.ts';
import { rulesIn, type Journal } from './journal.ts';
import type { Life } from './life.ts';

/** The rules behind what happens by itself while time passes. */
export type PassingRules = {
  readonly reset: string;
  readonly renewal: string;
  readonly supplementary: string;
  /** An invoice that is carried to the next one. */
  readonly carried: string;
};

/** Tells what is done and what happens by itself: credits that reset, invoices, payments. */
export class Narrator {
  readonly life: Life;
  protected readonly journal: Journal;
  /** Usage before this instant has been sent, or would count in a window that has ended. */
  protected usedUntil = '';
  /** The invoices that were told, and how they stood then. */
  protected readonly told = new Map<string, InvoiceAnswer['status']>();
  protected readonly passing: PassingRules;

  /** Stands before everything that is told: whose it is, where that is not the story's workspace. */
  private readonly whose: string;

  constructor(life: Life, of: { journal: Journal; passing: PassingRules; whose?: string }) {
    const { journal, passing, whose = '' } = of;
    this.life = life;
    this.whose = whose;
    this.journal = journal;
    this.passing = passing;
  }

  /** Does something, and tells what it changed. */
  async does<T>(text: string, rules: string, act: () => Promise<T>): Promise<T> {
    const before = await this.available();
    const result = await act();
    await this.tells(text, rules, { change: (await this.available()) - before });
    await this.tellInvoices();
    return result;
  }

  /** Tells something that is so now. */
  async says(text: string, rules: string): Promise<void> {
    await this.tells(text, rules, {});
  }

  /** Compares a figure with the one that the story expects. */
  expects(what: string, rules: string, actual: string | number | boolean, expected: string): void {
    const check = { what, rules: rulesIn(rules), actual: String(actual), expected };
    this.journal.expect(check);
  }

  /** Lets time pass, with a stop at every reset of the credits on the way. */
  async advance(to: string): Promise<void> {
    for (;;) {
      const { at, window } = await this.life.balance();
      const { resetsAt } = window;
      // A window that has ended stays the last one while no plan grants a next.
      if (resetsAt === null || resetsAt > to || resetsAt <= at) break;
      await this.passReset(resetsAt);
      if (resetsAt === to) return;
    }
    await this.life.moveClock(to);
    await this.tellInvoices();
  }

  async available(): Promise<bigint> {
    return microOf((await this.life.balance()).available);
  }

  protected async tells(
    text: string,
    rules: string,
    of: { readonly change?: bigint; readonly money?: string },
  ): Promise<void> {
    const { at, available } = await this.life.balance();
    this.journal.tell({
      ...{ at, text: this.whose + text, rules: rulesIn(rules), balance: microOf(available) },
      credits: of.change === undefined || of.change === 0n ? null : of.change,
      money: of.money ?? null,
    });
  }

  /** Waits until no invoice is under way: it is paid, or the workspace is past due for it. */
  protected collected(): Promise<readonly InvoiceAnswer[]> {
    return this.life.until('the invoices to be collected', async () => {
      const { status } = await this.life.show();
      const invoices = await this.life.invoices();
      const open = invoices.some((invoice) => invoice.status === 'open');
      return open && status === 'active' ? undefined : invoices;
    });
  }

  /** Tells what invoices were issued or paid since they were last looked at. */
  protected async tellInvoices(): Promise<void> {
    for (const invoice of await this.collected()) {
      const { id, number, reason, status, total, issuedAt, paidAt } = invoice;
      const before = this.told.get(id);
      if (before === status) continue;
      this.told.set(id, status);
      const how = before === undefined ? `${wordFor(reason)}: ${status}` : `${status} at last`;
      this.journal.tell({
        at: before === undefined ? issuedAt : (paidAt ?? issuedAt),
        text: `${this.whose}Invoice ${number}, ${how}`,
        rules: rulesIn(this.rulesOf(invoice)),
        ...{ credits: null, balance: null, money: total.amount },
      });
    }
  }

  private async passReset(at: string): Promise<void> {
    const { status } = await this.life.show();
    const before = await this.life.balance();
    const lapsing = before.grants.filter(({ expiresAt }) => expiresAt === at);
    const lapsed = lapsing.reduce((sum, { remaining }) => sum + microOf(remaining), 0n);
    await this.life.moveClock(at);
    this.usedUntil = at;
    const change = (await this.available()) - microOf(before.available);
    // The end of a trial is the story's to tell.
    if (status !== 'trialing' && (change !== 0n || lapsed !== 0n)) {
      const granted = await this.grantedAt(at);
      const repaid = microOf(before.debt) - microOf((await this.life.balance()).debt);
      const said = [
        ...(granted === 0n ? [] : [`${showCredits(granted)} in`]),
        `${showCredits(lapsed)} lapse`,
        ...(repaid === 0n ? [] : [`${showCredits(repaid)} repay the debt`]),
      ];
      await this.tells(`Credits reset: ${said.join(', ')}`, this.passing.reset, { change });
    }
    await this.tellInvoices();
  }

  private async grantedAt(at: string): Promise<bigint> {
    const { grants } = await this.life.balance();
    const fresh = grants.filter((grant) => grant.kind === 'included' && grant.effectiveAt === at);
    return fresh.reduce((sum, { granted }) => sum + microOf(granted), 0n);
  }

  private rulesOf({ reason, status }: InvoiceAnswer): string {
    if (status === 'carried') return this.passing.carried;
    return reason === 'supplementary' ? this.passing.supplementary : this.passing.renewal;
  }
}

const wordFor = (reason: string): string =>
  reason === 'supplementary' ? 'for a change within the period' : reason;
