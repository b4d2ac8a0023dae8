import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Json } from '../support/http-client.ts';
import { returnTo, startLife } from '../support/life.ts';
import { openWorld, type World } from '../support/world.ts';

let world: World;

beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.stop());

test('webhooks that come twice, in reverse and after the return page book everything once [1.10]', async () => {
  const life = await startLife(
    world,
    { product: 'studio', workspace: 'echoes' },
    { owner: 'ada', plan: 'pro', timeZone: 'UTC', testClock: '2026-01-10T12:00:00.000Z' },
  );
  const deliveries = (how: object) => world.stripe.post('/_control/webhooks', how);
  expect(await deliveries({ mode: 'hold' })).toMatchObject({ status: 200 });
  await life.addCard();
  await life.advance('2026-01-24T12:00:00.000Z');
  const bought = await life.api.post(`${life.path}/top-ups`, {
    price: { amount: '25.00', currency: 'usd' },
    pay: 'checkout',
    returnTo,
  });
  await life.pay(bought.body['checkoutUrl']);
  expect(await life.balance()).toMatchObject({ available: '70.000000' });

  const released = await deliveries({ mode: 'release', duplicate: 2, reorder: true });
  expect(released).toMatchObject({ status: 200 });
  await expect
    .poll(
      async () => {
        const [row] = await world.app<{ waiting: number; seen: number }[]>`
        select count(*) filter (where handled_at is null)::int as waiting, count(*)::int as seen
        from stripe_event where type in ('payment_intent.succeeded', 'invoice.paid')`;
        return row;
      },
      { timeout: 30_000, interval: 100 },
    )
    .toMatchObject({ waiting: 0, seen: 3 });
  expect(await life.balance()).toMatchObject({ available: '70.000000' });
  expect((await life.invoices()).map(({ status }) => status)).toEqual(['paid', 'paid']);
  expect(await world.audit`select * from ledger_audit()`).toHaveLength(0);
});

test('an event about what Stripe no longer has is kept, told, and holds nothing up', async () => {
  const life = await startLife(
    world,
    { product: 'studio', workspace: 'moot' },
    { owner: 'bea', plan: 'pro', timeZone: 'UTC', testClock: '2026-01-10T12:00:00.000Z' },
  );
  await life.addCard();
  const customer = await world.customerOf({ product: 'studio', workspace: 'moot' });
  await world.app`insert into stripe_event (id, type, customer, object_id) values
    ('evt_gone', 'payment_intent.succeeded', ${customer}, 'pi_gone'),
    ('evt_gone_too', 'charge.refunded', ${customer}, 'ch_gone')`;
  await life.advance('2026-01-24T12:00:00.000Z');
  await life.becomes('active');
  const { body } = await life.api.get('/api/events?limit=500');
  const rows: readonly Json[] = body['events'] ?? [];
  const moot = rows.filter(({ kind }) => kind === 'stripeEventMoot');
  expect(moot.map(({ data }) => data?.['object'])).toEqual(['pi_gone', 'ch_gone']);
  const kept = await world.app`select id from stripe_event
    where moot_because like 'No such%' and handled_at is not null`;
  expect(kept).toHaveLength(2);
});
