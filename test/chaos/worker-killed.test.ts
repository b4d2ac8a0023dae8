import { afterAll, beforeAll, expect, test } from 'vitest';
import { signalProcess } from '../../src/local/process.ts';
import { makeTemporaryDirectory } from '../local/temporary-directory.ts';
import { startLife } from '../support/life.ts';
import { startWorkerProcess } from '../support/worker-process.ts';
import { openWorld, type World } from '../support/world.ts';

let world: World;

beforeAll(async () => {
  world = await openWorld({ worker: 'none' });
});
afterAll(() => world.stop());

test('a worker killed again and again in the middle of a year changes nothing of its outcome', async () => {
  const directory = makeTemporaryDirectory();
  let worker = await startWorkerProcess(world.config, directory, 'worker-0');
  const life = await startLife(
    world,
    { product: 'studio', workspace: 'killed' },
    { owner: 'ada', plan: 'pro', timeZone: 'UTC', testClock: '2026-01-31T12:00:00.000Z' },
  );
  await life.addCard();
  const year = life.advance('2027-02-14T12:00:00.000Z');
  for (const month of [3, 6, 9]) {
    await expect
      .poll(async () => (await life.invoices()).length, { timeout: 60_000, interval: 20 })
      .toBeGreaterThanOrEqual(month);
    signalProcess(worker.identity, 'SIGKILL');
    await worker.ended;
    worker = await startWorkerProcess(world.config, directory, `worker-${month}`);
  }
  await year;
  await expect
    .poll(async () => (await life.invoices()).map(({ status }) => status), { timeout: 30_000 })
    .toEqual(Array.from({ length: 13 }, () => 'paid'));
  const starts = (await life.invoices()).map(({ period }) => period?.['start']);
  // The anchor is the 14th: the trial of fourteen days ended there.
  expect(starts.at(-1)).toBe('2026-02-14T12:00:00.000Z');
  expect(starts.at(0)).toBe('2027-02-14T12:00:00.000Z');
  expect(new Set(starts).size).toBe(13);
  expect(await life.balance()).toMatchObject({ available: '45.000000' });
  const charged = await world.stripe.get('/_control/state');
  expect(charged.status).toBe(200);
  expect(await world.audit`select * from ledger_audit()`).toHaveLength(0);
  await worker.stop(10_000);
}, 180_000);
