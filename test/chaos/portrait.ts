import { expect } from 'vitest';
import Stripe from 'stripe';
import { findBreaches } from '../../src/cli/audit/prove-books.ts';
import type { World } from '../support/world.ts';

/**
 * Everything that a life has come to, without what every run draws anew (ids, real time): two lives that
 * were lived alike have equal portraits.
 */
export async function portrayBooks(world: World): Promise<object> {
  const portrait: Record<string, readonly string[]> = {};
  for (const [name, query] of Object.entries(queries)) {
    const rows = await world.audit.unsafe<{ told: object }[]>(
      `select to_jsonb(told) as told from (${query}) told`,
    );
    portrait[name] = rows.map(({ told }) => withoutIds(JSON.stringify(told)));
  }
  return portrait;
}

const queries: Readonly<Record<string, string>> = {
  workspaces: `
    select external_id, status, plan, clock_at, next_deadline_at,
      lifecycle - 'version' - 'seenSeq' as lifecycle
    from workspace order by external_id`,
  balances: `
    select w.external_id, p.available_micro, p.debt_micro, p.forgiven_micro, p.window_start,
      p.window_end, p.gate_code, p.gate_closes_at, p.alerts_armed, p.feed_seq
    from pool p join workspace w on w.id = p.workspace_id order by 1`,
  grants: `
    select w.external_id, g.kind, g.amount_micro, g.effective_at, g.expires_at, g.remaining_micro,
      g.held_micro, g.spent_micro, g.repaid_micro, g.voided_micro, g.transferred_micro
    from grant_standing g join workspace w on w.id = g.workspace_id
    order by w.external_id, g.grant_no`,
  usage: `
    select w.external_id, e.kind, e.line, e.model, e.surface, e.member, e.space, e.agent,
      count(distinct e.id) as runs, sum(e.amount_micro) as micro
    from usage_entry e join workspace w on w.id = e.workspace_id
    group by 1, 2, 3, 4, 5, 6, 7, 8 order by 1, 2, 3, 4, 5, 6, 7, 8`,
  holds: `
    select w.external_id, h.state, h.amount_micro
    from hold h join workspace w on w.id = h.workspace_id order by 1, 2, 3`,
  invoices: `
    select w.external_id, i.number, i.reason, i.status, i.currency, i.period_start, i.period_end,
      i.subtotal_minor, i.applied_minor, i.total_minor, i.issued_at, i.paid_at,
      (select jsonb_agg(to_jsonb(l) - 'invoice_id' order by l.position)
        from invoice_line l where l.invoice_id = i.id) as lines
    from invoice i join workspace w on w.id = i.workspace_id order by i.product_id, i.number`,
  payments: `
    select w.external_id, p.total_minor, p.currency, p.state, p.requested_at
    from payment p join workspace w on w.id = p.workspace_id
    order by w.external_id, p.requested_at, p.total_minor`,
  commands: `
    select w.external_id, c.kind, c.state, c.body
    from command c join workspace w on w.id = c.workspace_id
    where c.state <> 'preview' order by w.external_id, c.requested_at, c.kind, c.body`,
  // What happens at one instant, like a mail and a new member, comes in any order.
  feed: `
    select w.external_id, f.kind, f.at, f.data
    from event_feed f join workspace w on w.id = f.workspace_id
    order by w.external_id, f.at, f.kind, f.data::text`,
};

/** What Stripe has seen, most of it in no order: its clocks are the customers'. */
export async function portrayStripe(world: World): Promise<object> {
  const { secretKey, apiBase } = world.config.stripe;
  const url = new URL(apiBase ?? '');
  const { hostname: host, port } = url;
  const stripe = new Stripe(secretKey, { host, port, protocol: 'http', telemetry: false });
  const page = { limit: 100 };
  const payments = await stripe.paymentIntents.list(page).autoPagingToArray({ limit: 10_000 });
  const invoices = await stripe.invoices.list(page).autoPagingToArray({ limit: 10_000 });
  const customers = await stripe.customers.list(page).autoPagingToArray({ limit: 10_000 });
  return {
    customers: customers.length,
    payments: payments
      .map(({ amount, amount_received: received, currency, status }) =>
        [status, amount, received, currency].join(' '),
      )
      .toSorted(),
    invoices: invoices
      .map(({ number, total, amount_paid: paid, currency, status }) =>
        // Before the dash stands the customer's prefix, which is drawn anew in every run.
        [status, number?.split('-').at(-1), total, paid, currency].join(' '),
      )
      .toSorted(),
  };
}

/** Which mails came. One that was sent twice has one id, by which mail programs know it again. */
export function portrayMails(world: World): readonly string[] {
  const once = new Map(world.mails().map((mail) => [mail.messageId, mail]));
  return [...once.values()].map(({ to, subject }) => `${to} ${withoutIds(subject)}`).toSorted();
}

/** Nothing waits any more, and the books add up. */
export async function proveAtRest(world: World): Promise<void> {
  const waiting = async (): Promise<string> => {
    const [row] = await world.audit<{ told: string }[]>`
      select (select count(*) from workspace where rung_at is not null) || ' rung, '
        || (select count(*) from outbox where done_at is null) || ' errands, '
        || (select count(*) from command where state in ('pending', 'paying')) || ' commands, '
        || (select count(*) from feed_pending) || ' unnumbered' as told`;
    return row?.told ?? '';
  };
  await expect
    .poll(waiting, { timeout: 60_000, interval: 100 })
    .toBe('0 rung, 0 errands, 0 commands, 0 unnumbered');
  const { findings } = await world.audit.begin('read only', async (tx) => ({
    findings: await findBreaches(tx),
  }));
  expect(findings.flatMap(({ rows }) => rows)).toEqual([]);
}

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const stripeId = /\b(cus|pi|pm|in|cs|ch|re|dp|du|evt|seti|il)_[A-Za-z0-9_]+/g;

const withoutIds = (text: string): string =>
  text.replaceAll(uuid, '…').replaceAll(stripeId, '$1_…');
