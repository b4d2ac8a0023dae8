import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { csvLine, csvText } from '../../src/api/csv.ts';
import { books } from '../../src/store/books.ts';
import type { HttpClient, Json } from '../support/http-client.ts';
import { pay } from './support/pay.ts';
import { serveApi, type Served } from './support/served.ts';

let served: Served;
let studio: HttpClient;
let intent: string;
let topUp: string;
let renewal: string;
const acme = '/api/workspaces/acme';
const returnTo = 'https://product.example/editor';
const nowhere = '00000000-0000-4000-8000-000000000000';

/** A trial of 45 credits and a bought 25, of which one run burns 10; then the plan's first month is paid. */
beforeAll(async () => {
  served = await serveApi();
  studio = await served.client('studio', 'debit', 'read', 'manage');
  const fresh = { plan: 'pro', owner: 'ada', testClock: '2026-01-10T12:00:00.000Z' };
  expect((await studio.put(acme, fresh)).status).toBe(201);
  const price = { amount: '25.00', currency: 'usd' };
  const wish = await studio.post(`${acme}/top-ups`, { price, pay: 'checkout', returnTo });
  await pay(served, wish.body['checkoutUrl']);
  await charge([{ line: 'llm', credits: '45' }], { runId: 'run-1' });
  await moveTo('2026-01-11T12:00:00.000Z');
  await charge(
    [
      { line: 'llm', credits: '9' },
      { line: 'tools', credits: '1' },
    ],
    { runId: 'run-2' },
  );
  await pay(served, (await studio.post(`${acme}/payment-method`, { returnTo })).body['url']);
  await moveTo('2026-01-24T12:00:00.000Z');
  const { body } = await studio.get(`${acme}/invoices`);
  const invoices = [...(body['invoices'] ?? [])];
  topUp = String(invoices.find(({ reason }) => reason === 'purchase')?.['id']);
  renewal = String(invoices.find(({ reason }) => reason === 'renewal')?.['id']);
  const [row] = await served.owner<{ intent: string }[]>`
    select stripe_payment_intent as intent from payment where state = 'succeeded'`;
  intent = row?.intent ?? 'none';
});
afterAll(() => served.stop());

async function charge(lines: readonly object[], whom: object): Promise<string> {
  const { status, body } = await studio.post(`${acme}/debits`, { lines, ...whom });
  expect(status).toBe(200);
  return String(body['id']);
}

async function moveTo(to: string): Promise<void> {
  expect((await studio.post(`${acme}/clock`, { to })).status).toBe(200);
}

const explained = async (by: string): Promise<Json> => {
  const { status, body } = await studio.get(`${acme}/explain/${by}`);
  expect(status).toBe(200);
  return body;
};

/** What of each grant is told, without its names and dates. */
const grantsOf = (body: Json) =>
  [...(body['grants'] ?? [])].map(({ kind, granted, remaining, held, booked }) => ({
    ...{ kind, granted, remaining, held, booked },
  }));

const entriesAt = async (query: string) => {
  const { status, body } = await studio.get(`${acme}/ledger?${query}`);
  expect(status).toBe(200);
  return [...(body['entries'] ?? [])].map(({ kind, credits, line, runId }) =>
    [kind, credits, line, runId].join(' '),
  );
};

