import { afterAll, beforeAll, expect, test } from 'vitest';
import { proveBooks } from '../../src/cli/audit/prove-books.ts';
import type { Json } from '../support/http-client.ts';
import { startLife, type Life } from '../support/life.ts';
import { openWorld, type World } from '../support/world.ts';

let world: World;

beforeAll(async () => {
  world = await openWorld();
  // The card has its one trial here: all others pay from the first day on [K15].
  const forerunner = await start('forerunner');
  await forerunner.addCard();
});
afterAll(() => world.stop());

const usd = (amount: string) => ({ amount, currency: 'usd' });
const order = {
  lines: [
    { description: 'Onboarding of three teams', quantity: 3, unitPrice: usd('1200.00') },
    { description: 'Travel', unitPrice: usd('450.50') },
  ],
  dueInDays: 30,
  purchaseOrder: 'PO-7',
  memo: 'Contract of January',
};

const start = (workspace: string): Promise<Life> =>
  startLife(
    world,
    { product: 'studio', workspace },
    { owner: 'ada', plan: 'pro', timeZone: 'UTC', testClock: '2026-01-10T00:00:00.000Z' },
  );

const onPro = async (workspace: string): Promise<Life> => {
  const life = await start(workspace);
  const told = await life.api.put(`${life.path}/billing-details`, {
    ...{ name: null, address: null, taxId: null, copies: [] },
    email: `${workspace}@acme.example`,
  });
  expect(told).toMatchObject({ status: 200 });
  await life.addCard();
  await life.becomes('active');
  return life;
};

const issue = async (life: Life, body: object = order) => {
  const send = () => life.api.post(`${life.path}/invoices`, body, 'the-one-order');
  const made = await send();
  expect(made.status).toBe(201);
  // The same wish again makes no second invoice.
  expect((await send()).body['id']).toBe(made.body['id']);
  return made.body;
};

test('an invoice for a custom amount is numbered, sent, and paid by bank transfer [4.35 K25]', async () => {
  const life = await onPro('transfers');
  const invoice = await issue(life);
  expect(invoice).toMatchObject({
    ...{ reason: 'manual', status: 'open', dueAt: '2026-02-10T00:00:00.000Z' },
    ...{ purchaseOrder: 'PO-7', memo: 'Contract of January', total: usd('4050.50') },
    lines: [
      { kind: 'custom', quantity: 3, amount: usd('3600.00') },
      { kind: 'custom', quantity: 1, amount: usd('450.50') },
    ],
  });
  const reference = 'bank transfer of 2 February, ACME 4711';
  const path = `${life.path}/invoices/${String(invoice['id'])}`;
  const told = await life.api.post(`${path}/paid`, { reference });
  expect(told).toMatchObject({ status: 200, body: { status: 'paid', paidReference: reference } });
  expect(await life.api.post(`${path}/paid`, { reference })).toMatchObject({ status: 200 });
  expect(await life.api.post(`${path}/paid`, { reference: 'a cheque' })).toMatchObject({
    status: 409,
    body: { code: 'invoiceNotOpen' },
  });
  await life.advance('2026-02-11T00:00:00.000Z');
  expect(await life.show()).toMatchObject({ status: 'active' });
  const { body } = await life.api.get(`${life.path}/charges`);
  const charges: readonly Json[] = body['charges'] ?? [];
  expect(charges.find((each) => each['invoice']?.['id'] === invoice['id'])).toMatchObject({
    ...{ state: 'succeeded', amount: usd('4050.50') },
  });
  expect((await life.api.get(`${path}/pdf`)).status).toBe(200);
});

test('one that nobody pays is past due from its day on, and a card that comes then pays it', async () => {
  const life = await onPro('forgets');
  const invoice = await issue(life, { ...order, dueInDays: 10 });
  await life.advance('2026-01-20T23:59:59.000Z');
  expect(await life.show()).toMatchObject({ status: 'active' });
  await life.advance('2026-01-21T00:00:00.000Z');
  expect(await life.show()).toMatchObject({ status: 'pastDue' });
  const subjects = world
    .mails()
    .filter(({ to }) => to.includes('forgets@acme.example'))
    .map(({ subject }) => subject);
  expect(subjects).toContain(
    `Studio: invoice ${String(invoice['number'])} over $4,050.50, due on 20 January 2026`,
  );
  expect(subjects).toContain(
    `Studio: invoice ${String(invoice['number'])} over $4,050.50 is overdue`,
  );
  await life.addCard();
  await life.becomes('active');
  expect(await life.api.get(`${life.path}/invoices/${String(invoice['id'])}`)).toMatchObject({
    body: { status: 'paid', paidReference: null },
  });
});

test('one that is charged takes its money from the card at once, or says that there is none', async () => {
  const { dueInDays: _none, ...charged } = { ...order, collect: 'charge' };
  const life = await onPro('charged');
  const invoice = await issue(life, charged);
  await expect
    .poll(
      async () =>
        (await life.api.get(`${life.path}/invoices/${String(invoice['id'])}`)).body['status'],
    )
    .toBe('paid');
  const poor = await startLife(
    world,
    { product: 'studio', workspace: 'cardless' },
    { owner: 'ada', plan: 'free', testClock: '2026-01-10T00:00:00.000Z' },
  );
  expect(await poor.api.post(`${poor.path}/invoices`, charged)).toMatchObject({
    status: 402,
    body: { code: 'paymentMethodRequired' },
  });
});

test('what is no invoice is refused, and takes no number', async () => {
  const life = await onPro('mistaken');
  const before = (await life.invoices()).length;
  const [line] = order.lines;
  const mistakes = [
    [{ ...order, dueInDays: 121 }, '/dueInDays'],
    [{ ...order, dueInDays: null }, '/dueInDays'],
    [{ ...order, collect: 'charge' }, '/dueInDays'],
    [{ ...order, lines: [] }, '/lines'],
    [{ ...order, lines: [{ ...line, unitPrice: usd('0.00') }] }, '/lines/0/unitPrice'],
    [{ ...order, lines: [{ ...line, quantity: 1_000_000 }] }, '/lines'],
    [
      { ...order, lines: [{ ...line, unitPrice: { amount: '1.00', currency: 'eur' } }] },
      '/lines/0/unitPrice/currency',
    ],
  ] as const;
  for (const [body, pointer] of mistakes) {
    expect(await life.api.post(`${life.path}/invoices`, body)).toMatchObject({
      status: 422,
      body: { pointers: [{ pointer }] },
    });
  }
  expect((await life.invoices()).length).toBe(before);
});

test('and the books are proved', async () => {
  const findings = await proveBooks(world.audit);
  expect(findings.filter(({ broken }) => broken > 0)).toEqual([]);
});
