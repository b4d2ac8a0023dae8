import { afterEach, expect, test } from 'vitest';
import { emulate, refusalOf, steer, type Emulated } from './support/emulated.ts';
import { startReceiver, type Receiver } from './support/receiver.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function connected(
  secrets: readonly string[] = ['whsec_new'],
): Promise<{ emulator: Emulated; receiver: Receiver }> {
  const receiver = await startReceiver('whsec_new');
  const emulator = await emulate({ webhook: { url: receiver.url, secrets } });
  stops.push(receiver.stop, emulator.stop);
  return { emulator, receiver };
}

const typesOf = (receiver: Receiver): string[] => receiver.events.map((event) => event.type);

test('events arrive signed, in order, and naming the request that caused them', async () => {
  const { emulator, receiver } = await connected();
  const made = await emulator.stripe.customers.create({}, { idempotencyKey: 'first' });
  await emulator.stripe.customers.update(made.id, { name: 'Ada' });
  await emulator.stripe.customers.del(made.id);
  await receiver.received(3);
  expect(typesOf(receiver)).toEqual(['customer.created', 'customer.updated', 'customer.deleted']);
  expect(receiver.events[0]).toMatchObject({
    object: 'event',
    api_version: '2026-10-28.endive',
    data: { object: { id: made.id } },
    request: { id: made.lastResponse.requestId, idempotency_key: 'first' },
  });
});

test('while a secret is rotated, the receiver may know the old one or the new one', async () => {
  const { emulator, receiver } = await connected(['whsec_old', 'whsec_new']);
  await emulator.stripe.customers.create({});
  await receiver.received(1);
  expect(typesOf(receiver)).toEqual(['customer.created']);
});

test('a refused delivery is tried again, and later ones wait behind it', async () => {
  const { emulator, receiver } = await connected();
  receiver.refuseNext(500, 503);
  const { id } = await emulator.stripe.customers.create({});
  await emulator.stripe.customers.update(id, { name: 'Ada' });
  await receiver.received(2);
  expect(typesOf(receiver)).toEqual(['customer.created', 'customer.updated']);
  expect(receiver.attempts()).toBe(4);
});

test('an event that is refused again and again does not stop the others', async () => {
  const { emulator, receiver } = await connected();
  receiver.refuseNext(500, 500, 500);
  const { id } = await emulator.stripe.customers.create({});
  await emulator.stripe.customers.update(id, { name: 'Ada' });
  await receiver.received(2);
  expect(typesOf(receiver)).toEqual(['customer.updated', 'customer.created']);
});

test('held events wait, and are released in reverse and twice when that is asked for', async () => {
  const { emulator, receiver } = await connected();
  await steer(emulator.url, 'webhooks', { mode: 'hold', duplicate: 1 });
  const { id } = await emulator.stripe.customers.create({});
  await emulator.stripe.customers.update(id, { name: 'Ada' });
  const [pending] = (await emulator.stripe.events.list({ delivery_success: false })).data;
  expect(pending).toMatchObject({ type: 'customer.updated', pending_webhooks: 1 });
  expect(receiver.attempts()).toBe(0);
  await steer(emulator.url, 'webhooks', { mode: 'release', reorder: true });
  await receiver.received(4);
  expect(typesOf(receiver)).toEqual([
    'customer.updated',
    'customer.updated',
    'customer.created',
    'customer.created',
  ]);
  expect(receiver.events[0]?.id).toBe(receiver.events[1]?.id);
});

test('a delayed event is held back for its time', async () => {
  const { emulator, receiver } = await connected();
  await steer(emulator.url, 'webhooks', { mode: 'normal', delayMs: 3_600_000 });
  await emulator.stripe.customers.create({});
  await steer(emulator.url, 'webhooks', { mode: 'normal' });
  const state = await (await fetch(`${emulator.url}/_control/state`)).text();
  expect(state).toContain('"attempts": 0');
  expect(receiver.attempts()).toBe(0);
});

test('an endpoint made by the API gets the events it asked for, with its own secret', async () => {
  const { stripe, stop } = await emulate();
  stops.push(stop);
  const first = await stripe.webhookEndpoints.create({
    url: 'http://127.0.0.1:9/unused',
    enabled_events: ['invoice.created'],
  });
  const receiver = await startReceiver(first.secret ?? '');
  stops.push(receiver.stop);
  await stripe.webhookEndpoints.update(first.id, { url: receiver.url });
  const { id: customer } = await stripe.customers.create({});
  await stripe.invoices.create({ customer, currency: 'usd' });
  await receiver.received(1);
  expect(typesOf(receiver)).toEqual(['invoice.created']);
  const [listed] = (await stripe.webhookEndpoints.list()).data;
  expect(listed).toMatchObject({ id: first.id, url: receiver.url });
  expect(listed?.secret).toBeUndefined();
  await stripe.webhookEndpoints.del(first.id);
  const refusal = await refusalOf(stripe.webhookEndpoints.retrieve(first.id));
  expect(refusal.code).toBe('resource_missing');
});

test('events are listed by type, by family and by instant', async () => {
  const { stripe, url, stop } = await emulate();
  stops.push(stop);
  const { id } = await stripe.customers.create({});
  await steer(url, 'clock', { customer: id, at: '2027-01-01T00:00:00Z' });
  await stripe.customers.update(id, { name: 'Ada' });
  const byType = await stripe.events.list({ type: 'customer.updated' });
  expect(byType.data).toMatchObject([{ type: 'customer.updated', created: 1_798_761_600 }]);
  const later = await stripe.events.list({
    created: { gte: 1_798_761_600 },
    types: ['customer.*'],
  });
  expect(later.data.map((event) => event.type)).toEqual(['customer.updated']);
  const [event] = byType.data;
  expect(await stripe.events.retrieve(event?.id ?? '')).toMatchObject({ type: 'customer.updated' });
});