describe('an invoice', () => {
  test('of bought credits leads to their grant, and to what burned it [3.29]', async () => {
    const body = await explained(`invoices/${topUp}`);
    expect(body).toMatchObject({
      invoice: { reason: 'purchase', subtotal: { amount: '25.00', currency: 'usd' } },
      lines: [{ kind: 'topUp', amount: { amount: '25.00', currency: 'usd' } }],
    });
    expect(grantsOf(body)).toEqual([
      {
        kind: 'topUp',
        granted: '25.000000',
        remaining: '15.000000',
        held: '0.000000',
        booked: [{ kind: 'debit', credits: '10.000000' }],
      },
    ]);
    const path = String(body['entries']);
    expect(path).toBe(`${acme}/ledger?invoice=${topUp}`);
    expect(await entriesAt(path.split('?')[1] ?? '')).toEqual([
      'debit 1.000000 tools run-2',
      'debit 9.000000 llm run-2',
    ]);
  });

  test('of a plan leads to the credits that began in its period [3.29]', async () => {
    const body = await explained(`invoices/${renewal}`);
    expect(body).toMatchObject({
      lines: [{ description: 'Pro, seats', amount: { amount: '30.00', currency: 'usd' } }],
      grants: [{ source: 'included:2026-01', effectiveAt: '2026-01-24T12:00:00.000Z' }],
    });
    expect(grantsOf(body)).toEqual([
      {
        kind: 'included',
        granted: '45.000000',
        remaining: '45.000000',
        held: '0.000000',
        booked: [],
      },
    ]);
    expect(await entriesAt(`invoice=${renewal}`)).toEqual([]);
  });

  test.each(['explain/invoices', 'ledger?invoice='])('404: an unknown one: %s', async (where) => {
    const path = where.endsWith('=') ? `${where}${nowhere}` : `${where}/${nowhere}`;
    expect((await studio.get(`${acme}/${path}`)).status).toBe(404);
  });
});

describe('a payment', () => {
  test('leads to the same, by our id of it and by Stripe’s [3.29]', async () => {
    const { body } = await studio.get(`${acme}/charges`);
    const bought = [...(body['charges'] ?? [])].find(({ what }) => what === 'purchase');
    for (const payment of [String(bought?.['id']), intent]) {
      expect(await explained(`payments/${payment}`)).toMatchObject({ invoice: { id: topUp } });
      expect(await entriesAt(`payment=${payment}`)).toHaveLength(2);
    }
  });

  test('of a plan leads to its invoice by Stripe’s id of that [3.29]', async () => {
    const [row] = await served.owner<{ mirror: string }[]>`
      select stripe_invoice as mirror from invoice where id = ${renewal}`;
    const body = await explained(`payments/${row?.mirror ?? 'none'}`);
    expect(body).toMatchObject({ invoice: { id: renewal } });
  });

  test('404: an unknown one', async () => {
    expect((await studio.get(`${acme}/explain/payments/pi_unknown`)).status).toBe(404);
    expect((await studio.get(`${acme}/ledger?payment=pi_unknown`)).status).toBe(404);
  });

  test('422: beside an invoice', async () => {
    const { status, body } = await studio.get(`${acme}/ledger?payment=x&invoice=${topUp}`);
    expect(status).toBe(422);
    expect(body['pointers']).toMatchObject([{ in: 'query', pointer: '/payment' }]);
  });
});

describe('a cell of a CSV file', () => {
  test.each([
    ['=HYPERLINK("x")', `"'=HYPERLINK(""x"")"`],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t=1"],
    ['a,b', '"a,b"'],
    ['two\nlines', '"two\nlines"'],
    ['plain', 'plain'],
    [null, ''],
  ])('%j is no formula, and one cell [4.38]', (text, cell) => {
    expect(csvLine([csvText(text), 'next'])).toBe(`${cell},next\r\n`);
  });
});

describe('a moment', () => {
  test.each([
    ['from=2026-01-11T12:00:00Z&to=2026-01-11T12:00:00.001Z', ['run-2', 'run-2']],
    ['to=2026-01-11T12:00:00Z', ['run-1']],
    ['from=2026-01-11T12:00:00.001Z', []],
  ])('leads to the entries booked then: %s [3.29]', async (span, runs) => {
    const { body } = await studio.get(`${acme}/ledger?${span}`);
    expect([...(body['entries'] ?? [])].map(({ runId }) => String(runId))).toEqual(runs);
  });
});

