import fs from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { findFreePort } from '../../src/local/ports.ts';
import { signalProcess } from '../../src/local/process.ts';
import { obtainTemporal } from '../../src/local/temporal-obtain.ts';
import { startTemporal } from '../../src/local/temporal.ts';
import { makeTemporaryDirectory } from '../local/temporary-directory.ts';
import { startLife } from '../support/life.ts';
import { openWorld } from '../support/world.ts';

test('a life goes on from Postgres after Temporal has lost all that it had', async () => {
  const directory = makeTemporaryDirectory();
  const files = path.join(directory, 'temporal');
  const port = await findFreePort();
  const found = await obtainTemporal({
    env: { ...process.env, TEMPORAL_ADDRESS: undefined },
    say: () => undefined,
    signal: new AbortController().signal,
  });
  if (found.kind === 'server') throw new Error('this test needs a server of its own');
  const start = () =>
    startTemporal({
      program: found.path,
      version: found.version,
      directory: files,
      port,
      uiPort: undefined,
      durability: 'durable',
      logFile: path.join(directory, 'temporal.log'),
      pidFile: path.join(directory, 'temporal.json'),
    });
  let temporal = await start();
  const world = await openWorld({ temporalAddress: `127.0.0.1:${port}` });
  onTestFinished(async () => {
    await world.stop();
    await temporal.stop(5_000);
  });
  const life = await startLife(
    world,
    { product: 'studio', workspace: 'kept' },
    { owner: 'ada', plan: 'pro', timeZone: 'UTC', testClock: '2026-01-10T12:00:00.000Z' },
  );
  await life.addCard();
  await life.advance('2026-02-24T12:00:00.000Z');
  expect(await life.invoices()).toHaveLength(2);

  signalProcess(temporal.identity, 'SIGKILL');
  await temporal.ended;
  // Debits never ask Temporal, and a change is kept until it is back.
  expect(await life.use('1')).toMatchObject({ status: 200 });
  const seats = life.api.put(`${life.path}/seats`, { purchased: 2 });
  fs.rmSync(files, { recursive: true });
  temporal = await start();
  expect([200, 202]).toContain((await seats).status);

  await expect
    .poll(async () => (await life.show())['seats'], { timeout: 60_000, interval: 200 })
    .toMatchObject({ purchased: 2 });
  await life.advance('2026-03-24T12:00:00.000Z');
  await expect.poll(async () => (await life.invoices()).length).toBe(3);
  expect(await life.balance()).toMatchObject({ available: '90.000000' });
  expect(await world.audit`select * from ledger_audit()`).toHaveLength(0);
}, 180_000);
