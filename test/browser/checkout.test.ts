import { afterAll, beforeAll, expect, test } from 'vitest';
import { startLife } from '../support/life.ts';
import { findBrowser, openBrowser } from '../support/browser.ts';
import { openWorld, type World } from '../support/world.ts';

let world: World;
const program = findBrowser();

beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.stop());

test.skipIf(program === undefined)(
  'a person adds a card on the Checkout page, and deploys are open again',
  async () => {
    const life = await startLife(
      world,
      { product: 'studio', workspace: 'browsed' },
      { owner: 'ada', plan: 'pro', timeZone: 'UTC', testClock: '2026-01-10T12:00:00.000Z' },
    );
    await life.advance('2026-01-24T12:00:00.000Z');
    expect(await life.feature('deploys')).toMatchObject({ allowed: false });
    const returnTo = `${world.config.http.publicUrl}/healthz`;
    const opened = await life.api.post(`${life.path}/payment-method`, { returnTo });
    const browser = await openBrowser(program ?? '');
    try {
      const page = await browser.newPage();
      await page.goto(String(opened.body['url']));
      await page.getByRole('button', { name: /save card/i }).click();
      await page.waitForURL(returnTo);
    } finally {
      await browser.close();
    }
    await life.becomes('active');
    expect(await life.feature('deploys')).toMatchObject({ allowed: true });
  },
);
