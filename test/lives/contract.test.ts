import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { proveBooks } from '../../src/cli/audit/prove-books.ts';
import type { Json } from '../support/http-client.ts';
import { returnTo, startLife, type Life } from '../support/life.ts';
import { recordHistory } from '../support/record-history.ts';
import { openWorld, type World } from '../support/world.ts';

let world: World;

beforeAll(async () => {
  world = await openWorld();
});
afterAll(async () => {
  await recordHistory(world, { product: 'team', workspace: 'acme' }, 'contract');
  await world.stop();
});

const usd = (amount: string) => ({ amount, currency: 'usd' });
const contract = {
  plan: 'enterprise',
  interval: 'month',
  price: { base: usd('900.00'), perSeat: usd('20.00') },
  included: { base: '5000', perSeat: '100' },
  months: 3,
  netDays: 30,
  purchaseOrder: 'PO-7',
  follows: { plan: 'team', interval: 'month' },
};

const start = (workspace: string): Promise<Life> =>
  startLife(
    world,
    { product: 'team', workspace },
    { owner: 'ada', plan: 'pro', timeZone: 'UTC', testClock: '2026-01-10T00:00:00.000Z' },
  );

const agree = (life: Life, change: object = {}) =>
  life.api.put(`${life.path}/contract`, { ...contract, ...change });

/** The oldest invoice that waits for its money, paid by bank transfer. */
async function transfer(life: Life): Promise<Json> {
  const open = (await life.invoices()).filter(({ status }) => status === 'open').at(-1);
  if (open === undefined) throw new Error('no invoice waits for its money');
  const path = `${life.path}/invoices/${String(open['id'])}`;
  const told = await life.api.post(`${path}/paid`, { reference: `transfer ${String(open['id'])}` });
  expect(told).toMatchObject({ status: 200, body: { status: 'paid' } });
  return told.body;
}

describe('an organisation under a contract, told in order', () => {
  let life: Life;

  test('sees what it comes to, then begins: net 30, with credits of its own [2.34 4.04 4.35]', async () => {
    life = await start('acme');
    const shown = await agree(life, { preview: true });
    expect(shown).toMatchObject({
      status: 200,
      body: {
        ...{ when: 'now', at: '2026-01-10T00:00:00.000Z', dueAt: '2026-02-10T00:00:00.000Z' },
        charge: { by: 'invoice', total: usd('920.00') },
        credits: { granted: '5100.000000', after: '5100.000000' },
      },
    });
    const begun = await agree(life, { previewToken: shown.body['previewToken'] });
    expect(begun).toMatchObject({
      status: 200,
      body: {
        running: { plan: 'enterprise', months: 3, endsAt: '2026-04-10T00:00:00.000Z' },
        next: null,
      },
    });
    expect(await life.show()).toMatchObject({ status: 'active', plan: { id: 'enterprise' } });
    expect(await life.balance()).toMatchObject({ available: '5100.000000' });
    const [first] = await life.invoices();
    expect(first).toMatchObject({
      ...{ status: 'open', total: usd('920.00'), purchaseOrder: 'PO-7' },
      ...{ reason: 'renewal', dueAt: '2026-02-10T00:00:00.000Z' },
    });
    await transfer(life);
  });

  test('invoices a member who comes by the contract’s price, and its days', async () => {
    await life.advance('2026-01-15T00:00:00.000Z');
    const accepted = { role: 'member', state: 'accepted' };
    expect(await life.api.put(`${life.path}/members/bob`, accepted)).toMatchObject({ status: 200 });
    await life.advance('2026-01-16T00:00:00.000Z');
    const [seat] = await life.invoices();
    expect(seat).toMatchObject({
      ...{ reason: 'supplementary', status: 'open', total: usd('16.77') },
      dueAt: '2026-02-16T00:00:00.000Z',
    });
    expect(await life.balance()).toMatchObject({ available: '5200.000000' });
    await transfer(life);
  });

  test('is left by asking the contact alone [4.04]', async () => {
    const left = await life.api.post(`${life.path}/plan-change`, { plan: 'team', returnTo });
    expect(left).toMatchObject({ status: 422, body: { code: 'contactSales' } });
    expect(left.body['detail']).toContain('sales@team.example');
    const canceled = await life.api.post(`${life.path}/cancel`, { when: 'periodEnd' });
    expect(canceled).toMatchObject({ status: 422, body: { code: 'contactSales' } });
  });

  test('renews each month, and tells what follows before its last one', async () => {
    await life.advance('2026-02-10T00:00:00.000Z');
    expect((await life.invoices())[0]).toMatchObject({ total: usd('940.00'), status: 'open' });
    expect(await life.balance()).toMatchObject({ available: '5200.000000' });
    await transfer(life);
    await life.advance('2026-03-10T00:00:00.000Z');
    expect(await life.show()).toMatchObject({
      scheduledChange: { kind: 'plan', plan: 'team', at: '2026-04-10T00:00:00.000Z' },
    });
    await transfer(life);
  });

  test('falls to the plan that follows at its last instant, which the card pays', async () => {
    await life.addCard();
    await life.advance('2026-04-10T00:00:00.000Z');
    expect(await life.becomes('active')).toMatchObject({ plan: { id: 'team' } });
    await expect
      .poll(async () => (await life.invoices())[0])
      .toMatchObject({ status: 'paid', total: usd('73.00'), dueAt: null });
    expect((await life.api.get(`${life.path}/contract`)).body).toEqual({
      running: null,
      next: null,
    });
  });
});

test('a contract’s invoice that nobody pays makes its plan past due, until the money is there', async () => {
  const life = await start('forgets');
  await agree(life, { netDays: 10, months: 12, follows: 'renew' });
  await life.advance('2026-01-20T23:59:59.000Z');
  expect(await life.show()).toMatchObject({ status: 'active' });
  await life.advance('2026-01-21T00:00:00.000Z');
  expect(await life.show()).toMatchObject({ status: 'pastDue' });
  await transfer(life);
  await life.becomes('active');
});

test('a contract is changed for the next term, and ended by an operator at a term’s end', async () => {
  const life = await start('changes');
  await agree(life, { months: 12, netDays: 60, follows: 'renew' });
  const dearer = { price: { base: usd('1000.00'), perSeat: usd('20.00') }, months: 12 };
  const amended = await agree(life, { ...dearer, netDays: 60, follows: 'renew' });
  expect(amended.body).toMatchObject({
    running: { price: { base: usd('900.00') } },
    next: { price: { base: usd('1000.00') }, startsAt: '2026-02-10T00:00:00.000Z' },
  });
  await life.advance('2026-02-10T00:00:00.000Z');
  expect((await life.invoices())[0]).toMatchObject({ total: usd('1020.00') });
  const ended = await life.api.delete(`${life.path}/contract`);
  expect(ended).toMatchObject({
    status: 200,
    body: { workspace: { scheduledChange: { kind: 'cancel', at: '2026-03-10T00:00:00.000Z' } } },
  });
  await life.advance('2026-03-10T00:00:00.000Z');
  expect(await life.show()).toMatchObject({ status: 'canceled' });
});

test('and the books are proved', async () => {
  const findings = await proveBooks(world.audit);
  expect(findings.filter(({ broken }) => broken > 0)).toEqual([]);
});
