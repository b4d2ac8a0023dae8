import { plantedMoneyBack } from './planted-money-back.ts';
import type { PlantedBreach } from './planted-breach.ts';

const studio = `(select id from workspace where product_id = 'studio')`;
const crew = `(select id from workspace where product_id = 'team' and not personal)`;

/** One per identity at least. Ids that differ from run to run are told as `<id>`. */
export const plantedBreaches: readonly PlantedBreach[] = [
  {
    identity: 'ledger',
    plant: `update grant_credit set spent_micro = spent_micro - 1, voided_micro = voided_micro + 1
     
      where workspace_id = ${studio} and source_key = 'included:2026-01'`,
    told: [
      'ledger: studio, identity: expected 205000000, is 205000001',
      /^ledger: studio, spent of grant \d: expected 30000000, is 29999999$/,
      /^ledger: studio, voided of grant \d: expected 0, is 1$/,
    ],
  },
  {
    identity: 'ledger',
    plant: `update pool set available_micro = available_micro + 1 where workspace_id = ${studio}`,
    told: [/^ledger: studio, available: expected \d+, is \d+$/],
  },
  {
    identity: 'ledger',
    plant: `update pool set debt_micro = debt_micro + 1 where workspace_id = ${studio}`,
    told: [
      'ledger: studio, debt: expected 0, is 1',
      /^ledger: studio, identity: expected \d+, is \d+$/,
    ],
  },
  {
    identity: 'ledger',
    plant: `update limit_counter set used_micro = used_micro + 1 where workspace_id = ${crew}`,
    told: [/^ledger: team, counter of member bob: expected \d+, is \d+$/],
  },
  {
    identity: 'ledger',
    plant: `update hold set part_micro = part_micro - 1 where state = 'open'`,
    told: [/^ledger: studio, held of grant \d+: expected 1999999, is 2000000$/],
  },
  {
    identity: 'books',
    plant: `delete from pool where workspace_id = ${studio}`,
    told: [/^books: studio, books: expected studio in lane \d, is null$/],
  },
  {
    identity: 'transfers',
    plant: `update grant_credit set amount_micro = amount_micro + 1, voided_micro = voided_micro + 1
      where source_key like '%personal:%'`,
    told: [
      /^ledger: team, voided of grant \d: expected 0, is 1$/,
      /^transfers: team, grant \d: expected 1500000000, is 1500000001$/,
    ],
  },
  {
    identity: 'feed',
    plant: `delete from event_feed where workspace_id = ${studio} and seq = 2`,
    told: [
      /^ledger: studio, feed without gaps: expected \d+, is \d+$/,
      /^feed: studio, feed: expected \d+ rows, the last \d+, is \d+ rows, the last \d+$/,
    ],
  },
  {
    identity: 'feed order',
    plant: `insert into feed_pending (lane, workspace_id, seq, product_id, recorded_at)
      select lane, workspace_id, seq, product_id, recorded_at
      from event_feed
      where workspace_id = ${studio} and seq = 1`,
    told: ['feed order: studio, feed row 1: expected placed or waiting, is placed and waiting'],
  },
  {
    identity: 'feed order',
    plant: `delete from feed_cursor where product_id = 'studio' and cursor = 1`,
    told: [
      'feed order: studio, feed row 1: expected placed or waiting, is forgotten',
      /^feed cursors: studio, cursors: expected \d+, is \d+$/,
    ],
  },
  {
    identity: 'feed cursors',
    plant: `update feed_cursor set cursor = 1000 where product_id = 'studio' and cursor = 1`,
    told: [/^feed cursors: studio, cursors: expected 1000, is \d+$/],
  },
  {
    identity: 'invoice lines',
    plant: `update invoice_line set amount_minor = amount_minor + 1 where kind = 'seatRemoved'`,
    told: ['invoice lines: team, TEA-000004: expected -194, is -193'],
  },
  {
    identity: 'invoice lines',
    plant: `delete from invoice_line where kind = 'seatRemoved'`,
    told: ['invoice lines: team, TEA-000004: expected -194, is null'],
  },
  {
    identity: 'line amounts',
    plant: `update invoice_line set unit_minor = unit_minor + 1 where kind = 'base' and product_id = 'team'`,
    told: ['line amounts: team, TEA-000001 line 0: expected 4901, is 4900'],
  },
  {
    identity: 'invoice totals',
    plant: `alter table invoice drop constraint invoice_check1;
      update invoice set total_minor = total_minor + 1
      where number = 'STU-000001'`,
    told: ['invoice totals: studio, STU-000001: expected 3000, is 3001'],
  },
  {
    identity: 'invoice numbers',
    plant: `update invoice set number = 'STU-000009' where number = 'STU-000004'`,
    told: [
      'invoice numbers: studio, number 4: expected 1, is 0',
      'invoice numbers: studio, number 9: expected 0, is 1',
    ],
  },
  {
    identity: 'invoice numbers',
    plant: `alter table invoice drop constraint invoice_product_id_number_key;
      update invoice set number = 'STU-000003'
      where number = 'STU-000004'`,
    told: [
      'invoice numbers: studio, number 3: expected 1, is 2',
      'invoice numbers: studio, number 4: expected 1, is 0',
    ],
  },
  {
    identity: 'invoice numbers',
    plant: `update invoice set number = 'STU-four' where number = 'STU-000004'`,
    told: [
      'invoice numbers: studio, number 4: expected 1, is 0',
      'invoice numbers: studio, number unreadable: expected 0, is 1',
    ],
  },
  {
    identity: 'paid invoices',
    plant: `update invoice set paid_at = null where number = 'STU-000001'`,
    told: ['paid invoices: studio, STU-000001: expected paid, is not paid'],
  },
  {
    identity: 'paid invoices',
    plant: `update invoice set paid_at = issued_at where number = 'STU-000004'`,
    told: ['paid invoices: studio, STU-000004: expected not paid, is paid'],
  },
  {
    identity: 'open invoices',
    plant: `delete from outbox where effect ->> 'kind' = 'collectInvoice'`,
    told: ['open invoices: studio, STU-000004: expected being collected, is forgotten'],
  },
  {
    identity: 'carried amounts',
    plant: `delete from account_credit`,
    told: [
      'carried amounts: team, TEA-000004: expected 194, is 0',
      'account credit: team, account credit: expected 194, is 0',
    ],
  },
  {
    identity: 'account credit',
    plant: `update workspace set lifecycle = jsonb_set(lifecycle, '{accountCreditMinor}', '"195"')
      where id = ${crew}`,
    told: ['account credit: team, account credit: expected 195, is 194'],
  },
  {
    identity: 'currencies',
    plant: `update invoice set currency = 'eur' where number = 'STU-000001'`,
    told: ['currencies: studio, STU-000001: expected usd, is eur'],
  },
  {
    identity: 'currencies',
    plant: `update payment set currency = 'eur' where workspace_id = ${studio}`,
    told: ['currencies: studio, payment <id>: expected usd, is eur'],
  },
  {
    identity: 'purchases',
    plant: `update payment set total_minor = total_minor + 1 where workspace_id = ${studio}`,
    told: ['purchases: studio, payment <id>: expected 2501 paid, is 2500 paid'],
  },
  {
    identity: 'purchases',
    plant: `update payment set state = 'failed' where workspace_id = ${studio}`,
    told: [
      'purchases: studio, payment <id>: expected no invoice, is 2500 paid',
      'purchase invoices: studio, STU-000002: expected succeeded, is failed',
      'top-ups: studio, payment <id>: expected no grant, is 25000000',
      /^top-up grants: studio, grant \d: expected succeeded, is failed$/,
    ],
  },
  {
    identity: 'purchase invoices',
    plant: `update invoice set business_key = 'purchase:gone' where number = 'STU-000002'`,
    told: [
      'purchases: studio, payment <id>: expected 2500 paid, is no invoice',
      'purchase invoices: studio, STU-000002: expected succeeded, is no payment',
    ],
  },
  {
    identity: 'top-ups',
    plant: `update payment set purchase = jsonb_set(purchase, '{purpose,creditsMicro}', '"1"')
      where workspace_id = ${studio}`,
    told: ['top-ups: studio, payment <id>: expected 1, is 25000000'],
  },
  {
    identity: 'top-up grants',
    plant: `update grant_credit set source_key = 'topUp:gone'
      where workspace_id = ${studio} and kind = 'topUp'`,
    told: [
      'top-ups: studio, payment <id>: expected 25000000, is no grant',
      /^top-up grants: studio, grant \d: expected succeeded, is no payment$/,
    ],
  },
  {
    identity: 'lifecycle',
    plant: `update workspace set status = 'active', plan = 'team', version = version + 1
      where id = ${studio}`,
    told: [
      'lifecycle: studio, plan: expected pro, is team',
      'lifecycle: studio, status: expected pastDue, is active',
      /^lifecycle: studio, version: expected \d+, is \d+$/,
    ],
  },
  {
    identity: 'lifecycle',
    plant: `update workspace set clock_at = null where id = ${studio}`,
    told: ['lifecycle: studio, clock: expected 2026-03-24 12:00:00+00, is null'],
  },
  {
    identity: 'facts seen',
    plant: `update workspace set lifecycle = jsonb_set(lifecycle, '{seenSeq}', '9999')
      where id = ${studio}`,
    told: [/^facts seen: studio, facts seen: expected \d+, is 9999$/],
  },
  {
    identity: 'answers',
    plant: `update command set result = null where workspace_id = ${studio} and kind = 'start'`,
    told: ['answers: studio, command <id>: expected done, settled, is settled without an answer'],
  },
  {
    identity: 'answers',
    plant: `update command set settled_at = null, result = null
      where workspace_id = ${studio} and kind = 'start'`,
    told: ['answers: studio, command <id>: expected done, settled, is unanswered'],
  },
  {
    identity: 'waiting commands',
    plant: `update command set state = 'pending', result = null, settled_at = null
      where workspace_id = ${studio} and kind = 'start'`,
    told: ['waiting commands: studio, command <id>: expected waited for, is forgotten'],
  },
  {
    identity: 'waiting commands',
    plant: `update command set state = 'paying', result = null, settled_at = null
      where workspace_id = ${studio} and kind = 'topUp'`,
    told: ['waiting commands: studio, command <id>: expected waited for, is forgotten'],
  },
  ...plantedMoneyBack,
  {
    identity: 'metered usage',
    plant: `update invoice_line set kind = 'metered', quantity_micro = 7, price_micro = 1000000
      where position = 0 and invoice_id = (select id from invoice
        where workspace_id = ${studio} order by number limit 1)`,
    told: [
      'metered usage: studio, usage at 1000000: expected 0, is 7',
      /^metered amounts: studio, STU-\d+ line 0: expected 0, is \d+$/,
    ],
  },
  {
    identity: 'metered amounts',
    plant: `update invoice_line set kind = 'metered', quantity_micro = 7, price_micro = 1000000
      where position = 0 and invoice_id = (select id from invoice
        where workspace_id = ${studio} order by number limit 1)`,
    told: [
      'metered usage: studio, usage at 1000000: expected 0, is 7',
      /^metered amounts: studio, STU-\d+ line 0: expected 0, is \d+$/,
    ],
  },
];
