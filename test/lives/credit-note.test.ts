import type Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { proveBooks } from '../../src/cli/audit/prove-books.ts';
import type { Json } from '../support/http-client.ts';
import { startLife, type Life } from '../support/life.ts';
import { openWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.stop());

const slow = { timeout: 30_000, interval: 50 };
const usd = (amount: string) => ({ amount, currency: 'usd' });

/** A workspace whose first invoice of 30.00 is paid. */
async function paid(workspace: string): Promise<Life> {
  const life = await startLife(
    world,
    { product: 'studio', workspace },
    { owner: workspace, plan: 'pro', timeZone: 'UTC', testClock: '2026-01-10T00:00:00.000Z' },
  );
  const details = { email: `${workspace}@acme.example`, taxId: null };
  await life.api.put(`${life.path}/billing-details`, details);
  await life.addCard();
  await life.advance('2026-01-24T00:00:00.000Z');
  await life.becomes('active');
  return life;
}

/** What an operator gives back of the newest payment, at Stripe's world.dashboard. */
async function giveBack(
  workspace: string,
  amount: number,
  product = 'studio',
): Promise<Stripe.Refund> {
  const customer = await world.customerOf({ product, workspace });
  const { data } = await world.dashboard.paymentIntents.list({ customer: customer ?? 'none' });
  return world.dashboard.refunds.create({ payment_intent: data[0]?.id ?? 'none', amount });
}

const notesOf = async (life: Life): Promise<readonly Json[]> =>
  (await life.api.get(`${life.path}/credit-notes`)).body['creditNotes'] ?? [];

const mailTo = (address: string, word: string) =>
  world.mails().find(({ to, subject }) => to.includes(address) && subject.includes(word));

describe('an invoice that is refunded has credit notes [3.28]', () => {
  let life: Life;

  test('with its lines, one for each refund, in a series of their own', async () => {
    life = await paid('acme');
    const [invoice] = await life.invoices();
    await giveBack('acme', 1000);
    await expect.poll(async () => (await notesOf(life)).length, slow).toBe(1);
    await giveBack('acme', 500);
    await expect.poll(async () => (await notesOf(life)).length, slow).toBe(2);
    const notes = await notesOf(life);
    expect(notes).toMatchObject([
      { number: 'STU-CN-000002', status: 'issued', total: usd('5.00') },
      {
        ...{ number: 'STU-CN-000001', status: 'issued', credits: '0.000000' },
        ...{ subtotal: usd('10.00'), applied: usd('0.00'), total: usd('10.00') },
        invoice: { id: invoice?.['id'], number: invoice?.['number'] },
        billing: { email: 'acme@acme.example' },
        ...{ seller: 'Studio', voidedAt: null },
      },
    ]);
    const { body } = await life.api.get(`${life.path}/credit-notes/${String(notes[1]?.['id'])}`);
    expect(body['lines']).toMatchObject([{ invoiced: usd('30.00'), amount: usd('10.00') }]);
  });

  test('that the charge history names, and a PDF shows', async () => {
    const { body } = await life.api.get(`${life.path}/charges`);
    expect(body['charges']).toMatchObject([
      {
        refunded: usd('15.00'),
        creditNotes: [{ number: 'STU-CN-000001' }, { number: 'STU-CN-000002' }],
      },
    ]);
    const [newest] = await notesOf(life);
    const file = await life.api.get(String(newest?.['pdf']));
    expect(file.headers.get('content-type')).toBe('application/pdf');
    expect(file.headers.get('content-disposition')).toContain('STU-CN-000002.pdf');
  });

  test('that the mail about the refund leads to, without a key', async () => {
    await expect.poll(() => mailTo('acme@acme.example', '$10.00 given back'), slow).toBeDefined();
    const text = mailTo('acme@acme.example', '$10.00 given back')?.text ?? '';
    const [link = ''] = /http:\S+\/credit-notes\/studio\/\S+/.exec(text) ?? [];
    const file = await fetch(link);
    expect(file.status).toBe(200);
    expect(file.headers.get('content-disposition')).toContain('STU-CN-000001.pdf');
    const unknown = link.replace(/[^/]+$/, '00000000-0000-4000-8000-000000000000');
    expect((await fetch(unknown)).status).toBe(404);
    expect((await fetch(`${link}x`)).status).toBe(404);
  });

  test('one of which is void where the bank could not pay its refund out', async () => {
    const { id } = await giveBack('acme', 1500);
    await expect.poll(async () => (await notesOf(life)).length, slow).toBe(3);
    await world.stripe.post(`/_control/refunds/${id}/fail`, {});
    const newest = async () => (await notesOf(life))[0];
    await expect
      .poll(newest, slow)
      .toMatchObject({ number: 'STU-CN-000003', status: 'void', total: usd('15.00') });
    expect((await newest())?.['voidedAt']).not.toBe(null);
    const { body } = await life.api.get(`${life.path}/charges`);
    expect(body['charges']?.[0]).toMatchObject({ refunded: usd('15.00') });
    expect(body['charges']?.[0]?.['creditNotes']).toHaveLength(2);
  });
});

