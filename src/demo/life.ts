import { setTimeout as delay } from 'node:timers/promises';
import type { z } from 'zod';
import {
  balanceAnswer,
  changedAnswer,
  commandAnswer,
  disputeAnswer,
  entriesAnswer,
  entitlementAnswer,
  eventsAnswer,
  invoiceInFullAnswer,
  invoicesAnswer,
  pageAnswer,
  sessionAnswer,
  usageAnswer,
  workspaceAnswer,
  type BalanceAnswer,
  type EntitlementAnswer,
  type EventAnswer,
  type InvoiceAnswer,
  type InvoiceLineAnswer,
  type LedgerEntryAnswer,
  type UsageAnswer,
  type WorkspaceAnswer,
} from './answers.ts';
import { httpTo, unexpected, type Answered, type Asked, type Http } from './http.ts';

/** Where a story happens: the API, Stripe's emulator, and a key for each product. */
export type DemoWorld = {
  readonly apiUrl: string;
  readonly stripeUrl: string;
  keyOf(product: string): string;
};

/** Where Stripe's page sends a person back to. */
export const returnTo = 'https://product.example/editor';
const lookAgainMs = 50;
const patienceMs = 120_000;

/** One workspace as its product lives with it: over HTTP alone, each wish under a key of its own. */
export class Life {
  readonly workspace: string;
  private readonly world: DemoWorld;
  private readonly product: string;
  private readonly api: Http;
  private readonly stripe: Http;
  private readonly path: string;
  private wishes = 0;

  constructor(
    world: DemoWorld,
    of: { readonly product: string; readonly workspace: string },
    api = httpTo(world.apiUrl, { authorization: `Bearer ${world.keyOf(of.product)}` }),
  ) {
    this.world = world;
    this.product = of.product;
    this.workspace = of.workspace;
    this.path = `/api/workspaces/${of.workspace}`;
    this.api = api;
    this.stripe = httpTo(world.stripeUrl, { authorization: 'Bearer sk_test_demo' });
  }

  /** Another workspace of the same product. */
  neighbour(workspace: string): Life {
    return new Life(this.world, { product: this.product, workspace }, this.api);
  }

  /** Asks for something of this workspace and answers whatever the API does. */
  ask(method: Asked['method'], path: string, body?: object): Promise<Answered> {
    return this.api.ask(this.asked(method, path, body));
  }

  /** Asks for something that must succeed. */
  post<Shape extends z.ZodType>(path: string, body: object, shape: Shape) {
    return this.api.read(this.asked('POST', path, body), shape);
  }

  show(): Promise<WorkspaceAnswer> {
    return this.api.read({ method: 'GET', path: this.path }, workspaceAnswer);
  }

  balance(): Promise<BalanceAnswer> {
    return this.api.read({ method: 'GET', path: `${this.path}/balance` }, balanceAnswer);
  }

  /** Whether this member is shown the balance at all. */
  async showsBalanceTo(member: string): Promise<boolean> {
    const { status } = await this.ask('GET', `/balance?viewer=${member}`);
    return status === 200;
  }

  feature(name: string): Promise<EntitlementAnswer> {
    const path = `${this.path}/entitlements/${name}`;
    return this.api.read({ method: 'GET', path }, entitlementAnswer);
  }

  usage(query: Readonly<Record<string, string>>): Promise<UsageAnswer> {
    const path = `${this.path}/usage?${new URLSearchParams(query).toString()}`;
    return this.api.read({ method: 'GET', path }, usageAnswer);
  }

  /** Oldest first. */
  async invoices(): Promise<readonly InvoiceAnswer[]> {
    const found: InvoiceAnswer[] = [];
    let before: string | null = null;
    do {
      const page: string = before === null ? '' : `&before=${before}`;
      const path = `${this.path}/invoices?limit=100${page}`;
      const read = await this.api.read({ method: 'GET', path }, invoicesAnswer);
      found.push(...read.invoices);
      before = read.before;
    } while (before !== null);
    return found.toReversed();
  }

  async invoiceLines(invoice: string): Promise<readonly InvoiceLineAnswer[]> {
    const path = `${this.path}/invoices/${invoice}`;
    return (await this.api.read({ method: 'GET', path }, invoiceInFullAnswer)).lines;
  }

  /** Waits until the feed tells of this kind of event, and answers the latest of them. */
  async hear(kind: string): Promise<EventAnswer> {
    return this.until(`the event ${kind}`, async () => {
      const events = await this.events();
      return events.findLast((event) => event.kind === kind);
    });
  }

