import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { returnTo, startLife, type Life } from '../support/life.ts';
import { openWorld, type World } from '../support/world.ts';

const soon = { timeout: 60_000, interval: 50 };

async function setEmail(life: Life, email: string): Promise<void> {
  const set = await life.api.put(`${life.path}/billing-details`, { email, taxId: null });
  expect(set).toMatchObject({ status: 200 });
}

describe('an organisation whose pool runs low [2.29 K33]', () => {
  const of = { product: 'team', workspace: `pooled-${randomUUID()}` };
  let world: World;
  let life: Life;
  const sent = (): (readonly [string, readonly string[]])[] =>
    world.mails().map(({ subject, recipients }) => [subject, recipients]);
  const low = `Team: less than 20 % of this period's credits are left in ${of.workspace}`;

  beforeAll(async () => {
    world = await openWorld();
    life = await startLife(world, of, {
      owner: 'ada',
      plan: 'pro',
      timeZone: 'UTC',
      testClock: '2026-01-10T12:00:00.000Z',
    });
    await setEmail(life, 'bills@acme.example');
    const asked = await life.api.post(`${life.path}/plan-change`, { plan: 'team', returnTo });
    await life.pay(asked.body['checkoutUrl']);
  });
  afterAll(() => world.stop());

  test('is warned at its billing address while its owner has told none, once', async () => {
    await life.becomes('active');
    for (const credits of ['7000', '300', '100']) {
      expect(await life.use(credits, { member: 'ada' })).toMatchObject({ status: 200 });
    }
    await expect.poll(sent, soon).toEqual([
      ['Team: receipt for $61.00 (TEA-000001)', ['bills@acme.example']],
      [low, ['bills@acme.example']],
    ]);
    expect(world.mails()[1]?.text).toContain(
      `credits are left: 1,700 credits in the workspace "${of.workspace}" of Team.`,
    );
  });

  test('shows the same as a banner, and as a row of the feed', async () => {
    const topUps = `${world.config.http.publicUrl}${life.path}/top-ups`;
    expect((await life.show())['banners']).toContainEqual({
      code: 'creditsLow',
      text: "Less than 20 % of this period's credits are left.",
      remedy: { action: 'buyCredits', url: topUps },
    });
    const told = await world.audit`select data from event_feed e
      join workspace w on w.id = e.workspace_id
      where w.external_id = ${of.workspace} and kind = 'thresholdCrossed'`;
    expect(told).toMatchObject([
      { data: { scope: 'pool', percent: 20, crossed: ['pool:20%'], availableMicro: '1700000000' } },
    ]);
  });

  test('and refilled is warned again: at the owner’s own address, once they have one', async () => {
    expect(await life.api.put('/api/users/ada', { email: 'ada@acme.example' })).toMatchObject({
      status: 200,
    });
    await life.advance('2026-02-10T12:00:00.000Z');
    expect((await life.show())['banners']).toEqual([]);
    expect(await life.use('8000', { member: 'ada' })).toMatchObject({ status: 200 });
    await expect.poll(() => sent().filter(([subject]) => subject === low), soon).toHaveLength(2);
    expect(sent().at(-1)).toEqual([low, ['ada@acme.example']]);
  });
});

test('a member whose cap runs low is warned at their own address, and by nobody twice [K33]', async () => {
  const of = { product: 'tools', workspace: `capped-${randomUUID()}` };
  const world = await openWorld();
  try {
    const life = await startLife(world, of, {
      owner: 'ada',
      plan: 'free',
      timeZone: 'UTC',
      testClock: '2026-01-10T12:00:00.000Z',
    });
    await life.api.put(`${life.path}/members/bea`, { role: 'editor', state: 'accepted' });
    await life.api.put('/api/users/bea', { email: 'bea@acme.example' });
    const caps = [{ scope: 'member', subject: 'bea', credits: '10' }];
    expect(await life.api.put(`${life.path}/limits`, { caps })).toMatchObject({ status: 200 });
    for (const credits of ['8', '1', '1']) {
      expect(await life.use(credits, { member: 'bea' })).toMatchObject({ status: 200 });
    }
    const subject = `less than 20 % of your cap for this period is left in ${of.workspace}`;
    await expect
      .poll(() => world.mails().map((mail) => [mail.subject, mail.recipients]), soon)
      .toEqual([[`Tools: ${subject}`, ['bea@acme.example']]]);
    const banners = async (viewer: string) =>
      (await life.api.get(`${life.path}?viewer=${viewer}`)).body['banners'];
    expect(await banners('bea')).toMatchObject([
      { code: 'capLow', text: 'Less than 20 % of your cap for this period is left.' },
    ]);
    expect(await banners('ada')).toMatchObject([
      { code: 'capLow', text: 'Less than 20 % of the cap of the member "bea" is left.' },
    ]);
  } finally {
    await world.stop();
  }
});
