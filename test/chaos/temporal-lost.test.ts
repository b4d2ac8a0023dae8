import fs from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { makeTemporaryDirectory } from '../local/temporary-directory.ts';
import { startLife } from '../support/life.ts';
import { startTemporalProcess } from '../support/temporal-process.ts';
import { openWorld } from '../support/world.ts';

test('a life goes on from Postgres after Temporal has lost all that it had', async () => {
  const temporal = await startTemporalProcess(makeTemporaryDirectory());
  onTestFinished(() => temporal.stop());
  const { address } = temporal;
  const world = await openWorld({ temporal: { address, namespace: 'default' } });
  onTestFinished(() => world.stop());
  const life = await startLife(
    world,
    { product: 'studio', workspace: 'kept' },
    { owner: 'ada', plan: 'pro', timeZone: 'UTC', testClock: '2026-01-10T12:00:00.000Z' },
  );
  await life.addCard();
  await life.advance('2026-02-24T12:00:00.000Z');
  expect(await life.invoices()).toHaveLength(2);

  await temporal.kill();
  // Debits never ask Temporal, and a change is kept until it is back.
  expect(await life.use('1')).toMatchObject({ status: 200 });
  const seats = life.api.put(`${life.path}/seats`, { purchased: 2 });
  fs.rmSync(temporal.files, { recursive: true });
  await temporal.restart();
  expect([200, 202]).toContain((await seats).status);

  await expect
    .poll(async () => (await life.show())['seats'], { timeout: 60_000, interval: 200 })
    .toMatchObject({ purchased: 2 });
  await life.advance('2026-03-24T12:00:00.000Z');
  await expect.poll(async () => (await life.invoices()).length).toBe(3);
  expect(await life.balance()).toMatchObject({ available: '90.000000' });
  expect(await world.audit`select * from ledger_audit()`).toHaveLength(0);
}, 180_000);