  /** A wish of the lifecycle: waits until it is carried out, also when the workflow is away for long. */
  async change(method: 'PUT' | 'POST' | 'DELETE', path: string, body?: object) {
    const asked = this.asked(method, path, body);
    const answer = await this.api.ask(asked);
    const { status, location } = answer;
    if (status === 200 || status === 201) return changedAnswer.parse(answer.body).checkoutUrl;
    if (status !== 202 || location === null) throw unexpected(asked, answer);
    return this.until(`${method} ${asked.path}`, async () => {
      const command = await this.api.read({ method: 'GET', path: location }, commandAnswer);
      if (command.refusal !== null) throw unexpected(asked, { ...answer, body: command.refusal });
      return command.state === 'done' ? { checkoutUrl: command.checkoutUrl } : undefined;
    }).then(({ checkoutUrl }) => checkoutUrl);
  }

  /** A change of the directory: done when it is answered. */
  async put(path: string, body: object): Promise<void> {
    const asked = this.asked('PUT', path, body);
    const answer = await this.api.ask(asked);
    if (answer.status !== 200) throw unexpected(asked, answer);
  }

  async remove(path: string): Promise<void> {
    const asked = this.asked('DELETE', path);
    const answer = await this.api.ask(asked);
    if (answer.status !== 200) throw unexpected(asked, answer);
  }

  /** Moves the test clock, and waits until everything that was due has been lived through. */
  async moveClock(to: string): Promise<void> {
    await this.change('POST', '/clock', { to });
    await this.until(`the clock to stand at ${to}`, async () => {
      const { at, movingTo } = await this.show();
      return movingTo === null && at === to ? at : undefined;
    });
  }

  /** Waits until the workflow has taken in what was told. */
  becomes(status: string): Promise<WorkspaceAnswer> {
    return this.until(`${this.workspace} to be ${status}`, async () => {
      const shown = await this.show();
      return shown.status === status ? shown : undefined;
    });
  }

  /** Adds a card on Stripe's page, as a person does, and comes back. */
  async addCard(card: string): Promise<void> {
    const { url } = await this.post('/payment-method', { returnTo }, pageAnswer);
    await this.pay(url, card);
  }

  /** What a person does who is sent to Checkout: pays there, and comes back. Answers the session. */
  async pay(checkoutUrl: string, card: string): Promise<string> {
    const session = checkoutUrl.split('/').at(-1) ?? '';
    const paid: Asked = {
      method: 'POST',
      path: `/_control/checkout/${session}/pay`,
      body: { card },
    };
    const atStripe = await this.stripe.ask(paid);
    if (atStripe.status !== 200) throw unexpected(paid, atStripe);
    const back: Asked = { method: 'GET', path: `/checkout/return?session=${session}` };
    const home = await this.api.ask(back);
    if (home.location !== returnTo) throw unexpected(back, home);
    return session;
  }

  /** The bank disputes what was paid in this Checkout, and decides for its customer. */
  async takeBack(session: string): Promise<void> {
    const paid: Asked = { method: 'GET', path: `/v1/checkout/sessions/${session}` };
    const { payment_intent } = await this.stripe.read(paid, sessionAnswer);
    const lost = { payment_intent, outcome: 'lost' };
    const path = '/_control/dispute';
    await this.stripe.read({ method: 'POST', path, body: lost }, disputeAnswer);
  }

  /** The ledger's entries, newest first. */
  async entries(): Promise<readonly LedgerEntryAnswer[]> {
    const path = `${this.path}/ledger?limit=100`;
    return (await this.api.read({ method: 'GET', path }, entriesAnswer)).entries;
  }

  /** Looks again until there is an answer. */
  async until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
    const until = performance.now() + patienceMs;
    for (;;) {
      const seen = await look();
      if (seen !== undefined) return seen;
      if (performance.now() > until) throw new Error(`waited in vain for ${what}`);
      await delay(lookAgainMs);
    }
  }

  private asked(method: Asked['method'], path: string, body?: object): Asked {
    const wish = { method, path: `${this.path}${path}`, ...(body === undefined ? {} : { body }) };
    return method === 'GET' ? wish : { ...wish, key: `demo:${this.workspace}:${++this.wishes}` };
  }

  private async events(): Promise<readonly EventAnswer[]> {
    const found: EventAnswer[] = [];
    let after = '0';
    for (;;) {
      const path = `/api/events?limit=100&after=${after}`;
      const page = await this.api.read({ method: 'GET', path }, eventsAnswer);
      if (page.events.length === 0) return found;
      found.push(...page.events.filter(({ workspace }) => workspace === this.workspace));
      after = page.after;
    }
  }
}