test('so has a contract’s invoice that was sent, and paid at Stripe', async () => {
  const of = { product: 'team', workspace: 'contracted' };
  const life = await startLife(world, of, {
    ...{ owner: 'ada', plan: 'pro', timeZone: 'UTC', testClock: '2026-01-10T00:00:00.000Z' },
  });
  await life.addCard();
  const agreed = await life.api.put(`${life.path}/contract`, {
    ...{ plan: 'enterprise', interval: 'month', months: 3, netDays: 30, purchaseOrder: 'PO-7' },
    price: { base: usd('900.00'), perSeat: usd('20.00') },
    included: { base: '5000', perSeat: '100' },
    follows: { plan: 'team', interval: 'month' },
  });
  expect(agreed).toMatchObject({ status: 200 });
  const customer = (await world.customerOf(of)) ?? 'none';
  const sent = async () => (await world.dashboard.invoices.list({ customer, status: 'open' })).data;
  await expect.poll(async () => (await sent()).length, slow).toBe(1);
  await world.dashboard.invoices.pay((await sent())[0]?.id ?? 'none');
  await expect.poll(async () => (await life.invoices())[0]?.['status'], slow).toBe('paid');
  await giveBack('contracted', 46_000, 'team');
  await expect.poll(async () => (await notesOf(life)).length, slow).toBe(1);
  const [note] = await notesOf(life);
  const { body } = await life.api.get(`${life.path}/credit-notes/${String(note?.['id'])}`);
  expect(body).toMatchObject({ number: 'TEA-CN-000001', total: usd('460.00') });
  expect(body['lines']).toMatchObject([
    { invoiced: usd('900.00'), amount: usd('450.00') },
    { invoiced: usd('20.00'), amount: usd('10.00') },
  ]);
});

test('a refunded top-up has one, with the credits that went back, and the books add up [3.28]', async () => {
  const life = await paid('buyer');
  const wish = { price: usd('25.00'), pay: 'savedMethod' };
  expect(await life.api.post(`${life.path}/top-ups`, wish)).toMatchObject({ status: 200 });
  await giveBack('buyer', 2500);
  await expect.poll(async () => (await notesOf(life)).length, slow).toBe(1);
  const [note] = await notesOf(life);
  expect(note).toMatchObject({ total: usd('25.00'), credits: '25.000000' });
  const { body } = await life.api.get(`${life.path}/credit-notes/${String(note?.['id'])}`);
  expect(body['lines']).toMatchObject([
    { description: 'Top-up of 25 credits', invoiced: usd('25.00'), amount: usd('25.00') },
  ]);
  expect((await proveBooks(world.audit)).filter(({ broken }) => broken > 0)).toEqual([]);
});