describe('usage.csv', () => {
  const head =
    'execution,run,kind,occurredAt,member,space,agent,surface,tool,line,model,tokens,credits';

  test('tells each execution’s cost line by line, whoever paid for it [4.38]', async () => {
    const { headers, body } = await studio.get(`${acme}/usage.csv?from=2026-01-10T00:00:00Z`);
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(headers.get('content-disposition')).toBe(
      'attachment; filename="acme-2026-01-10-2026-01-24.csv"',
    );
    expect(withoutIds(String(body))).toEqual([
      head,
      'run-1,debit,2026-01-10T12:00:00.000Z,,,,,,llm,,,45.000000',
      'run-2,debit,2026-01-11T12:00:00.000Z,,,,,,llm,,,9.000000',
      'run-2,debit,2026-01-11T12:00:00.000Z,,,,,,tools,,,1.000000',
    ]);
  });

  test('of a span alone, and an empty one has its head [4.38]', async () => {
    const { body } = await studio.get(
      `${acme}/usage.csv?from=2026-01-12T00:00:00Z&to=2026-01-13T00:00:00Z`,
    );
    expect(String(body)).toBe(`${head}\r\n`);
  });

  test('joins what several grants paid, takes refunds off, and runs no formula [4.38]', async () => {
    const wide = '/api/workspaces/wide';
    const fresh = { plan: 'free', owner: 'bob', testClock: '2026-01-10T12:00:00.000Z' };
    await studio.put(wide, fresh);
    const price = { amount: '10.00', currency: 'usd' };
    const wish = await studio.post(`${wide}/top-ups`, { price, pay: 'checkout', returnTo });
    await pay(served, wish.body['checkoutUrl']);
    const lines = [{ line: 'llm', credits: '3' }];
    const { body: receipt } = await studio.post(`${wide}/debits`, { lines, runId: '-1' });
    expect(receipt).toMatchObject({ credits: '3.000000' });
    const refund = { credits: '0.5' };
    const path = `${wide}/debits/${String(receipt['id'])}/refund`;
    expect(await studio.post(path, refund)).toMatchObject({ status: 200 });
    const { body } = await studio.get(`${wide}/usage.csv`);
    expect(withoutIds(String(body))).toEqual([
      head,
      "'-1,debit,2026-01-10T12:00:00.000Z,,,,,,llm,,,3.000000",
      "'-1,refund,2026-01-10T12:00:00.000Z,,,,,,llm,,,-0.500000",
    ]);
  });

  test('is written page by page, and no line is lost between two pages [4.38]', async () => {
    const long = '/api/workspaces/long';
    const fresh = { plan: 'pro', owner: 'eve', testClock: '2026-01-10T12:00:00.000Z' };
    await studio.put(long, fresh);
    const lines = Array.from({ length: 45 }, (_, n) => ({ line: `l${n}`, credits: '0.01' }));
    for (let times = 0; times < 25; times += 1) {
      expect((await studio.post(`${long}/debits`, { lines })).status).toBe(200);
    }
    const { body } = await studio.get(`${long}/usage.csv`);
    const told = withoutIds(String(body)).slice(1);
    expect(told).toHaveLength(1125);
    expect(told.filter((line) => line.endsWith(',l44,,,0.010000'))).toHaveLength(25);
  });

  test('422: a span that ends before it begins', async () => {
    const span = 'from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z';
    expect((await studio.get(`${acme}/usage.csv?${span}`)).status).toBe(422);
  });
});

/** A file's lines, without the ids that each execution is given. */
const withoutIds = (file: string): readonly string[] =>
  file
    .split('\r\n')
    .filter((line) => line !== '')
    .map((line) => line.replace(/^[0-9a-f-]{36},/, ''));

describe('a dispute that was lost', () => {
  test('stands beside what burned the credits, and all of it adds up [3.29]', async () => {
    const of = { product: 'studio', workspace: 'acme' };
    const lost = { payment_intent: intent, kind: 'chargeback', outcome: 'lost' };
    expect((await served.stripe.post('/_control/dispute', lost)).status).toBe(200);
    await books(served.sql).bookMoneyBack(of, await served.payments.seeMoneyBack(intent));
    await served.live('studio', 'acme');
    expect(grantsOf(await explained(`payments/${intent}`))).toEqual([
      {
        kind: 'topUp',
        granted: '25.000000',
        remaining: '0.000000',
        held: '0.000000',
        booked: [
          { kind: 'debit', credits: '10.000000' },
          { kind: 'reverse', credits: '25.000000' },
          { kind: 'moveToDebt', credits: '-10.000000' },
        ],
      },
    ]);
    expect(await entriesAt(`payment=${intent}`)).toEqual([
      'moveToDebt -10.000000  ',
      'reverse 25.000000  ',
      'debit 1.000000 tools run-2',
      'debit 9.000000 llm run-2',
    ]);
  });
});
