import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connect, emulate, steer } from './support/emulated.ts';
import { startReceiver } from './support/receiver.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'emulator-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('objects, clocks, keys and undelivered events survive a restart', async () => {
  const snapshot = path.join(folder, 'stripe.json');
  const receiver = await startReceiver('whsec_a');
  const options = { snapshot, webhook: { url: receiver.url, secrets: ['whsec_a'] } };
  const first = await emulate(options);
  await steer(first.url, 'webhooks', { mode: 'hold' });
  const made = await first.stripe.customers.create({ name: 'Ada' }, { idempotencyKey: 'k' });
  await steer(first.url, 'clock', { customer: made.id, at: '2027-01-01T00:00:00Z' });
  await steer(first.url, `customers/${made.id}/card`, { card: 'works' });
  await first.stop();
  expect(receiver.attempts()).toBe(0);

  const second = await emulate(options);
  const events = await receiver.received(3);
  expect(events.map((event) => event.type)).toEqual([
    'customer.created',
    'payment_method.attached',
    'customer.updated',
  ]);
  const again = await second.stripe.customers.create({ name: 'Ada' }, { idempotencyKey: 'k' });
  expect(again.id).toBe(made.id);
  const [card] = (await second.stripe.paymentMethods.list({ customer: made.id })).data;
  const paid = await second.stripe.paymentIntents.create({
    amount: 500,
    currency: 'usd',
    customer: made.id,
    payment_method: card?.id ?? '',
    confirm: true,
    off_session: true,
  });
  expect(paid).toMatchObject({ status: 'succeeded', created: 1_798_761_600 });
  await second.stop();
  await receiver.stop();
});

test('ids are the same for the same seed, and are not repeated after a restart', async () => {
  const snapshot = path.join(folder, 'stripe.json');
  const one = await emulate({ seed: 's', snapshot });
  const first = await one.stripe.customers.create({});
  await one.stop();
  const restarted = await emulate({ seed: 's', snapshot });
  const second = await restarted.stripe.customers.create({});
  await restarted.stop();
  const fresh = await emulate({ seed: 's' });
  const same = await fresh.stripe.customers.create({});
  await fresh.stop();
  expect(same.id).toBe(first.id);
  expect(second.id).not.toBe(first.id);
});

test('a reset forgets everything but the configured webhook', async () => {
  const { url, stripe, stop } = await emulate({
    webhook: { url: 'http://127.0.0.1:9/hook', secrets: ['whsec_a'] },
  });
  await stripe.customers.create({});
  await steer(url, 'reset', {});
  expect((await stripe.customers.list()).data).toEqual([]);
  expect((await stripe.webhookEndpoints.list()).data).toHaveLength(1);
  await stop();
});

test('a file that is no snapshot is refused, and left as it is', async () => {
  const snapshot = path.join(folder, 'other.json');
  await writeFile(snapshot, '{"mine":true}');
  await expect(emulate({ snapshot })).rejects.toThrow('delete it');
  expect(await readFile(snapshot, 'utf8')).toBe('{"mine":true}');
});

test('the program says when it is ready, and saves when it is told to end', async () => {
  const snapshot = path.join(folder, 'stripe.json');
  const main = fileURLToPath(new URL('../../src/local/stripe/main.ts', import.meta.url));
  const args = ['--import', 'tsx', main, '--port', '0', '--snapshot', snapshot];
  const program = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await new Promise<number>((resolve) => {
    let said = '';
    program.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const [, found] = /127\.0\.0\.1:(\d+)\nready\n/.exec(said) ?? [];
      if (found !== undefined) resolve(Number(found));
    });
  });
  const { id } = await connect(port).customers.create({ name: 'Kept' });
  const ended = new Promise((resolve) => program.once('exit', resolve));
  program.kill('SIGTERM');
  expect(await ended).toBe(0);
  expect(await readFile(snapshot, 'utf8')).toContain(id);
});
